"""How many documents are drawn at once: each holds photos and a typesetter, some hundred megabytes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from api.problem_details import Failure

AT_ONCE = 2
RETRY_SECONDS = 20
BUSY = (
    "Сейчас составляются другие документы, больше двух сразу сервер не готовит. Ничего не потеряно: "
    f"подождите {RETRY_SECONDS} секунд и откройте файл ещё раз."
)
_tables = BoundedSemaphore(AT_ONCE)


@contextmanager
def drawing() -> Iterator[None]:
    """Around the reading and drawing of one document. Failure 429 where as many are drawn as may be.

    Nobody waits here: who waits holds a thread that other pages need.
    """
    if not _tables.acquire(blocking=False):
        raise Failure(429, BUSY, {"Retry-After": str(RETRY_SECONDS)})
    try:
        yield
    finally:
        _tables.release()
