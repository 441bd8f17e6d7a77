"""Clocks: `python -m bench.clocks [--problems N] [--seconds S] [--reference CASES]`. Prints one JSON object.

One process, one core, no database: the rules alone, by the pack of Omsk.
- deadlines: deadline() calls a second by unit, starts spread over ten years;
- derived: clocks a second out of lives of seven events (found, assigned, paused, resumed, corrected, refused, assigned
  again);
- explain: milliseconds of one explanation of such a life, two months after it began (mean, median, 99th percentile);
- what_if: seconds to count N such problems under two policies side by side;
- reference: how many random cases differ from the counter that goes minute by minute (tests/clock_reference.py).
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from bench.machine import machine, versions
from models.events import Event, EventType
from models.pack import load_pack
from models.regimes import Regime
from sla.clock import derive_clocks
from sla.count import deadline
from sla.explain import explain
from sla.policy import Policies
from sla.rules import Rules
from sla.term import Basis, Term, Unit
from sla.what_if import what_if

PACK = load_pack("omsk")
RULES = Rules.of_pack(PACK)
TOPICS = [topic.code for topic in PACK.topics]
FIRST = datetime(2017, 1, 10, tzinfo=UTC)
AMOUNTS = {Unit.HOUR: 24, Unit.WORKING_HOUR: 9, Unit.CALENDAR_DAY: 30, Unit.WORKING_DAY: 8}
SEED = 2026


def lives(count: int, chance: random.Random) -> Iterator[list[Event]]:
    """Problems with seven events each, accepted over ten years, of every regime and topic."""
    for number in range(count):
        at = FIRST + timedelta(minutes=chance.randrange(60 * 24 * 3650))
        first = {
            "topic": chance.choice(TOPICS),
            "urgency": chance.choice((2, 2, 2, 2, 4, 5)),
            "accepted_at": at.isoformat(),
            "regime": chance.choice(list(Regime)),
        }
        told: list[tuple[EventType, dict[str, Any]]] = [
            (EventType.PROBLEM_FOUND, first),
            (EventType.PROBLEM_ASSIGNED, {"executor": "a"}),
            (EventType.PROBLEM_PAUSED, {"reason": "author"}),
            (EventType.PROBLEM_RESUMED, {}),
            (EventType.PROBLEM_CORRECTED, {"topic": chance.choice(TOPICS)}),
            (EventType.PROBLEM_REFUSED, {"executor": "a"}),
            (EventType.PROBLEM_ASSIGNED, {"executor": "b"}),
        ]
        events = []
        for type, data in told:
            events.append(
                Event(type, "omsk", UUID(int=number), at, {"problem_id": str(UUID(int=number)), **data}, UUID(int=1))
            )
            at += timedelta(minutes=chance.randrange(1, 3000))
        yield events


def deadlines_a_second(seconds: float, chance: random.Random) -> dict[str, int]:
    measure = RULES.measure(RULES.policies.versions[0])
    found = {}
    for unit, amount in AMOUNTS.items():
        term = Term(amount, unit, Basis.PRACTICE, "bench")
        starts = [FIRST + timedelta(minutes=chance.randrange(60 * 24 * 3650)) for _ in range(2000)]
        calls, began = 0, time.process_time()
        while (spent := time.process_time() - began) < seconds:
            for start in starts:
                deadline(start, term, measure)
            calls += len(starts)
        found[f"{amount} {unit.value}"] = round(calls / spent)
    return found


def derived(seconds: float, chance: random.Random) -> dict[str, float]:
    sample = list(lives(2000, chance))
    clocks, problems, began = 0, 0, time.process_time()
    while (spent := time.process_time() - began) < seconds:
        for events in sample:
            clocks += len(derive_clocks(events, RULES.calendar, RULES.policies, RULES.zone))
        problems += len(sample)
    return {"clocks_a_second": round(clocks / spent), "events_a_second": round(7 * problems / spent)}


def explanations(chance: random.Random) -> dict[str, float]:
    times = []
    for events in lives(500, chance):
        began = time.perf_counter()
        explain(events, RULES, events[0].time + timedelta(days=60))
        times.append(1000 * (time.perf_counter() - began))
    return {
        "mean_ms": round(statistics.mean(times), 2),
        "median_ms": round(statistics.median(times), 2),
        "p99_ms": round(statistics.quantiles(times, n=100)[98], 2),
    }


def counted_twice(problems: int, chance: random.Random) -> dict[str, float]:
    """Under the pack's policy and under one whose plan is due a day sooner."""
    [policy] = RULES.policies.versions
    sooner = replace(policy, plan=replace(policy.plan, amount=policy.plan.amount - 1))
    began = time.process_time()
    told = what_if(
        lives(problems, chance), RULES, replace(RULES, policies=Policies((sooner,))), FIRST + timedelta(days=3700)
    )
    spent = time.process_time() - began
    return {
        "problems": told.problems,
        "changed": told.changed,
        "seconds": round(spent, 1),
        "problems_a_second": round(problems / spent),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--problems", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--reference", type=int, default=0, metavar="CASES")
    chosen = parser.parse_args()
    chance = random.Random(SEED)
    told: dict[str, Any] = {
        "deadlines_a_second": deadlines_a_second(chosen.seconds, chance),
        "derived": derived(chosen.seconds, chance),
        "explain": explanations(chance),
        "what_if": counted_twice(chosen.problems, chance),
    }
    if chosen.reference:
        from tests.clock_cases import differences

        wrong = differences(chosen.reference, SEED)
        told["reference"] = {"cases": chosen.reference, "differ": len(wrong), "first": wrong[:5]}
    json.dump({"machine": machine(), "versions": versions(), **told}, sys.stdout, ensure_ascii=False, indent=2)
    print()


if __name__ == "__main__":
    main()
