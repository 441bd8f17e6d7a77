"""Rows of problem_facts without the events behind them, for what only reads facts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection
from psycopg.types.json import Jsonb


def fact(connection: Connection[Any], region: str, day: date, **wanted: Any) -> UUID:
    """One problem accepted at noon of a day; `wanted` overrides columns."""
    at = datetime.combine(day, time(6), UTC)
    columns: dict[str, Any] = {
        "problem_id": uuid4(),
        "region_id": region,
        "appeal_id": uuid4(),
        "state": "assigned",
        "topic": "01.001",
        "group_name": "Дороги",
        "municipality": "Город г.о.",
        "cell": "",
        "urgency": 2,
        "regime": "portal",
        "accepted_at": at,
        "day": day,
        "found_at": at,
        "way": Jsonb({"stints": [], "stages": [], "refusals": []}),
        "seen": "",
        "changed_at": at,
    } | wanted
    names, marks = ", ".join(columns), ", ".join(["%s"] * len(columns))
    connection.execute(f"INSERT INTO problem_facts ({names}) VALUES ({marks})".encode(), list(columns.values()))
    made: UUID = columns["problem_id"]
    return made


def many(connection: Connection[Any], region: str, rows: Iterable[tuple[date, str, int]]) -> None:
    """So many problems of a group on a day, for each row."""
    for day, group, count in rows:
        for _ in range(count):
            fact(connection, region, day, group_name=group)
