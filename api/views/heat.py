"""The map as the pages and the API show it: cells with their corners, what is usual, municipalities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from math import cos, radians
from pathlib import Path
from typing import Any

from psycopg import Connection

from api.geography import address_list
from indicators import heat
from indicators.heat import Choice, Piece, Tally, shown
from indicators.heat.cells import Box, centre, outline, resolution, spans_of, text_of
from indicators.heat.usual import Level, usual_of
from models.pack import RegionPack

STATES: Mapping[str, str] = {
    "": "все", "open": "открытые", "solved": "решённые", "answered": "закрытые разъяснением",
}  # fmt: skip
PUBLIC_STATES: Mapping[str, str] = {"": "все", "open": "открытые", "closed": "закрытые"}

MONTH_NAMES = (
    "январь", "февраль", "март", "апрель", "май", "июнь",
    "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь",
)  # fmt: skip

STREET_FROM, STREET_WITHIN = 7, 0.02
"""A cell is named by a street from this resolution on, where one lies within so many degrees: 2 km."""

MOST_CELLS = 4000
"""Cells in one answer: what a screen can show. Where there are more, the resolution is made coarser."""


def counted(tally: Tally, state: str) -> int:
    """The number of problems in this state; the empty one: in all."""
    return int(getattr(tally, state)) if state else tally.problems


def staff_map(
    connection: Connection[Any], pack: RegionPack, choice: Choice, state: str, at: int, box: Box | None
) -> dict[str, Any]:
    """Cells in a box with how many problems they have and how many are usual there."""
    vague = heat.vague_of(pack)
    found: dict[int, Tally] = {}
    spans: list[tuple[int, int]] | None = None
    for level in range(at, heat.COARSEST - 1, -1):
        at, spans = level, spans_of(box, level) if box else None
        found = heat.cells(connection, choice, at, spans, vague)
        if len(found) <= MOST_CELLS:
            break
    by_area = heat.areas(connection, choice)
    usual = usual_of(connection, choice, found, by_area, at, spans, vague)
    cells = [
        _cell(cell, counted(tally, state), usual.of(cell, tally.problems))
        for cell, tally in found.items()
        if counted(tally, state)
    ]
    cells.sort(key=lambda one: (-one["problems"], one["cell"]))
    return {
        "resolution": at,
        "first": choice.period.first,
        "last": choice.period.last,
        "problems": sum(counted(tally, state) for tally in by_area.values()),
        "compared": usual.known,
        "cells": cells,
    }


def _cell(cell: int, problems: int, usual: Level | None) -> dict[str, Any]:
    return {
        "cell": text_of(cell),
        "problems": problems,
        "expected": round(usual.expected, 2) if usual else None,
        "ratio": round(usual.ratio, 2) if usual else None,
        "boundary": outline(cell),
    }


def public_pieces(
    pieces: Iterable[Piece], state: str, floor: int, spans: Sequence[tuple[int, int]] | None
) -> list[Any]:
    """Pieces with what the public sees of them, those with nothing left out."""
    made = []
    for piece in pieces:
        people = {"": sum(piece.counts[:2]), "open": piece.counts[0], "closed": piece.counts[1]}[state]
        if people < floor or not piece.cell:
            continue
        if spans is not None and not piece.rest and not any(low <= piece.cell <= high for low, high in spans):
            continue
        corners = outline(piece.cell)
        made.append(
            {"cell": text_of(piece.cell), "rest": piece.rest, "people": shown(people, floor), "boundary": corners}
        )
    # the rest of a cell is drawn first, under the children that stand alone
    return sorted(made, key=lambda one: (not one["rest"], -one["people"], one["cell"]))


def area_rows(tallies: Mapping[str, Tally], state: str, inhabitants: Mapping[str, int]) -> list[dict[str, Any]]:
    """Municipalities with their problems, and per 1,000 inhabitants where their number is known."""
    rows = []
    for name, tally in tallies.items():
        problems = counted(tally, state)
        people = inhabitants.get(name)
        rows.append(
            {
                "municipality": name,
                "problems": problems,
                "inhabitants": people,
                "per_thousand": round(1000 * problems / people, 2) if people else None,
            }
        )
    return sorted(rows, key=lambda row: (-row["problems"], row["municipality"]))


def month_words(month: date) -> str:
    """«март 2026»."""
    return f"{MONTH_NAMES[month.month - 1]} {month.year}"


def inhabitants(pack: RegionPack) -> Mapping[str, int]:
    """Inhabitants by municipality, of the pack's population.csv; none where it has no such file."""
    return _inhabitants(pack.folder)


@lru_cache(maxsize=16)
def _inhabitants(folder: Path) -> Mapping[str, int]:
    return {row["municipality"]: int(row["inhabitants"]) for row in RegionPack(folder).optional_rows("population.csv")}


@lru_cache(maxsize=20_000)
def near(pack: RegionPack, cell: int) -> str:
    """The street or settlement nearest to the middle of a cell; empty where the pack knows none."""
    latitude, longitude = centre(cell)
    streets = address_list(pack).streets
    if resolution(cell) >= STREET_FROM and streets:
        key = min(streets, key=lambda one: _apart(streets[one], latitude, longitude))
        if _apart(streets[key], latitude, longitude) < STREET_WITHIN**2:
            return ", ".join(key)
    settlements = address_list(pack).settlements
    return min(settlements, key=lambda one: _apart(settlements[one], latitude, longitude), default="")


def _apart(point: tuple[float, float], latitude: float, longitude: float) -> float:
    """The square of the distance, in degrees of latitude."""
    return (point[0] - latitude) ** 2 + ((point[1] - longitude) * cos(radians(latitude))) ** 2
