"""Runs that look for hot spots: what is found, goes on, and ends, with its history; no day is looked at twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import h3
import numpy as np
import psycopg
import pytest

from indicators import hotspots
from indicators.hotspots import store
from indicators.hotspots.finding import Settings
from indicators.hotspots.keeping import run
from models.pack import load_pack

PACK = load_pack("omsk")
SETTINGS = Settings(replications=99)
DAY = date(2026, 3, 17)
NOW = datetime(2026, 3, 18, 5, tzinfo=UTC)  # 11:00 in Omsk
CELLS = [
    sorted(h3.cell_to_children(cell, 9))[0] for cell in sorted(h3.grid_disk(h3.latlng_to_cell(54.95, 73.30, 8), 4))
]
BURST = CELLS[30]


def write(
    connection: psycopg.Connection[Any], cell: str, day: date, appeal: UUID | None = None, author: UUID | None = None
) -> None:
    at = datetime(day.year, day.month, day.day, 6, tzinfo=UTC)
    connection.execute(
        """INSERT INTO problem_facts (problem_id, region_id, appeal_id, state, topic, group_name, municipality, cell,
               urgency, regime, accepted_at, day, found_at, way, seen, changed_at, author)
           VALUES (%s, 'omsk', %s, 'assigned', '05.020', 'Благоустройство', 'Омск г.о.', %s, 2, 'portal', %s, %s, %s,
                   '{}', '', %s, %s)""",
        [uuid4(), appeal or uuid4(), cell, at, day, at, at, author],
    )


@pytest.fixture
def region(connection: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """A year of one or two appeals a day over 61 cells, and twelve in one cell in the last three days."""
    chance = np.random.default_rng(1)
    for back in range(400):
        for cell in chance.choice(len(CELLS), size=chance.poisson(1.5)):
            write(connection, CELLS[cell], DAY - timedelta(days=back))
    for number in range(12):
        write(connection, BURST, DAY - timedelta(days=number % 3))
    return connection


def test_a_burst_becomes_a_hot_spot_goes_on_and_ends(region: psycopg.Connection[Any]) -> None:
    [found] = run(region, PACK, DAY, NOW, SETTINGS)
    assert (found.group, found.method) == ("Благоустройство", "scan")
    assert int(h3.cell_to_parent(BURST, 8), 16) in found.cells and found.appeals >= 12
    [spot] = hotspots.listed(region, "omsk", DAY)
    assert (spot.municipality, spot.found_on, spot.ended_on) == ("Омск г.о.", DAY, None)
    run(region, PACK, DAY + timedelta(days=1), NOW, SETTINGS)
    [spot] = hotspots.listed(region, "omsk", DAY)
    assert (spot.found_on, spot.seen_on) == (DAY, DAY + timedelta(days=1))
    run(region, PACK, DAY + timedelta(days=30), NOW, SETTINGS)
    [spot] = hotspots.listed(region, "omsk", DAY)
    assert spot.ended_on == DAY + timedelta(days=30)
    assert [day for day, _, _ in store.course(region, "omsk", spot.id)] == [DAY, DAY + timedelta(days=1)]


def test_the_same_day_again_finds_the_same_and_adds_nothing(region: psycopg.Connection[Any]) -> None:
    assert run(region, PACK, DAY, NOW, SETTINGS) == run(region, PACK, DAY, NOW, SETTINGS)
    assert len(hotspots.listed(region, "omsk", DAY)) == 1


def test_an_earlier_day_looked_at_later_changes_nothing_of_what_stands(region: psycopg.Connection[Any]) -> None:
    run(region, PACK, DAY, NOW, SETTINGS)
    stood = hotspots.listed(region, "omsk", DAY - timedelta(days=60))
    run(region, PACK, DAY - timedelta(days=40), NOW, SETTINGS)
    assert hotspots.listed(region, "omsk", DAY - timedelta(days=60)) == stood


def test_one_appeal_with_ten_problems_is_no_hot_spot(connection: psycopg.Connection[Any]) -> None:
    chance = np.random.default_rng(2)
    for back in range(400):
        for cell in chance.choice(len(CELLS), size=chance.poisson(1.5)):
            write(connection, CELLS[cell], DAY - timedelta(days=back))
    appeal = uuid4()
    for _ in range(10):
        write(connection, BURST, DAY, appeal)
    assert run(connection, PACK, DAY, NOW, SETTINGS) == []


def test_yesterday_is_due_once_and_not_before_two_in_the_morning(region: psycopg.Connection[Any]) -> None:
    assert hotspots.due(region, PACK, NOW) == DAY
    assert hotspots.due(region, PACK, datetime(2026, 3, 17, 19, 30, tzinfo=UTC)) is None  # 1:30 in Omsk
    run(region, PACK, DAY, NOW, SETTINGS)
    assert hotspots.due(region, PACK, NOW) is None
    assert hotspots.due(region, load_pack("murmansk"), NOW) is None


def test_one_who_writes_twelve_times_in_three_days_makes_no_hot_spot(connection: psycopg.Connection[Any]) -> None:
    chance, author = np.random.default_rng(1), uuid4()
    for back in range(400):
        for cell in chance.choice(len(CELLS), size=chance.poisson(1.5)):
            write(connection, CELLS[cell], DAY - timedelta(days=back))
    for number in range(12):
        write(connection, BURST, DAY - timedelta(days=number % 3), author=author)
    assert run(connection, PACK, DAY, NOW, SETTINGS) == []
