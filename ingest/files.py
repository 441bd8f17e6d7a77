"""A content-addressed folder of files: the name of a file is the SHA-256 of its bytes."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ingest.refusal import StorageFull, is_full_disk


@dataclass(frozen=True, slots=True)
class FileStore:
    """Files under `folder`, two letters of the digest a subfolder. What `put` returned survives a power cut."""

    folder: Path

    def put(self, content: bytes) -> str:
        """Store `content` and return its SHA-256 in hexadecimal. Raises StorageFull when the disk is full."""
        digest = hashlib.sha256(content).hexdigest()
        target = self.path(digest)
        if target.exists():
            return digest
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            _write_durably(target, content)
        except OSError as error:
            if is_full_disk(error):
                raise StorageFull("no room on the disk for an attachment; nothing was accepted") from error
            raise
        return digest

    def path(self, digest: str) -> Path:
        """Where the file of `digest` stands. Raises ValueError where it is no SHA-256."""
        if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
            raise ValueError("not a SHA-256 in hexadecimal")
        return self.folder / digest[:2] / digest[2:]

    def read(self, digest: str) -> bytes:
        """The bytes of a stored file. Raises FileNotFoundError when there is none."""
        return self.path(digest).read_bytes()


def _write_durably(target: Path, content: bytes) -> None:
    """Whole or not at all: written aside, flushed to the disk, then renamed into place with its folders flushed."""
    handle, aside = tempfile.mkstemp(prefix=".", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(aside).replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(aside).unlink()
        raise
    for folder in (target.parent, target.parent.parent):
        _flush_folder(folder)


def _flush_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows cannot open a folder for flushing; a rename is durable there by its journal
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
