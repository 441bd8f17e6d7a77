"""The SQL of the projection: facts, terms and accounts of whole appeals, read and written a batch at a time."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from psycopg.rows import tuple_row

from indicators.facts import Fact
from indicators.rows import COLUMNS, READ, RegionOf, fact_of, values
from indicators.terms import Key as TermKey
from indicators.terms import Term
from indicators.work import COUNTS, Key
from models.arrays import columns
from streams.contract import Connection

LOCKS = 64
"""Appeals are locked by classes of their ids, as partitions are: a batch of one partition needs few of them."""
LOCK_SPACE = 0x1D1C

Account = dict[Key, tuple[int, ...]]
"""What one problem adds to whom, in the order of COUNTS."""

TERM_COLUMNS = "problem_id, clock, deadline_at, region_id, appeal_id, started_at, stopped_at, stage, late, breached_at"
NUMBERS = ", ".join(COUNTS)


def lock(connection: Connection, appeals: Collection[UUID]) -> None:
    """Till the commit no other stage changes these appeals: facts and terms come from two streams side by side."""
    classes = sorted({zlib.crc32(appeal.bytes) % LOCKS for appeal in appeals})
    connection.execute("SELECT pg_advisory_xact_lock(%s, one) FROM unnest(%s::int[]) one", [LOCK_SPACE, classes])


def facts_of(connection: Connection, appeals: Collection[UUID]) -> dict[UUID, dict[UUID, Fact]]:
    """The facts of the appeals, by appeal and problem."""
    found: dict[UUID, dict[UUID, Fact]] = {appeal: {} for appeal in appeals}
    with connection.cursor(row_factory=tuple_row) as cursor:
        for row in cursor.execute(f"SELECT {READ} FROM problem_facts WHERE appeal_id = ANY(%s)", [list(appeals)]):
            fact = fact_of(row)
            found[fact.appeal][fact.problem] = fact
    return found


def terms_of(connection: Connection, appeals: Collection[UUID]) -> dict[UUID, dict[TermKey, Term]]:
    """The terms of the problems of the appeals, by problem."""
    found: dict[UUID, dict[TermKey, Term]] = defaultdict(dict)
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(f"SELECT {TERM_COLUMNS} FROM problem_terms WHERE appeal_id = ANY(%s)", [list(appeals)])
        for row in rows:
            term = Term(*row)
            found[term.problem][term.clock, term.deadline_at] = term
    return found


def work_of(connection: Connection, appeals: Collection[UUID]) -> dict[UUID, Account]:
    """What stands in the accounts of these appeals, by problem."""
    found: dict[UUID, Account] = defaultdict(dict)
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            f"""SELECT problem_id, executor, handler, municipality, topic, day, {NUMBERS}
                FROM executor_work WHERE appeal_id = ANY(%s)""",
            [list(appeals)],
        )
        for problem, executor, handler, municipality, topic, day, *counts in rows:
            found[problem][Key(executor, handler, municipality, topic, day)] = tuple(counts)
    return found


def put_facts(connection: Connection, facts: Sequence[Fact], region_of: RegionOf) -> None:
    rows = sorted((values(fact, region_of(fact.region)) for fact in facts), key=lambda row: str(row[0]))
    renewed = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS if name != "problem_id")
    connection.execute(
        f"""INSERT INTO problem_facts ({", ".join(COLUMNS)})
            SELECT * FROM unnest({", ".join(f"%s::{type}[]" for type in COLUMNS.values())})
            ON CONFLICT (problem_id) DO UPDATE SET {renewed}""".encode(),
        columns(rows),
    )


def put_terms(connection: Connection, terms: Iterable[Term]) -> None:
    ordered = sorted(terms, key=lambda term: (str(term.problem), term.clock, term.deadline_at))
    rows = [
        (
            term.problem, term.clock, term.deadline_at, term.region, term.appeal, term.started_at, term.stopped_at,
            term.stage, term.late, term.breached_at,
        )
        for term in ordered
    ]  # fmt: skip
    connection.execute(
        f"""INSERT INTO problem_terms ({TERM_COLUMNS})
            SELECT * FROM unnest(%s::uuid[], %s::text[], %s::timestamptz[], %s::text[], %s::uuid[], %s::timestamptz[],
                                 %s::timestamptz[], %s::text[], %s::boolean[], %s::timestamptz[])
            ON CONFLICT (problem_id, clock, deadline_at) DO UPDATE SET
                started_at = excluded.started_at, stopped_at = excluded.stopped_at, stage = excluded.stage,
                late = excluded.late, breached_at = excluded.breached_at""",
        columns(rows),
    )


def put_work(
    connection: Connection, owners: Mapping[UUID, Fact], before: Mapping[UUID, Account], after: Mapping[UUID, Account]
) -> None:
    """Change the accounts of these problems from what stands to what should, and the sums by month with them."""
    gone: list[tuple[Any, ...]] = []
    put: list[tuple[Any, ...]] = []
    sums: dict[tuple[Any, ...], list[int]] = {}
    for problem, fact in owners.items():
        stood, stands = before.get(problem, {}), after.get(problem, {})
        for key in stood.keys() | stands.keys():
            old, new = stood.get(key), stands.get(key)
            if old == new:
                continue
            if new is None:
                gone.append((problem, *key))
            else:
                put.append((problem, *key, fact.region, fact.appeal, *new))
            _add(sums, (fact.region, key.day.replace(day=1), *key[:4]), old, new)
    if gone:
        connection.execute(
            """DELETE FROM executor_work w
               USING unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::date[])
                   AS g (problem_id, executor, handler, municipality, topic, day)
               WHERE (w.problem_id, w.executor, w.handler, w.municipality, w.topic, w.day)
                   = (g.problem_id, g.executor, g.handler, g.municipality, g.topic, g.day)""",
            columns(gone),
        )
    if put:
        _put_accounts(connection, put)
    if sums:
        _add_months(connection, sums)


def _add(
    sums: dict[tuple[Any, ...], list[int]],
    key: tuple[Any, ...],
    old: tuple[int, ...] | None,
    new: tuple[int, ...] | None,
) -> None:
    total = sums.setdefault(key, [0] * len(COUNTS))
    for number in range(len(COUNTS)):
        total[number] += (new[number] if new else 0) - (old[number] if old else 0)


def _put_accounts(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    renewed = ", ".join(f"{name} = excluded.{name}" for name in COUNTS)
    connection.execute(
        f"""INSERT INTO executor_work
                (problem_id, executor, handler, municipality, topic, day, region_id, appeal_id, {NUMBERS})
            SELECT * FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::date[], %s::text[],
                                 %s::uuid[], {", ".join(["%s::int[]"] * len(COUNTS))})
            ON CONFLICT (problem_id, executor, handler, municipality, topic, day) DO UPDATE SET {renewed}""".encode(),
        columns(rows),
    )


def _add_months(connection: Connection, sums: Mapping[tuple[Any, ...], Sequence[int]]) -> None:
    """In the order of their keys, so that two workers never wait for each other in a circle."""
    rows = [(*key, *counts) for key, counts in sorted(sums.items()) if any(counts)]
    if not rows:
        return
    added = ", ".join(f"{name} = executor_months.{name} + excluded.{name}" for name in COUNTS)
    connection.execute(
        f"""INSERT INTO executor_months (region_id, month, executor, handler, municipality, topic, {NUMBERS})
            SELECT * FROM unnest(%s::text[], %s::date[], %s::text[], %s::text[], %s::text[], %s::text[],
                                 {", ".join(["%s::bigint[]"] * len(COUNTS))})
            ON CONFLICT (region_id, executor, handler, municipality, topic, month) DO UPDATE SET
                changed = pg_current_xact_id(), {added}""".encode(),
        columns(rows),
    )


def fill_months(connection: Connection, region: str) -> None:
    """The sums by month of a region anew from its accounts, in the caller's transaction."""
    connection.execute("DELETE FROM executor_months WHERE region_id = %s", [region])
    connection.execute(
        f"""INSERT INTO executor_months (region_id, month, executor, handler, municipality, topic, {NUMBERS})
            SELECT region_id, date_trunc('month', day)::date, executor, handler, municipality, topic,
                   {", ".join(f"sum({name})" for name in COUNTS)}
            FROM executor_work WHERE region_id = %s GROUP BY 1, 2, 3, 4, 5, 6""".encode(),
        [region],
    )


