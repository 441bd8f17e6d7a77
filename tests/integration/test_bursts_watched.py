"""A burst raises one alarm in the transaction that routes its last problem."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest

from models.events import Event, EventType, Stream
from models.pack import RegionPack, load_pack
from routing.stage import route
from tests.integration.problems import NOW, events_of
from tests.integration.told import told_of

Connection = psycopg.Connection[Any]


@pytest.fixture
def routed(connection: Connection, pack: RegionPack) -> Callable[[datetime], Event]:
    """Tells of a problem with the lights of Tara sent at a time, and routes it a second later."""
    from routing.in_force import InForce

    in_force = InForce(load_pack)

    def tell(sent_at: datetime) -> Event:
        where: dict[str, Any] = {"settlement": "Тара", "municipality": "Тарский район", "street": "", "house": ""}
        _, found = told_of(connection, pack.topic_by_code["23.007"], sent_at, **where)
        now = sent_at + timedelta(seconds=1)
        route(connection, [found], lambda region: in_force.at(connection, region, now), now, load_pack)
        return found

    return tell


def alarms(connection: Connection) -> list[Event]:
    return [each for each in events_of(connection, Stream.PROBLEMS) if each.type is EventType.BURST_DETECTED]


def test_the_fifth_in_an_hour_raises_one_alarm_where_one_a_week_is_usual(
    connection: Connection, routed: Callable[[datetime], Event]
) -> None:
    for week in range(8, 0, -1):
        routed(NOW - timedelta(weeks=week))
    last = [routed(NOW + timedelta(minutes=minute)) for minute in range(5)][-1]
    told = alarms(connection)
    assert {each.data["place"] for each in told} == {"", "Тарский район"}
    assert {each.key for each in told} == {last.key}
    assert all(each.data["problems"] == 5 and each.data["expected"] < 0.2 for each in told)
    for minute in range(5, 20):
        routed(NOW + timedelta(minutes=minute))
    assert len(alarms(connection)) == 2
    assert connection.execute("SELECT count(*) FROM bursts").fetchone() == (2,)


def test_what_is_usual_raises_none(connection: Connection, routed: Callable[[datetime], Event]) -> None:
    for day in range(20, -1, -1):
        for minute in range(6):
            routed(NOW - timedelta(days=day) + timedelta(minutes=minute))
    assert alarms(connection) == []


def test_a_region_that_has_just_begun_knows_nothing_of_the_usual_and_raises_none(
    connection: Connection, routed: Callable[[datetime], Event]
) -> None:
    for minute in range(30):
        routed(NOW + timedelta(minutes=minute))
    assert alarms(connection) == []


def test_the_same_event_again_counts_nothing(
    connection: Connection, pack: RegionPack, routed: Callable[[datetime], Event]
) -> None:
    from routing import routing_stage

    found = routed(NOW)
    routing_stage(load_pack).handle(connection, [found, found])
    assert connection.execute("SELECT sum(problems) FROM problem_counts WHERE place = ''").fetchone() == (1,)
