"""`python -m bench.indicators`: ratings on a region whose truth is known, and what tricks do to them.

Generates problems straight into the tables of the projection, then tells: seconds from nothing, milliseconds after one
event, how well the ranking finds the true one beside raw means, how often intervals hold the truth, and what each trick
changes.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import psycopg

from bench import heat, ratings_sums
from bench.indicators_events import speeds
from bench.machine import machine, versions
from bench.rating_tricks import play
from bench.ratings_fill import fill
from bench.ratings_truth import coverage, honest_changes, ranking
from bench.ratings_world import REGION, START, World, world
from indicators import store as projection
from indicators.period import Period, end_of_month
from indicators.ratings import store
from indicators.ratings.cells import Cells
from indicators.ratings.current import Current
from indicators.ratings.policy import DEFAULT, RatingPolicy
from indicators.ratings.rate import rate
from indicators.ratings.store import Level
from indicators.rows import Region
from indicators.stage import project
from models.events import EventType, event
from models.identifiers import new_id
from models.migrate import migrate
from models.pack import load_pack
from otklik.postgres import EmbeddedServer

EVENTS = 30
"""Single events, each followed by the ratings anew."""


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    told: dict[str, Any] = {"machine": machine(), "versions": versions(("psycopg", "numpy", "scipy"))}
    policy = RatingPolicy.read(DEFAULT)
    if options.games:
        told["tricks"] = {name: asdict(change) for name, change in play(options.games, 8, policy).items()}
        told["intervals_hold"] = coverage(policy, options.seed)
        told["where_nobody_cheats"] = honest_changes(policy, options.seed, options.games)
    if options.sums:
        with TemporaryDirectory(prefix="otklik-bench-") as folder, database(Path(folder)) as connection:
            ratings_sums.fill(connection, options.executors, np.random.default_rng(options.seed))
            told["sums_alone"] = ratings_sums.speeds(connection, policy)
    if options.problems:
        random = np.random.default_rng(options.seed)
        made = world(options.executors, options.problems, 365, random)
        with TemporaryDirectory(prefix="otklik-bench-") as folder, database(Path(folder)) as connection:
            told["ratings"] = measured(connection, made, random, policy)
    if options.map_problems or options.nights:
        told["heat_map"] = heat.measured(options.map_problems, options.nights)
    sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=1) + "\n")
    return 0


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m bench.indicators", description=__doc__)
    made.add_argument("--problems", type=int, default=1_000_000, help="0: none, the tricks alone")
    made.add_argument("--executors", type=int, default=2_000)
    made.add_argument("--games", type=int, default=20, help="worlds in which tricks are played; 0: none")
    made.add_argument("--sums", action="store_true", help="speed on as many sums as a million problems make, at once")
    made.add_argument("--map-problems", type=int, default=1_000_000, help="problems on the heat map; 0: none")
    made.add_argument("--nights", type=int, default=5, help="nights in which hot spots are planted; 0: none")
    made.add_argument("--seed", type=int, default=6)
    return made


@contextmanager
def database(folder: Path) -> Iterator[psycopg.Connection[Any]]:
    """A connection to an empty, migrated database of its own."""
    server = EmbeddedServer(folder)
    server.start()
    try:
        migrate(server.url())
        with psycopg.connect(server.url()) as connection:
            yield connection
    finally:
        server.stop()


def measured(
    connection: psycopg.Connection[Any], made: World, random: np.random.Generator, policy: RatingPolicy
) -> dict[str, Any]:
    period = Period(START.date().replace(day=1), end_of_month(START.replace(year=START.year + 1).date()))
    began = time.perf_counter()
    written = fill(connection, made, random)
    told: dict[str, Any] = {"generated_seconds": round(time.perf_counter() - began, 1), **written}
    connection.execute("ANALYZE executor_work, executor_months, problem_facts")
    connection.commit()
    began = time.perf_counter()
    projection.fill_months(connection, REGION)
    told["sums_by_month_seconds"] = round(time.perf_counter() - began, 2)
    connection.commit()
    connection.execute("ANALYZE executor_months")
    connection.commit()
    began, worked = time.perf_counter(), time.process_time()
    rows = store.rows(connection, REGION, Level.BODIES, period)
    read, read_worked = time.perf_counter(), time.process_time()
    cells = Cells.of_rows(rows)
    ratings = rate(cells, policy)
    told["from_nothing_seconds"] = round(time.perf_counter() - began, 2)
    told["of_it_reading_seconds"] = round(read - began, 2)
    told["of_it_own_processor_seconds"] = round(time.process_time() - worked, 2)
    told["rating_own_processor_seconds"] = round(time.process_time() - read_worked, 2)
    told["cells"] = cells.used
    told["rated"] = len(ratings.names)
    told["after_one_event_ms"] = after_events(connection, period, policy)
    told["projection_ms_an_event"] = speeds(connection)
    told["rank_correlation"] = ranking(made, ratings, policy)
    return told


def after_events(connection: psycopg.Connection[Any], period: Period, policy: RatingPolicy) -> dict[str, float]:
    """From the projection of one event to the ratings of all: milliseconds, the middle and the 95th percentile."""
    region = Region(load_pack(REGION))
    current = Current(REGION, Level.BODIES, period, policy)
    current.ratings(connection)
    connection.commit()
    open_ones = connection.execute(
        """SELECT problem_id, appeal_id, executor, changed_at FROM problem_facts WHERE state = 'assigned'
           ORDER BY problem_id LIMIT %s""",
        [EVENTS],
    ).fetchall()
    projected, rated, worked = [], [], []
    for problem, appeal, executor, at in open_ones:
        solved = event(
            EventType.PROBLEM_SOLVED, REGION, appeal, at, problem_id=str(problem), proof_id=str(new_id()),
            executor=executor, flags=[], by="machine",
        )  # fmt: skip
        began = time.perf_counter()
        project(connection, [solved], lambda _: region)
        connection.commit()
        middle, own = time.perf_counter(), time.process_time()
        current.ratings(connection)
        rated.append(1000 * (time.perf_counter() - middle))
        worked.append(1000 * (time.process_time() - own))
        projected.append(1000 * (middle - began))
        connection.commit()
    fresh = Current(REGION, Level.BODIES, period, policy)
    same = np.allclose(
        sorted(fresh.ratings(connection).score), sorted(current.ratings(connection).score), rtol=0, atol=1e-9
    )
    return {
        "projecting_median": round(float(np.median(projected)), 1),
        "rating_median": round(float(np.median(rated)), 1),
        "rating_own_processor_median": round(float(np.median(worked)), 1),
        "rating_p95": round(float(np.percentile(rated, 95)), 1),
        "equal_to_from_nothing": float(same),
    }


if __name__ == "__main__":
    raise SystemExit(main())
