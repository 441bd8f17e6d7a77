"""What stands around the processes and can fail too: the network, the disk, the clock.

Each says in `how` what it is on this machine; where it cannot be had, it says so, and the run reports it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

SHIM = Path(__file__).with_name("clock.c")
DISK_MEGABYTES = 1500


def done(*command: str | Path) -> bool:
    """Whether a command of the system succeeded."""
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=60).returncode == 0
    except OSError:
        return False


class Network:
    """A network namespace for the broker, joined to ours by two virtual cards; cut by taking its card down."""

    def __init__(self, number: int = os.getpid() % 16_000) -> None:
        self.name, self.ours, self.theirs = f"otklik{number}", f"ok{number}a", f"ok{number}b"
        net = f"10.{77 + number // 8192}.{number // 32 % 256}.{number % 32 * 8}"
        self.host = net.rpartition(".")[0] + f".{number % 32 * 8 + 2}"
        own = net.rpartition(".")[0] + f".{number % 32 * 8 + 1}"
        self.here = (
            done("ip", "netns", "add", self.name)
            and done("ip", "link", "add", self.ours, "type", "veth", "peer", "name", self.theirs, "netns", self.name)
            and done("ip", "addr", "add", f"{own}/29", "dev", self.ours)
            and done("ip", "link", "set", self.ours, "up")
            and done("ip", "-n", self.name, "addr", "add", f"{self.host}/29", "dev", self.theirs)
            and done("ip", "-n", self.name, "link", "set", "lo", "up")
            and self.join()
        )
        if not self.here:
            self.close()
            self.host = "127.0.0.1"
        self.how = "a network namespace" if self.here else "NO NETWORK NAMESPACE HERE: the broker is stopped instead"

    @property
    def inside(self) -> tuple[str, ...]:
        """What a command begins with to run on the other side."""
        return ("ip", "netns", "exec", self.name) if self.here else ()

    def cut(self) -> bool:
        """From now on every packet is lost, silently."""
        return done("ip", "-n", self.name, "link", "set", self.theirs, "down")

    def join(self) -> bool:
        return done("ip", "-n", self.name, "link", "set", self.theirs, "up")

    def close(self) -> None:
        done("ip", "netns", "del", self.name)


class SmallDisk:
    """A file system of its own in a file: what is on it reaches the disk as anywhere, and it can be filled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "disk"
        self.folder.mkdir()
        image = folder / "disk.image"
        with image.open("wb") as file:
            file.truncate(DISK_MEGABYTES * 2**20)
        self.here = done("mkfs.ext4", "-q", "-m", "0", image) and done("mount", "-o", "loop", image, self.folder)
        self.how = "ext4 in a file" if self.here else "NO SMALL DISK HERE: a full disk is not tested in this run"
        self._filler = self.folder / "filler"

    def fill(self) -> None:
        """Take all the room."""
        with self._filler.open("wb", buffering=0) as file, suppress(OSError):
            for size in (2**24, 2**20, 2**12):
                with suppress(OSError):
                    while True:
                        os.posix_fallocate(file.fileno(), file.seek(0, os.SEEK_END), size)

    def free(self) -> None:
        self._filler.unlink(missing_ok=True)

    def close(self) -> None:
        if self.here:
            done("umount", "--lazy", self.folder)


class WallClock:
    """The wall clock of the product's processes, the database server's and the broker's not among them."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        self._file.write_bytes(bytes(8))
        library = folder / "clock.so"
        compiler = shutil.which("cc")
        self.here = compiler is not None and done(compiler, "-shared", "-fPIC", "-O1", "-o", library, SHIM, "-ldl")
        self.how = "LD_PRELOAD" if self.here else "NO C COMPILER HERE: clock jumps are not tested in this run"
        self.surroundings = {"LD_PRELOAD": str(library), "FAULTS_CLOCK": str(self._file)} if self.here else {}
        self.ahead = 0

    def jump(self, seconds: int) -> None:
        """Set the clock so many seconds off the true time."""
        self.ahead = seconds
        with self._file.open("r+b") as file:
            file.write(seconds.to_bytes(8, "little", signed=True))
