"""Facts, terms and accounts derived anew from the log, against the tables of the indicators."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from psycopg.rows import tuple_row

from indicators import facts as fact_rules
from indicators import store
from indicators import terms as term_rules
from indicators.rows import RegionOf, values
from indicators.terms import Terms
from indicators.work import COUNTS, entries_of
from models.events import Event, Stream
from otklik.verify_rules import Difference
from streams import Connection

AT_ONCE = 500
"""Appeals that are compared together."""

Months = dict[tuple[Any, ...], list[int]]


def compare(connection: Connection, region_of: RegionOf) -> Iterator[Difference]:
    """What the log, as far as the two stages have taken it, and their tables tell differently."""
    months: Months = {}
    known: set[UUID] = set()
    clocked: set[UUID] = set()
    for problems, clocks in _taken(connection):
        known.update(UUID(each.data["problem_id"]) for each in problems)
        clocked.update(UUID(each.data["problem_id"]) for each in clocks)
        yield from _compare_batch(connection, problems, clocks, region_of, months)
    yield from _strangers(connection, "facts", "SELECT problem_id FROM problem_facts", known)
    yield from _strangers(connection, "terms", "SELECT DISTINCT problem_id FROM problem_terms", clocked)
    yield from _strangers(connection, "accounts", "SELECT DISTINCT problem_id FROM executor_work", known)
    yield from _misplaced(connection)
    yield from _compare_months(connection, months)


def _strangers(connection: Connection, check: str, query: str, known: Set[UUID]) -> Iterator[Difference]:
    """Rows of problems that the log does not know."""
    with connection.cursor(f"verify_{check}", row_factory=tuple_row) as cursor:
        for (problem,) in cursor.execute(query.encode()):
            if problem not in known:
                yield Difference(check, str(problem), "stands in the table, no event in the log")


def _misplaced(connection: Connection) -> Iterator[Difference]:
    """Accounts that stand under another region or appeal than their problem."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        for (problem,) in cursor.execute(
            """SELECT DISTINCT w.problem_id FROM executor_work w JOIN problem_facts f USING (problem_id)
               WHERE (w.region_id, w.appeal_id) <> (f.region_id, f.appeal_id)"""
        ):
            yield Difference("accounts", str(problem), "stands under another region or appeal than its problem")


def compare_appeals(
    connection: Connection, problems: Sequence[Event], clocks: Sequence[Event], region_of: RegionOf
) -> Iterator[Difference]:
    """The same, of a log that is these events."""
    months: Months = {}
    yield from _compare_batch(connection, problems, clocks, region_of, months)
    yield from _compare_months(connection, months)


def _taken(connection: Connection) -> Iterator[tuple[list[Event], list[Event]]]:
    """The events that the stages have handled, of so many appeals at once: neither those ahead nor those put aside."""
    with connection.cursor("verify_indicators", row_factory=tuple_row) as cursor:
        cursor.itersize = 2_000
        cursor.execute(
            """
            SELECT e.key COLLATE "C" AS key, e.stream, e.event
            FROM stream_events e
            JOIN stream_offsets o ON o.stream = e.stream AND o.partition = e.partition AND e.position < o.next_position
                AND (o.consumer_group, o.stream) IN (('indicators', 'problems'), ('punctuality', 'clocks'))
            WHERE NOT EXISTS (
                SELECT FROM quarantine q WHERE q.consumer_group = o.consumer_group AND q.stream = e.stream
                    AND q.partition = e.partition AND q.position = e.position AND q.replayed_at IS NULL)
            ORDER BY e.key COLLATE "C", e.stream, e.position
            """
        )
        problems: list[Event] = []
        clocks: list[Event] = []
        for number, (_, rows) in enumerate(groupby(cursor, itemgetter(0)), 1):
            for _, stream, content in rows:
                if "problem_id" in content["data"]:
                    (problems if stream == Stream.PROBLEMS else clocks).append(Event.of_json(content))
            if number % AT_ONCE == 0:
                yield problems, clocks
                problems, clocks = [], []
        yield problems, clocks


def _compare_batch(
    connection: Connection, problems: Sequence[Event], clocks: Sequence[Event], region_of: RegionOf, months: Months
) -> Iterator[Difference]:
    appeals = {each.key for each in problems} | {each.key for each in clocks}
    facts = {id: fact_rules.replay(events) for id, events in _by_problem(problems, fact_rules.COUNTED).items()}
    terms = {id: term_rules.replay(events) for id, events in _by_problem(clocks, term_rules.COUNTED).items()}
    yield from _compare_facts(connection, facts, region_of)
    yield from _compare_rows("terms", store.terms_of(connection, appeals), terms)
    accounts: dict[UUID, store.Account] = {}
    by_appeal: dict[UUID, list[fact_rules.Fact]] = defaultdict(list)
    for fact in facts.values():
        if fact is not None:
            by_appeal[fact.appeal].append(fact)
    for together in by_appeal.values():
        own = {fact.problem: list(terms.get(fact.problem, {}).values()) for fact in together}
        region = region_of(together[0].region)
        accounts |= entries_of(together, own, region.zone, region.authors)
    yield from _compare_rows("accounts", store.work_of(connection, appeals), accounts)
    for problem, account in accounts.items():
        fact = facts[problem]
        assert fact is not None
        for key, counts in account.items():
            sums = months.setdefault((fact.region, key.day.replace(day=1), *key[:4]), [0] * len(COUNTS))
            sums[:] = [one + other for one, other in zip(sums, counts, strict=True)]


def _by_problem(events: Iterable[Event], counted: frozenset[Any]) -> dict[UUID, list[Event]]:
    found: dict[UUID, list[Event]] = defaultdict(list)
    for each in events:
        if each.type in counted:
            found[UUID(each.data["problem_id"])].append(each)
    return found


def _compare_facts(
    connection: Connection, facts: Mapping[UUID, fact_rules.Fact | None], region_of: RegionOf
) -> Iterator[Difference]:
    stands = store.stored_rows(connection, list(facts))
    for problem, fact in facts.items():
        row = stands.get(problem)
        if fact is None or row is None:
            yield Difference("facts", str(problem), "the log and the table do not both have it")
            continue
        told = store.readable(values(fact, region_of(fact.region)))
        for name, value in told.items():
            if row[name] != value:
                yield Difference("facts", str(problem), f"{name}: {row[name]} in the table, {value} by the log")


def _compare_rows(
    check: str, table: Mapping[UUID, Mapping[Any, Any]], told: Mapping[UUID, Mapping[Any, Any] | Terms]
) -> Iterator[Difference]:
    for problem in table.keys() | told.keys():
        stood, derived = table.get(problem, {}), told.get(problem, {})
        for key in stood.keys() | derived.keys():
            if stood.get(key) != derived.get(key):
                what = f"{key}: {stood.get(key)} in the table, {derived.get(key)} by the log"
                yield Difference(check, str(problem), what)


def _compare_months(connection: Connection, months: Months) -> Iterator[Difference]:
    stands = {key: sums for key, sums in store.months(connection) if any(sums)}
    told = {key: tuple(sums) for key, sums in months.items() if any(sums)}
    for key in stands.keys() | told.keys():
        if stands.get(key) != told.get(key):
            what = f"{stands.get(key)} in the table, {told.get(key)} by the log"
            yield Difference("months", " ".join(map(str, key)), what)
