"""Two stages keep one projection: in whatever order their batches come, and come again, the same stands there."""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence
from typing import Any

import psycopg
import pytest

import streams
from indicators.rows import Region
from indicators.stage import count_terms, indicators_stage, project, punctuality_stage
from models.events import Event, Stream
from models.pack import load_pack
from otklik.verify_indicators import compare, compare_appeals
from streams import EmbeddedEngine
from tests.lives import Life

OMSK = Region(load_pack("omsk"))
TABLES = ("problem_facts", "problem_terms", "executor_work", "executor_months")


def lives() -> list[Life]:
    """Two appeals: one with two problems of one topic, one that is refused, breached, solved and reopened."""
    first = Life().found().assigned(0.1, handler="roads-repair").planned(1).reported(4).solved(5)
    first.replied(5.1, flags=("same_text",)).judged(6, 2, False).reopened(6).planned(7).solved(9).judged(10, 5, True, 1)
    first.stopped("plan", 0.1, 3.1, 1).stopped("solve", 0, 10, 5).stopped("plan", 6, 9, 7).stopped("solve", 6, 8, 9)
    first.breached("solve", 8)
    second = Life(first.appeal).found().assigned(0.2).answered(3).stopped("plan", 0.2, 3.2, 3).stopped("solve", 0, 9, 3)
    third = Life().found().assigned(0.1).refused(4).assigned(5, "heating").refused(6, "heating").assigned(7)
    third.breached("plan", 3.1).breached("solve", 10).solved(40).stopped("solve", 0, 10, 40)
    return [first, second, third]


def dump(connection: psycopg.Connection[Any]) -> dict[str, list[tuple[Any, ...]]]:
    found = {}
    for table in TABLES:
        text = f"(to_jsonb(t) - 'changed')::text FROM {table} t ORDER BY 1"
        found[table] = connection.execute(f"SELECT {text}".encode()).fetchall()
    found["executor_months"] = [row for row in found["executor_months"] if _tells(row)]
    return found


def _tells(row: tuple[Any, ...]) -> bool:
    import json

    return any(isinstance(value, int) and value for value in json.loads(row[0]).values())


def empty(connection: psycopg.Connection[Any]) -> None:
    connection.execute(f"TRUNCATE {', '.join(TABLES)}".encode())


def regions(_: str) -> Region:
    return OMSK


def batches(events: Sequence[Event], chance: random.Random) -> list[Sequence[Event]]:
    found, start = [], 0
    while start < len(events):
        end = start + chance.randint(1, 7)
        found.append(events[start:end])
        start = end
    return found


def mixed(made: Sequence[Life], chance: random.Random) -> tuple[list[Event], list[Event]]:
    """The events of both streams; those of an appeal keep their order, whoever comes between."""
    told = []
    for of in ("problems", "clocks"):
        events = [each for life in made for each in getattr(life, of)]
        told.append(sorted(events, key=lambda each: each.time))
    if chance.random() < 0.5:
        told[1].sort(key=lambda each: (str(each.key), each.time))
    return told[0], told[1]


@pytest.mark.parametrize("seed", range(12))
def test_whatever_the_interleaving_the_same_stands_there(connection: psycopg.Connection[Any], seed: int) -> None:
    chance = random.Random(seed)
    made = lives()
    problems, clocks = mixed(made, chance)
    project(connection, problems, regions)
    count_terms(connection, clocks, regions)
    expected = dump(connection)
    assert len(expected["problem_facts"]) == 3 and len(expected["executor_months"]) > 2
    empty(connection)
    waiting = [batches(problems, chance), batches(clocks, chance)]
    while any(waiting):
        which = chance.choice([number for number, left in enumerate(waiting) if left])
        batch = waiting[which].pop(0)
        for _ in range(chance.choice((1, 1, 2))):  # some come again
            (project, count_terms)[which](connection, batch, regions)
    assert dump(connection) == expected
    assert list(compare_appeals(connection, problems, clocks, regions)) == []


def test_a_changed_row_is_told_by_the_comparison(connection: psycopg.Connection[Any]) -> None:
    problems, clocks = mixed(lives(), random.Random(1))
    project(connection, problems, regions)
    count_terms(connection, clocks, regions)
    connection.execute("UPDATE problem_facts SET executor = 'nobody' WHERE state = 'answered'")
    connection.execute("UPDATE executor_months SET solved = solved + 1 WHERE executor = 'roads'")
    checks = {difference.check for difference in compare_appeals(connection, problems, clocks, regions)}
    assert checks == {"facts", "months"}


def test_two_workers_side_by_side_come_to_the_same(database_url: str) -> None:
    made = [life for _ in range(20) for life in lives()]
    problems, clocks = mixed(made, random.Random(3))

    def work(handle: Any, events: Sequence[Event]) -> None:
        with psycopg.connect(database_url) as connection:
            for batch in batches(events, random.Random(2)):
                handle(connection, batch, regions)
                connection.commit()

    workers = [threading.Thread(target=work, args=args) for args in ((project, problems), (count_terms, clocks))]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with psycopg.connect(database_url) as connection:
        assert list(compare_appeals(connection, problems, clocks, regions)) == []
        assert connection.execute("SELECT count(*) FROM problem_facts").fetchone() == (60,)


def test_verify_replays_what_the_stages_took_from_the_log(database_url: str) -> None:
    problems, clocks = mixed(lives(), random.Random(4))
    with psycopg.connect(database_url) as connection:
        streams.append(connection, Stream.PROBLEMS, problems)
        streams.append(connection, Stream.CLOCKS, clocks)
    engine = EmbeddedEngine(database_url)
    for stage in (punctuality_stage(load_pack), indicators_stage(load_pack)):
        consumer = engine.consumer(stage)
        while consumer.step():
            pass
        consumer.close()
    with psycopg.connect(database_url) as connection:
        assert list(compare(connection, regions)) == []
        assert connection.execute("SELECT count(*) FROM problem_facts").fetchone() == (3,)
        connection.execute("UPDATE problem_terms SET late = NOT late WHERE clock = 'solve'")
        assert {difference.check for difference in compare(connection, regions)} == {"terms"}
        connection.rollback()
        connection.execute("UPDATE executor_work SET region_id = 'murmansk'")
        assert {difference.check for difference in compare(connection, regions)} == {"accounts"}
        connection.rollback()
        for table, check in (("problem_terms", "terms"), ("executor_work", "accounts")):
            connection.execute(f"UPDATE {table} SET problem_id = gen_random_uuid(), appeal_id = gen_random_uuid()")
            strange = [one.what for one in compare(connection, regions) if one.check == check]
            assert any(what.endswith("no event in the log") for what in strange)
            connection.rollback()
