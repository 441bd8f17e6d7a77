"""One installation to be killed: `otklik run` on a small disk, with a broker beyond a network that can fail."""

from __future__ import annotations

import contextlib
import random
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.faults import points
from tests.faults.post_office import PostOffice
from tests.faults.surroundings import Network, SmallDisk, WallClock
from tests.faults.traffic import LAUNCH
from tests.mail_server import serving
from tests.product import Product, gone
from tests.servers.kafka import Broker

NLP_WORKERS = "2"
TAKEN = "already running with the data folder"


@dataclass
class Installation:
    """Everything under one temporary folder; a context manager. `broker` only with the engine kafka."""

    folder: Path
    engine: str
    broker: Broker | None = None
    product: Product = field(init=False)
    _closing: bool = False
    _undo: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def __enter__(self) -> Installation:
        with contextlib.ExitStack() as undo:
            self._undo = undo
            self._start()
            self._undo = undo.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._undo.close()

    def _start(self) -> None:
        """Whatever was begun is ended by `_undo`, in the other order."""
        self.disk = SmallDisk(self.folder)
        self._undo.callback(self.disk.close)
        self.clock = WallClock(self.folder)
        self.points = self.folder / "points"
        for name in ("armed", "hit"):
            (self.points / name).mkdir(parents=True)
        self.post_office = PostOffice(self.points)
        settings = {
            points.VARIABLE: str(self.points),
            "OTKLIK_NLP_WORKERS": NLP_WORKERS,
            "OTKLIK_SMTP": self._undo.enter_context(serving(self.post_office)),
            "OTKLIK_SMTP_FROM": "otklik@example.org",
            "OTKLIK_PUBLIC_URL": "https://otklik.example",
            **self.clock.surroundings,
        }
        if self.engine == "kafka":
            self.network = Network()
            self._undo.callback(self.network.close)
            logs = self.disk.folder / "broker"
            logs.mkdir()
            self.broker = Broker(logs, self.network.host, self.network.inside)
            self.broker.start()
            self._undo.callback(self.broker.kill)
            keeper = threading.Thread(target=self._keep_broker, daemon=True)
            keeper.start()
            self._undo.callback(keeper.join)
            self._undo.callback(setattr, self, "_closing", True)
            settings["OTKLIK_KAFKA"] = self.broker.address
        self.product = Product(self.disk.folder / "data", settings=settings, command=LAUNCH)
        self._undo.push(self.product)
        self.product.start()

    @property
    def environment(self) -> dict[str, str]:
        """For other commands beside the running product."""
        return {"OTKLIK_DATA_FOLDER": str(self.product.folder), **self.product.settings}

    def _keep_broker(self) -> None:
        """Starts the broker again when it died, as a container engine would."""
        assert self.broker is not None
        while not self._closing:
            time.sleep(0.3)
            if self.broker.process is not None and self.broker.process.poll() is not None:
                self.broker.process = None
                with contextlib.suppress(TimeoutError):  # the disk is still full: tried again
                    self.broker.start()

    def started_after(self, before: subprocess.Popen[str] | None) -> bool:
        """Whether another starter than that one runs."""
        process = self.product.process
        return process is not None and process is not before and process.poll() is None

    def keep_starter(self) -> None:
        """Starts the product again when its starter died, as a container engine would: until it is let.

        An import that found nothing running has the data folder for itself while it lasts.
        """
        process = self.product.process
        if process is not None and process.poll() is not None:
            self.product.kill()
            try:
                self.product.start()
            except AssertionError as failure:
                if TAKEN not in str(failure)[-len(TAKEN) - 300 :]:
                    raise

    def process_of(self, who: str, chance: random.Random) -> psutil.Process | None:
        """A process by its part in the product; None where it is not running just now."""
        with contextlib.suppress(psutil.NoSuchProcess, KeyError):
            if who == "starter":
                assert self.product.process is not None
                return psutil.Process(self.product.process.pid)
            if who == "broker":
                assert self.broker is not None
                return psutil.Process(self.broker.process.pid) if self.broker.process else None
            name = {"postmaster": "postgres", "backend": "postgres", "nlp family": "nlp"}.get(who, who)
            pid = self.product.parts()[name].pid
            process = psutil.Process(pid) if pid else None
            if process is None or gone(process) or who not in ("nlp", "backend"):
                return process
            members = process.children()
            return chance.choice(members) if members else None
        return None

    def arm(self, place: str, victim: psutil.Process | None) -> None:
        """Let whoever reaches the place next kill itself, or `victim`."""
        (self.points / "hit" / place).unlink(missing_ok=True)
        fresh = self.points / place
        fresh.write_text(str(victim.pid) if victim else "")
        fresh.rename(self.points / "armed" / place)

    def disarm(self, place: str) -> bool:
        """Whether it was reached."""
        (self.points / "armed" / place).unlink(missing_ok=True)
        return (self.points / "hit" / place).exists()

    def mend(self) -> None:
        """What was poisoned is harmless from now on."""
        (self.points / points.MENDED).touch()


def stopped(process: psutil.Process | None, seconds: float) -> bool:
    """Let a process hang for a while: it is neither dead nor alive to the others. Whether there was one."""
    if process is None:
        return False
    with contextlib.suppress(psutil.NoSuchProcess):
        process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        process.send_signal(signal.SIGCONT)
    return True


def wait(true: Callable[[], object], seconds: float) -> bool:
    """Whether it came true in time."""
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            return False
        time.sleep(0.03)
    return True
