"""Problems a second through the join, with so many problems in the tables: places in one city, times over a year."""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from models.identifiers import derived_id, new_id
from models.pack import load_pack
from models.places import PlaceLevel
from models.states import ProblemState
from otklik.postgres import EmbeddedServer
from otklik.settings import Settings
from otklik.wiring import prepare
from routing import store
from routing.incidents import causes_of, join_incidents
from routing.incidents.keys import filed
from routing.incidents.records import Spot, Trace
from routing.suggest import Doubt, Suggestion

Connection = psycopg.Connection[Any]
NOW = datetime(2026, 3, 1, tzinfo=UTC)
YEAR = timedelta(days=365)
BATCH, BATCHES = 100, 20
CHUNK = 20_000
UNUSED = ("appeals_by_state", "problems_queue", "problems_by_time", "problems_by_topic")
"""Indexes that the join does not use: filled for nothing."""

APPEALS = "appeals (id, region_id, number, channel, external_id, text, sent_at, accepted_at, state)"
PROBLEMS = """problems (id, region_id, appeal_id, ordinal, state, spans, topic_code, topic_probability, group_name,
    group_probability, decided, topic_guesses, place, place_level, urgency, found_at)"""
KEYS = "incident_keys (key, sent_at, problem_id, region_id)"


def made_up(chance: random.Random, topics: Sequence[tuple[str, str]], sent_at: datetime) -> Trace:
    """A problem at a house somewhere in a city of 25 by 25 km with 2,000 streets."""
    topic, group = chance.choice(topics)
    spot = Spot(
        PlaceLevel.HOUSE,
        "Омск г.о.",
        "Омск",
        f"улица {chance.randrange(2000)}",
        str(chance.randrange(1, 120)),
        54.88 + 0.225 * chance.random(),
        73.18 + 0.39 * chance.random(),
        0.95,
    )
    return Trace(new_id(), "omsk", new_id(), topic, ((topic, 0.9),), group, True, spot, sent_at)


def rows_of(trace: Trace, state: ProblemState) -> tuple[tuple[object, ...], tuple[object, ...]]:
    """The rows of the appeal and the problem, as COPY takes them."""
    spot, appeal = trace.spot, str(trace.appeal_id)
    names = ("municipality", "settlement", "street", "house", "latitude", "longitude", "confidence")
    place = {"level": spot.level.value, **{name: getattr(spot, name) for name in names}}
    return (
        (appeal, "omsk", appeal, "form", appeal, "Нет воды", trace.sent_at, trace.sent_at, "analysed"),
        (str(trace.id), "omsk", appeal, 0, state.value, "[[0, 8]]", trace.topic, 0.9, trace.group, 0.9, True, "[]",
         json.dumps(place), spot.level.value, 2, trace.sent_at),
    )  # fmt: skip


def write(connection: Connection, traces: Sequence[Trace], state: ProblemState) -> None:
    appeals, problems = zip(*(rows_of(each, state) for each in traces), strict=True)
    for table, rows in ((APPEALS, appeals), (PROBLEMS, problems)):
        with connection.cursor().copy(f"COPY {table} FROM STDIN".encode()) as copy:
            for row in rows:
                copy.write_row(row)


def fill(connection: Connection, many: int, topics: Sequence[tuple[str, str]], chance: random.Random) -> None:
    """Write so many problems of the year before with their keys."""
    causes = causes_of(load_pack("omsk").folder)
    by_topic, towns = causes.by_topic, causes.towns
    for start in range(0, many, CHUNK):
        size = min(CHUNK, many - start)
        traces = [made_up(chance, topics, NOW - YEAR * chance.random()) for _ in range(size)]
        write(connection, traces, ProblemState.QUEUED)
        with connection.cursor().copy(f"COPY {KEYS} FROM STDIN".encode()) as copy:
            for each in traces:
                for key in filed(each, by_topic[each.topic], towns):
                    copy.write_row((key, each.sent_at, str(each.id), "omsk"))
        connection.commit()
        print(f"{start + size} problems written", file=sys.stderr, flush=True)
    connection.execute("ANALYZE")
    connection.commit()


def decision(trace: Trace, found: store.FoundProblem) -> store.Decided:
    """What routing says of a problem that the machine leaves to an operator."""
    return store.Decided(
        found, ProblemState.QUEUED, Suggestion(None, 0.0, (), Doubt.TABLE), derived_id(trace.id, "assignment")
    )


def batch(connection: Connection, traces: Sequence[Trace]) -> tuple[float, float]:
    """(seconds, processor seconds of ours) of joining problems that stand in the tables, commit included."""
    write(connection, traces, ProblemState.FOUND)
    connection.commit()
    found: dict[UUID, store.FoundProblem] = {
        each.id: each for each in store.found_problems(connection, [each.id for each in traces])
    }
    decisions = [decision(each, found[each.id]) for each in traces]
    folder = load_pack("omsk").folder
    started, own = time.perf_counter(), time.thread_time()
    join_incidents(connection, decisions, lambda _: causes_of(folder), NOW)
    connection.commit()
    return time.perf_counter() - started, time.thread_time() - own


def speed(many: int) -> dict[str, object]:
    """Fill a fresh database with fsync on and join problems of the last day, by batches and one at a time."""
    chance = random.Random(5)
    causes = causes_of(load_pack("omsk").folder)
    topics = sorted((topic, cause.name) for topic, cause in causes.by_topic.items())
    with tempfile.TemporaryDirectory(prefix="otklik-bench-") as folder:
        server = EmbeddedServer(Path(folder))
        server.start()
        try:
            prepare(server.url(), Settings(data_folder=Path(folder)))
            with psycopg.connect(server.url()) as connection:
                for name in UNUSED:
                    connection.execute(f"DROP INDEX {name}".encode())
                fill(connection, many, topics, chance)
                return {"problems": many, **_measured(connection, topics, chance)}
        finally:
            server.stop()


def _measured(connection: Connection, topics: Sequence[tuple[str, str]], chance: random.Random) -> dict[str, object]:
    def fresh(size: int) -> list[Trace]:
        return [made_up(chance, topics, NOW - timedelta(days=1) * chance.random()) for _ in range(size)]

    batch(connection, fresh(BATCH))
    batches = sorted(batch(connection, fresh(BATCH)) for _ in range(BATCHES))
    singles = sorted(batch(connection, fresh(1))[0] for _ in range(200))
    sizes = connection.execute(
        "SELECT pg_table_size('incident_keys') >> 20, pg_indexes_size('incident_keys') >> 20"
    ).fetchone()
    total, own = (sum(column) for column in zip(*batches, strict=True))
    return {
        "problems_a_second": round(BATCH * BATCHES / total),
        "own_processor_ms_a_problem": round(1000 * own / BATCH / BATCHES, 2),
        "batch_of_100_ms_p50_p95": [round(1000 * batches[at][0], 1) for at in (BATCHES // 2, int(0.95 * BATCHES))],
        "one_ms_p50_p95_p99": [round(1000 * singles[at], 1) for at in (100, 190, 198)],
        "keys_table_and_index_mb": sizes,
    }
