"""The short version of the fault suite. The seed of a run is printed; OTKLIK_TEST_SEED repeats its schedule."""

from __future__ import annotations

import json
import os
import random
import sys
from pathlib import Path

import pytest

from tests.faults.run import run
from tests.faults.schedule import KAFKA_KILLS, KILLS, Chosen, digest, schedule
from tests.servers.kafka import Unavailable, jars

KILLED = 12


@pytest.mark.parametrize("engine", ["embedded", "kafka"])
def test_nothing_is_lost_and_nothing_doubled_whatever_fails(engine: str, tmp_path: Path) -> None:
    if engine == "kafka":
        try:
            jars()
        except Unavailable as missing:
            if os.environ.get("CI") == "true":
                raise
            pytest.skip(f"NOT TESTED AGAINST KAFKA: {missing}")
    seed = int(os.environ.get("OTKLIK_TEST_SEED", random.randrange(10**6)))
    sys.stdout.write(f"OTKLIK_TEST_SEED={seed}\n")
    result = run(tmp_path, engine, seed, KILLED)
    sys.stdout.write(json.dumps(result, ensure_ascii=False, indent=1))
    assert {name: ids for name, ids in result["differences"].items() if ids} == {}
    assert result["kills"] >= KILLED // 2
    assert sum(result["accepted"].values()) > 100
    assert result["letters"] > 20
    assert result["reports"] > 5


def test_a_seed_repeats_its_schedule_and_another_has_another() -> None:
    assert schedule(7, 200, "kafka") == schedule(7, 200, "kafka")
    assert digest(schedule(7, 200, "kafka")) != digest(schedule(8, 200, "kafka"))


@pytest.mark.parametrize(("engine", "kinds"), [("embedded", KILLS), ("kafka", KILLS + KAFKA_KILLS)])
def test_a_long_run_kills_everything_everywhere(engine: str, kinds: tuple[Chosen, ...]) -> None:
    planned = [(fault.kind, fault.target, fault.point) for fault in schedule(1, 200, engine)]
    assert min(planned.count(kind) for kind in kinds) >= 200 // len(kinds)
