"""A made-up region of problem_facts: real streets, seasons, weekdays, bad days."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import h3.api.basic_int as h3
import numpy as np
from numpy.typing import NDArray

from models.pack import RegionPack
from streams.contract import Connection

YEARS = 3
LAST = date(2026, 3, 17)
DAYS = 365 * YEARS
AFTER = 0.13
"""The share of problems that follow another one of the same appeal."""
PEOPLE = 0.3
"""So many people to a problem over the three years."""

COLUMNS = (
    "problem_id, region_id, appeal_id, state, topic, group_name, municipality, cell, urgency, regime, accepted_at, day,"
    " found_at, way, seen, changed_at, author"
)


@dataclass(frozen=True)
class World:
    """Places with weights, and how groups of topics spread over the year."""

    cells: Sequence[str]
    municipalities: Sequence[str]
    weights: NDArray[np.float64]
    topics: Sequence[tuple[str, str]]
    topic_weights: NDArray[np.float64]
    seasons: NDArray[np.float64]
    """(topics, days): how much more than usual."""


def world_of(pack: RegionPack, seed: int) -> World:
    """Cells of the streets and settlements of a pack, by how many houses are known there."""
    chance = np.random.default_rng(seed)
    found: dict[int, tuple[str, float]] = {}
    for row in [*_with_point(pack, "streets.csv"), *_with_point(pack, "settlements.csv")]:
        at = float(row["latitude"]), float(row["longitude"])
        houses = float(row.get("houses") or 0) + float(row.get("population") or 0) / 2000 + 1
        for _ in range(6):  # a street is longer than one cell
            spot = at[0] + chance.normal(0, 0.003), at[1] + chance.normal(0, 0.005)
            cell = h3.latlng_to_cell(*spot, 9)
            before = found.get(cell, ("", 0.0))[1]
            found[cell] = (row["municipality"], before + houses * chance.gamma(0.6))
    weights = np.array([weight for _, weight in found.values()])
    topics = [(topic.code, topic.group) for topic in pack.topics]
    shares = chance.gamma(0.4, size=len(topics))
    return World(
        [f"{cell:x}" for cell in found],
        [municipality for municipality, _ in found.values()],
        weights / weights.sum(),
        topics,
        shares / shares.sum(),
        _seasons(chance, [group for _, group in topics]),
    )


def _with_point(pack: RegionPack, name: str) -> list[dict[str, str]]:
    with pack.path(name).open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["latitude"]]


def _seasons(chance: np.random.Generator, groups: Sequence[str]) -> NDArray[np.float64]:
    """Each group of topics has a wave over the year and a weekday pattern; the region as a whole has bad days."""
    phase = {group: (chance.random(), chance.random() * 0.6) for group in sorted(set(groups))}
    days = np.arange(DAYS)
    bad = chance.gamma(8, 1 / 8, size=DAYS) * np.where((days + 3) % 7 >= 5, 0.5, 1.2)
    waves = {g: 1 + depth * np.cos(2 * np.pi * (days / 365 - at)) for g, (at, depth) in phase.items()}
    return np.stack([waves[group] * bad for group in groups])


def fill(connection: Connection, pack: RegionPack, many: int, seed: int) -> None:
    """Write so many facts of three years up to LAST, in the order of days."""
    chance = np.random.default_rng(seed)
    world = world_of(pack, seed)
    per_topic = chance.multinomial(many, world.topic_weights)
    days = np.concatenate(
        [chance.choice(DAYS, size=count, p=season / season.sum()) for count, season in
         zip(per_topic, world.seasons, strict=True)]
    )  # fmt: skip
    topics = np.repeat(np.arange(len(world.topics)), per_topic)
    cells = chance.choice(len(world.cells), size=many, p=world.weights)
    order = np.argsort(days, kind="stable")
    rows = np.stack([days[order], topics[order], cells[order]], axis=1)
    _copy(connection, pack.id, world, rows, chance)


def _copy(
    connection: Connection, region: str, world: World, rows: NDArray[np.int64], chance: np.random.Generator
) -> None:
    first = LAST - timedelta(days=DAYS - 1)
    follows = (chance.random(len(rows)) < AFTER).tolist()
    kinds = chance.random(len(rows)).tolist()
    writers = chance.integers(0, max(1, round(len(rows) * PEOPLE)), len(rows)).tolist()
    salt = int(chance.integers(1, 2**31)) << 64
    appeal = 0
    with connection.cursor().copy(f"COPY problem_facts ({COLUMNS}) FROM STDIN".encode()) as copy:
        for number, (day, topic, cell) in enumerate(rows.tolist()):
            if not follows[number] or number == 0 or rows[number - 1][0] != day:
                appeal = number
            when = first + timedelta(days=day)
            at = datetime(when.year, when.month, when.day, 6, tzinfo=UTC)
            problem = UUID(int=salt + number)
            copy.write_row(
                (
                    str(problem), region, str(UUID(int=salt + (1 << 40) + appeal)), _state(kinds[number], DAYS - day),
                    *world.topics[topic], world.municipalities[cell], world.cells[cell], 2, "portal", at, when, at,
                    "{}", "", at, str(UUID(int=salt + (2 << 40) + writers[appeal])),
                )
            )  # fmt: skip
    connection.commit()


def _state(kind: float, age: int) -> str:
    """Old problems are mostly closed, young ones are not."""
    if kind > 0.97:
        return "dismissed"
    closed = min(age / 40, 0.96)
    if kind < closed * 0.8:
        return "solved"
    return "answered" if kind < closed else "assigned"
