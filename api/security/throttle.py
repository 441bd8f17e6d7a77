"""Brakes on guessing passwords: after several failures a login, and an address, must wait.

Counted in this process only: with several web servers the limit is per server.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock

WINDOW = timedelta(minutes=15)
FAILURES_OF_LOGIN = 5
FAILURES_OF_ADDRESS = 30
"""Many people may sit behind one address of an office."""
REMEMBERED = 10_000


class Throttle:
    """Failures of the last `WINDOW` by key, the oldest keys forgotten first."""

    def __init__(self) -> None:
        self._failures: OrderedDict[str, list[datetime]] = OrderedDict()
        self._lock = Lock()

    def wait(self, login: str, address: str, now: datetime) -> timedelta | None:
        """How long to wait before the next try; None where there is no need."""
        with self._lock:
            waits = [
                self._recent(f"login:{login}", now, FAILURES_OF_LOGIN),
                self._recent(f"address:{address}", now, FAILURES_OF_ADDRESS),
            ]
        return max((wait for wait in waits if wait is not None), default=None)

    def failed(self, login: str, address: str, now: datetime) -> None:
        with self._lock:
            for key in (f"login:{login}", f"address:{address}"):
                self._failures.setdefault(key, []).append(now)
                self._failures.move_to_end(key)
            while len(self._failures) > REMEMBERED:
                self._failures.popitem(last=False)

    def succeeded(self, login: str) -> None:
        with self._lock:
            self._failures.pop(f"login:{login}", None)

    def _recent(self, key: str, now: datetime, limit: int) -> timedelta | None:
        times = [time for time in self._failures.get(key, ()) if now - time < WINDOW]
        if times:
            self._failures[key] = times
        else:
            self._failures.pop(key, None)
        return WINDOW - (now - times[-limit]) if len(times) >= limit else None
