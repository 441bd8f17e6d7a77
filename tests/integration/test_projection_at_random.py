"""Problems whose lives are any way through the table of states: however batches cut them, the same comes out."""

from __future__ import annotations

import random
from typing import Any
from uuid import UUID

import psycopg
import pytest

from indicators import facts
from indicators.stage import count_terms, project
from models.events import EventType
from models.identifiers import new_id
from models.pack import load_pack
from models.states import PROBLEM_TRANSITIONS, ProblemState
from otklik.verify_heat import compare_heat
from otklik.verify_indicators import compare_appeals
from tests.integration.test_indicators_projection import batches, mixed, regions
from tests.lives import Life

CELLS = ("891181b6d63ffff", "891181b6d67ffff", "861181b6fffffff", "")
TOPICS = ("05.020", "02.010", "11.003", "no such topic")
PLACES = ("Омск г.о.", "Тарский м.р-н", "")


def lived(chance: random.Random, appeal: UUID | None = None) -> Life:
    """One problem, corrected now and then, with terms that end and run out at any time."""
    life = Life(appeal) if appeal else Life()
    life.found(chance.random(), topic=chance.choice(TOPICS), municipality=chance.choice(PLACES))
    state, day = ProblemState.FOUND, 1.0
    for _ in range(chance.randint(3, 25)):
        day += chance.random() * 3
        if chance.random() < 0.2:
            where = {"municipality": chance.choice(PLACES), "cell": chance.choice(CELLS)}
            life.add(EventType.PROBLEM_CORRECTED, day, topic=chance.choice(TOPICS), by="anna", **where)
        row = chance.choice([row for row in PROBLEM_TRANSITIONS if row.source is state])
        if row.event is EventType.PROBLEM_REOPENED and chance.random() < 0.7:
            life.judged(day, 1, False)
        if row.event in facts.COUNTED:
            life.add(row.event, day, **data(chance, row.event))
        state = row.target
        clock = chance.choice(("plan", "solve", "work"))
        if chance.random() < 0.3:
            life.replied(day, chance.choice(("final", "interim", "forwarding")), chance.choice(((), ("stock",))))
        if chance.random() < 0.3:
            life.breached(clock, round(day, 2))
        if chance.random() < 0.4:
            life.stopped(clock, day - 5, day - 5 + chance.random() * 8, day)
    return life


def data(chance: random.Random, type: EventType) -> dict[str, Any]:
    """What the step carries, as far as the facts read it."""
    told: dict[str, Any] = {"by": "anna", "executor": chance.choice(("roads", "heating")), "variant": "by_date"}
    if type is EventType.PROBLEM_ASSIGNED:
        told["handler"] = chance.choice(("", "roads-repair"))
    if type is EventType.PROBLEM_MERGED:
        told["into"] = str(new_id())
    if type is EventType.PROBLEM_SOLVED:
        told["flags"] = chance.choice(([], ["far"]))
    return told


@pytest.mark.parametrize("seed", range(10))
def test_any_life_in_any_batches_is_what_its_log_says(connection: psycopg.Connection[Any], seed: int) -> None:
    chance = random.Random(seed)
    made: list[Life] = []
    for _ in range(4):
        made.append(lived(chance))
        made += [lived(chance, made[-1].appeal) for _ in range(chance.randint(0, 2))]
    problems, clocks = mixed(made, chance)
    waiting = [batches(problems, chance), batches(clocks, chance)]
    while any(waiting):
        which = chance.choice([number for number, left in enumerate(waiting) if left])
        batch = waiting[which].pop(0)
        for _ in range(chance.choice((1, 1, 2))):  # some come again
            (project, count_terms)[which](connection, batch, regions)
    assert list(compare_appeals(connection, problems, clocks, regions)) == []
    assert list(compare_heat(connection, load_pack)) == []
    stock = connection.execute("SELECT sum(opened), sum(overdue) FROM executor_work GROUP BY executor").fetchall()
    assert all(opened >= overdue >= 0 for opened, overdue in stock)
