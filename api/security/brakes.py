"""Brakes: how often an address, a contact or a login may do something, counted in the database for all processes.

A brake is one moment, that when it will be fully let go (the generic cell rate algorithm of ITU-T I.371, annex A): a
rate of 60 an hour lets through 60 at once and one more each minute. Its key is a signature, so that the table holds no
address, no login and nothing else of a person; its rows are swept when they say nothing any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg import Connection, Rollback

SWEPT_AT_ONCE = 20
TAKE = """
INSERT INTO brakes AS b (key, let_go_at) VALUES (%(key)s, %(now)s + %(cost)s)
ON CONFLICT (key) DO UPDATE SET let_go_at = greatest(b.let_go_at, %(now)s) + %(cost)s
WHERE greatest(b.let_go_at, %(now)s) + %(cost)s <= %(now)s + %(period)s
RETURNING true"""
SWEEP = """
DELETE FROM brakes WHERE key IN (
    SELECT key FROM brakes WHERE let_go_at < %s ORDER BY let_go_at LIMIT %s FOR UPDATE SKIP LOCKED)"""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many `times` a `period`; 0 times means any number."""

    times: int
    period: timedelta


@dataclass(frozen=True, slots=True)
class Brake:
    """One thing that is counted: by `key`, at `rate`, `cost` times at once."""

    key: str
    rate: Rate
    cost: int = 1

    @property
    def takes(self) -> timedelta:
        """By how much it is put on. More than the rate allows at all is taken for all that it allows."""
        return self.rate.period * min(self.cost, self.rate.times) / self.rate.times


def take(connection: Connection[Any], brakes: Sequence[Brake], now: datetime) -> timedelta | None:
    """Put on all of them, or none where one holds; returns how long to wait then, and None where all let through."""
    waits: list[timedelta] = []
    with connection.transaction() as together:
        for brake in _working(brakes):
            values = {"key": brake.key, "now": now, "cost": brake.takes, "period": brake.rate.period}
            if connection.execute(TAKE, values).fetchone() is None:
                waits.append(_wait(connection, brake, now))
        if waits:
            raise Rollback(together)
    return max(waits, default=None)


def sweep(connection: Connection[Any], now: datetime) -> None:
    """Remove some rows that say nothing any more. After the last `take` of a transaction: it locks any keys."""
    connection.execute(SWEEP, (now, SWEPT_AT_ONCE))


def give_back(connection: Connection[Any], brakes: Sequence[Brake]) -> None:
    """What was taken for nothing may be taken again."""
    for brake in _working(brakes):
        connection.execute("UPDATE brakes SET let_go_at = let_go_at - %s WHERE key = %s", (brake.takes, brake.key))


def forget(connection: Connection[Any], key: str) -> None:
    connection.execute("DELETE FROM brakes WHERE key = %s", (key,))


def _working(brakes: Sequence[Brake]) -> list[Brake]:
    """In the order of their keys, so that two that share some wait for each other and do not deadlock."""
    return sorted((brake for brake in brakes if brake.rate.times and brake.cost), key=lambda brake: brake.key)


def _wait(connection: Connection[Any], brake: Brake, now: datetime) -> timedelta:
    row = connection.execute("SELECT let_go_at FROM brakes WHERE key = %s", (brake.key,)).fetchone()
    held = row[0] - now if row is not None else timedelta()
    return max(held + brake.takes - brake.rate.period, timedelta(seconds=1))
