"""A request to stop that wakes whoever waits in select()."""

from __future__ import annotations

import socket
from types import TracebackType


class Stop:
    """Set once, from a signal handler or another thread; its descriptor is readable from then on."""

    def __init__(self) -> None:
        self._reader, self._writer = socket.socketpair()
        self._set = False

    def set(self) -> None:
        if not self._set:
            self._set = True
            self._writer.send(b"x")

    def is_set(self) -> bool:
        return self._set

    def fileno(self) -> int:
        return self._reader.fileno()

    def close(self) -> None:
        self._reader.close()
        self._writer.close()

    def __enter__(self) -> Stop:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
