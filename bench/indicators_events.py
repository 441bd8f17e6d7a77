"""How long the projection takes for the events of problems: batches as the stages get them from the log."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import psycopg

from bench.ratings_world import REGION, START
from indicators.rows import Region
from indicators.stage import count_terms, project
from models.events import Event, EventType, event
from models.identifiers import new_id
from models.pack import load_pack

BATCH = 100
PROBLEMS = 2_000
HOUR = timedelta(hours=1)


def speeds(connection: psycopg.Connection[Any]) -> dict[str, float]:
    """Milliseconds an event, by what happened: each batch in a transaction of its own, as a stage handles it."""
    region = Region(load_pack(REGION))
    lives = [(new_id(), str(new_id())) for _ in range(PROBLEMS)]
    found = {}
    for name, make, handle in STEPS:
        events = [make(appeal, problem) for appeal, problem in lives]
        found[name] = _milliseconds(connection, events, handle, region)
    return found


def _milliseconds(
    connection: psycopg.Connection[Any], events: Sequence[Event], handle: Callable[..., None], region: Region
) -> float:
    began = time.perf_counter()
    for start in range(0, len(events), BATCH):
        handle(connection, events[start : start + BATCH], lambda _: region)
        connection.commit()
    return round(1000 * (time.perf_counter() - began) / len(events), 3)


def _found(appeal: Any, problem: str) -> Event:
    return event(
        EventType.PROBLEM_FOUND, REGION, appeal, START, problem_id=problem, topic="05.020", decided=True,
        municipality="Омск г.о.", cell="891181b6d63ffff", urgency=2, accepted_at=START.isoformat(), regime="portal",
        earlier=0,
    )  # fmt: skip


def _assigned(appeal: Any, problem: str) -> Event:
    return event(
        EventType.PROBLEM_ASSIGNED, REGION, appeal, START + HOUR, problem_id=problem, executor="roads", by="machine"
    )


def _planned(appeal: Any, problem: str) -> Event:
    return event(
        EventType.SOLUTION_PLANNED, REGION, appeal, START + 2 * HOUR, problem_id=problem, plan_id=problem,
        variant="by_date", executor="roads", due="2025-09-09", by="clerk",
    )  # fmt: skip


def _solved(appeal: Any, problem: str) -> Event:
    return event(
        EventType.PROBLEM_SOLVED, REGION, appeal, START + 30 * HOUR, problem_id=problem, proof_id=problem,
        executor="roads", flags=[], by="machine",
    )  # fmt: skip


def _stopped(appeal: Any, problem: str) -> Event:
    return event(
        EventType.CLOCK_STOPPED, REGION, appeal, START + 30 * HOUR, problem_id=problem, clock="solve", stage="first",
        started=START.isoformat(), deadline=(START + 240 * HOUR).isoformat(),
        stopped=(START + 30 * HOUR).isoformat(), late=False,
    )  # fmt: skip


STEPS: Sequence[tuple[str, Callable[[Any, str], Event], Callable[..., None]]] = (
    ("found", _found, project),
    ("assigned", _assigned, project),
    ("planned", _planned, project),
    ("solved", _solved, project),
    ("clock stopped", _stopped, count_terms),
)
