"""Fills the projection's tables with a made-up region by COPY."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import numpy as np
import psycopg

from bench.ratings_world import AUTHORS, REGION, ZONE, World, courses, told
from indicators.rows import COLUMNS, Region, values
from indicators.store import TERM_COLUMNS
from indicators.work import COUNTS, entries_of
from models.pack import load_pack

AT_ONCE = 200
"""Executors whose rows go out together."""
WORK_COLUMNS = f"problem_id, executor, handler, municipality, topic, day, region_id, appeal_id, {', '.join(COUNTS)}"


def fill(connection: psycopg.Connection[Any], made: World, random: np.random.Generator) -> dict[str, int]:
    """Facts, terms and accounts of every problem, by the product's own rules; how many rows. Commits."""
    region = Region(load_pack(REGION))
    counts_of = {"problems": 0, "terms": 0, "account_rows": 0}
    for first in range(0, made.executors, AT_ONCE):
        facts, terms, work = io.StringIO(), io.StringIO(), io.StringIO()
        for executor in range(first, min(first + AT_ONCE, made.executors)):
            for number, course in enumerate(courses(made, executor, random)):
                own, ended = told(course, executor * 1_000_000 + number, made.days)
                for fact in own:
                    facts.write(_line(values(fact, region)))
                    counts_of["problems"] += 1
                for term in (term for listed in ended.values() for term in listed):
                    terms.write(_line((
                        term.problem, term.clock, term.deadline_at, term.region, term.appeal, term.started_at,
                        term.stopped_at, term.stage, term.late, term.breached_at,
                    )))  # fmt: skip
                    counts_of["terms"] += 1
                for problem, account in entries_of(own, ended, ZONE, AUTHORS).items():
                    for key, counts in account.items():
                        work.write(_line((problem, *key, REGION, own[0].appeal, *counts)))
                        counts_of["account_rows"] += 1
        _copy(connection, "problem_facts", ", ".join(COLUMNS), facts)
        _copy(connection, "problem_terms", TERM_COLUMNS, terms)
        _copy(connection, "executor_work", WORK_COLUMNS, work)
        connection.commit()
    return counts_of


def _copy(connection: psycopg.Connection[Any], table: str, columns: str, rows: io.StringIO) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN".encode()) as copy:
        for piece in _pieces(rows):
            copy.write(piece)


def _pieces(rows: io.StringIO) -> Iterator[str]:
    rows.seek(0)
    while piece := rows.read(1_000_000):
        yield piece


def _line(row: tuple[Any, ...]) -> str:
    """As COPY reads it; there is nothing to escape in what is made up here."""
    return "\t".join([TEXT.get(type(value), str)(value) for value in row]) + "\n"


TEXT: dict[type, Callable[[Any], str]] = {
    type(None): lambda _: "\\N",
    datetime: datetime.isoformat,
}
