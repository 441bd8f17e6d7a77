"""A connection that is lent to a handler: it may do everything with it but end the transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg


class LentConnection(psycopg.Connection[Any]):
    """While it is lent, commit and rollback raise: they would part the effects from the group's offset.

    `transaction()` works as always: inside a transaction it is a savepoint.
    """

    _lent = False

    @contextmanager
    def lent(self) -> Iterator[None]:
        self._lent = True
        try:
            yield
        finally:
            self._lent = False

    def commit(self) -> None:
        self._forbid("commit")
        super().commit()

    def rollback(self) -> None:
        self._forbid("roll back")
        super().rollback()

    def _forbid(self, what: str) -> None:
        if self._lent:
            raise RuntimeError(f"a handler must not {what}: the stage's transaction holds the offset too")