def first_day(connection: Connection, region: str) -> date | None:
    """The first day on which an executor got anything; None where nobody did."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute("SELECT min(day) FROM executor_work WHERE region_id = %s", [region]).fetchone()
    return row[0] if row else None


def stored_rows(connection: Connection, problems: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """The rows of problem_facts as they stand, by problem and column."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            f"SELECT {', '.join(COLUMNS)} FROM problem_facts WHERE problem_id = ANY(%s)".encode(), [list(problems)]
        )
        return {row[0]: dict(zip(COLUMNS, row, strict=True)) for row in rows}


def readable(row: Sequence[Any]) -> dict[str, Any]:
    """A row as it is written, in the types in which it is read."""
    told = dict(zip(COLUMNS, row, strict=True))
    told["way"] = orjson.loads(told["way"])
    told["due_on"] = date.fromisoformat(told["due_on"]) if told["due_on"] else None
    return told


def months(connection: Connection) -> Iterator[tuple[tuple[Any, ...], tuple[int, ...]]]:
    """The sums by month of all regions, by region, month, executor, handler, municipality and topic."""
    with connection.cursor("indicator_months", row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            f"SELECT region_id, month, executor, handler, municipality, topic, {NUMBERS} FROM executor_months".encode()
        )
        for row in rows:
            yield row[:6], tuple(row[6:])
