"""Versions of something that is learnt: a folder each, and beside them a pointer to the one at work.

Both are made aside and renamed: a reader sees the old or the new, never a part, and a power cut leaves one of them.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

POINTER = "current"


@dataclass(frozen=True, slots=True)
class Shelf:
    """`folder` holds the versions; it need not be there before the first is kept."""

    folder: Path

    def pointed(self) -> str:
        """The version that the pointer names; empty where there is none. One short read."""
        try:
            return (self.folder / POINTER).read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return ""

    def keep(self, version: str, write: Callable[[Path], None]) -> None:
        """Make the folder of a version with what `write` puts into it; one that is there stays as it is."""
        if (self.folder / version).is_dir():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        made = Path(mkdtemp(prefix=".making-", dir=self.folder))
        try:
            write(made)
            made.chmod(0o755)  # a worker may be somebody else
            for path in made.rglob("*"):
                _to_disk(path)
            made.rename(self.folder / version)
        finally:
            shutil.rmtree(made, ignore_errors=True)
        _to_disk(self.folder)

    def point(self, version: str) -> None:
        """Let workers take this version from their next batch on."""
        aside = self.folder / f".{POINTER}"
        aside.write_text(version + "\n", encoding="ascii")
        _to_disk(aside)
        aside.replace(self.folder / POINTER)
        _to_disk(self.folder)

    def forget(self) -> None:
        """Take the pointer away."""
        (self.folder / POINTER).unlink(missing_ok=True)


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
