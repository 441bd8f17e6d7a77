"""The heat map: problems by H3 cell and municipality, the public's map with its floor, hot spots."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.context import Context, Here
from api.days import Day
from api.problem_details import Failure, documented
from api.reading import heat as reading
from api.security.access import Reader
from api.security.visitors import Visit
from api.v1.presenting import sees_personal
from api.views import heat as views
from api.views.text import pairs, personal_spans, quote
from indicators import heat, hotspots
from indicators.heat import Choice
from indicators.heat.cells import Box, cell_of, resolution, spans_of, text_of
from indicators.period import Period
from models.identifiers import derived_id
from models.pack import RegionPack

router = APIRouter(prefix="/api/v1", tags=["heat map"])
LONGEST = 366 * 5
"""Days in one period at most."""

STATE = "^(|open|solved|answered)$"
ZOOM = Query(ge=0, le=22, description="Zoom of a web map: it chooses the resolution of the cells, 5 to 9.")
BBOX = Query(max_length=100, description="south,west,north,east in degrees; without it the whole region.")


class Cell(BaseModel):
    cell: str = Field(description="H3 index.")
    problems: int
    expected: float | None = Field(description="How many are usual here; null where the year before says too little.")
    ratio: float | None = Field(description="Times as many as usual, drawn towards 1 where both are few.")
    boundary: list[tuple[float, float]] = Field(description="Corners: latitude, longitude.")


class HeatMap(BaseModel):
    """Problems by cell. Merged and dismissed ones are not counted."""

    resolution: int
    first: date
    last: date
    problems: int = Field(description="In the whole region, those without a place on the map too.")
    compared: bool = Field(description="Whether `expected` and `ratio` are known.")
    cells: list[Cell] = Field(description="Most problems first; those with none are left out.")


class PublicCell(BaseModel):
    cell: str = Field(description="H3 index.")
    rest: bool = Field(description="What is left of the cell beside finer cells of this answer.")
    people: int = Field(description="Different people at least: rounded down to a multiple of the floor.")
    boundary: list[tuple[float, float]]


class PublicMap(BaseModel):
    """What everybody may see: whole months that are over, no cell with fewer people than the floor."""

    resolution: int
    month: date
    months: list[date] = Field(description="The months that can be asked for.")
    floor: int
    cells: list[PublicCell]


class Area(BaseModel):
    municipality: str = Field(description="Empty: not known.")
    problems: int
    inhabitants: int | None = Field(description="Null: the region's pack does not say.")
    per_thousand: float | None


class HotSpotShown(BaseModel):
    """A place where more appeals came than usual (docs/heat.md)."""

    id: str
    group_name: str = Field(description="Empty: all topics together.")
    method: str = Field(description="scan: space-time scan; gi: Getis-Ord.")
    cells: list[str] = Field(description="H3 cells of resolution 8.")
    municipality: str
    first_day: date
    last_day: date
    appeals: int = Field(description="Those of one author in one cell count once.")
    expected: float
    probability: float = Field(description="By chance, over everything that was looked at.")
    found_on: date = Field(description="The last day of the window of the run that found it first.")
    seen_on: date
    ended_on: date | None = Field(description="Of the first run that did not find it any more.")


class CellProblem(BaseModel):
    id: str
    day: date
    state: str
    topic: str
    municipality: str
    number: str
    text: str = Field(description="The piece of the appeal; personal data are masked for governors.")
    executor_name: str | None


class CellProblems(BaseModel):
    items: list[CellProblem]
    next_cursor: str | None


@dataclass(frozen=True)
class Asked:
    """What every request for the map may say."""

    first: Annotated[Day, Query(description="First day of the period, the region's own.")]
    last: Annotated[Day, Query(description="Last day of the period.")]
    group: Annotated[str, Query(max_length=200, description="A group of topics; empty: all.")] = ""
    topic: Annotated[str, Query(max_length=20, description="Code of one topic; empty: all.")] = ""
    state: Annotated[str, Query(pattern=STATE, description="Empty: all; open, solved, answered.")] = ""

    def of(self, region: str) -> Choice:
        return chosen(region, self.first, self.last, self.group, self.topic)


def chosen(region: str, first: date, last: date, group: str, topic: str) -> Choice:
    """The choice, checked. Failure 422 where the period is none or too long."""
    if last < first or (last - first) > timedelta(days=LONGEST):
        raise Failure(422, "Период задан неверно: последний день раньше первого или период длиннее пяти лет.")
    return Choice(region, Period(first, last), group, topic)


def box_of(text: str) -> Box | None:
    """The box of a query; None without one. Failure 422 where it is none."""
    if not text:
        return None
    try:
        south, west, north, east = (float(edge) for edge in text.split(","))
    except ValueError as error:
        raise Failure(422, "bbox — четыре числа через запятую: юг, запад, север, восток.") from error
    if not (-90 <= south < north <= 90 and -180 <= west < east <= 180):
        raise Failure(422, "bbox — четыре числа через запятую: юг, запад, север, восток.")
    return south, west, north, east


def floor_of(context: Context, region: str) -> int:
    """How many people a cell must hold before the public sees it."""
    return int(context.packs[region].about.get("heat_floor", heat.FLOOR))


def today(context: Context, region: str) -> date:
    return context.now().astimezone(context.packs[region].zone).date()


def json_of(content: Any, headers: dict[str, str] | None = None) -> Response:
    """Thousands of corners: written without a check of each number, for the answer must come within 200 ms."""
    return Response(orjson.dumps(content), media_type="application/json", headers=headers)


@router.get("/heat", response_model=HeatMap, responses=documented(401, 403, 422, 503))
def get_heat(
    context: Here,
    user: Reader,
    asked: Annotated[Asked, Depends()],
    zoom: Annotated[float, ZOOM] = 7,
    bbox: Annotated[str, BBOX] = "",
) -> Response:
    """Problems by cell for any period, topic and state, with what is usual there."""
    choice, box = asked.of(user.region), box_of(bbox)
    with context.transaction() as connection:
        found = views.staff_map(
            connection, context.packs[user.region], choice, asked.state, heat.resolution_of(zoom), box
        )
    return json_of(found)


@router.get("/heat/areas", responses=documented(401, 403, 422, 503))
def get_areas(context: Here, user: Reader, asked: Annotated[Asked, Depends()]) -> list[Area]:
    """Problems by municipality, and per 1,000 inhabitants where their number is known."""
    with context.transaction() as connection:
        found = heat.areas(connection, asked.of(user.region))
    rows = views.area_rows(found, asked.state, views.inhabitants(context.packs[user.region]))
    return [Area.model_validate(row) for row in rows]


@router.get("/heat/problems", responses=documented(401, 403, 422, 503))
def get_cell_problems(
    context: Here,
    user: Reader,
    asked: Annotated[Asked, Depends()],
    cell: Annotated[str, Query(max_length=16, description="H3 index of a cell of the map.")],
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> CellProblems:
    """The problems of one cell, newest first."""
    pack = context.packs[user.region]
    with context.transaction() as connection:
        page = reading.problems_in(
            connection, asked.of(user.region), [known_cell(cell)], heat.vague_of(pack),
            state=asked.state, limit=limit, cursor=cursor,
        )  # fmt: skip
    hidden = not sees_personal(user)
    items = [
        CellProblem(
            id=str(row["id"]),
            day=row["day"],
            state=row["state"],
            topic=row["topic_name"] or row["group_name"],
            municipality=row["municipality"],
            number=row["number"],
            text=quote(row["text"], pairs(row["spans"]), personal_spans(row["privacy"]) if hidden else []),
            executor_name=row["executor_name"],
        )
        for row in page.rows
    ]
    return CellProblems(items=items, next_cursor=page.next_cursor)


def known_cell(text: str) -> int:
    """A cell of the map. Failure 422 where it is none."""
    try:
        cell = cell_of(text)
    except ValueError as error:
        raise Failure(422, "cell — это не ячейка H3.") from error
    if not cell or not heat.COARSEST <= resolution(cell) <= 9:
        raise Failure(422, "cell — не ячейка этой карты: её разрешение должно быть от 5 до 9.")
    return cell


@router.get("/hotspots", responses=documented(401, 403, 422, 503))
def list_hot_spots(
    context: Here, user: Reader, days: Annotated[int, Query(ge=1, le=3660, description="How far back.")] = 60
) -> list[HotSpotShown]:
    """Hot spots seen in the last days: those that last first, the least likely by chance first; at most 200."""
    since = today(context, user.region) - timedelta(days=days)
    with context.transaction() as connection:
        found = hotspots.listed(connection, user.region, since, 200)
    return [
        HotSpotShown.model_validate(
            asdict(spot) | {"id": str(spot.id), "cells": [text_of(cell) for cell in spot.cells]}
        )
        for spot in found
    ]


@dataclass(frozen=True)
class PublicAnswer:
    """The months that the public may ask for, the one that was asked for, and its map; None where there is nothing."""

    months: list[date]
    month: date | None
    floor: int
    map: heat.PublicMap | None

    @property
    def pieces(self) -> list[heat.Piece]:
        return self.map.pieces if self.map else []


def public_answer(context: Context, pack: RegionPack, month: date | None, group: str, at: int) -> PublicAnswer:
    """The public's map of a month, by default the last one that is over. Failure 404 where it may not be shown."""
    floor = floor_of(context, pack.id)
    with context.transaction() as connection:
        months = heat.public_months(connection, pack.id, today(context, pack.id))
        if month is not None and month not in months:
            raise Failure(404, "За этот месяц открытых данных нет: показываются только завершённые месяцы.")
        month = month or (months[-1] if months else None)
        if month is None or (group and group not in {topic.group for topic in pack.topics}):
            return PublicAnswer(months, month, floor, None)
        asked = heat.Asked(pack.id, month, group, floor, at)
        return PublicAnswer(months, month, floor, context.public_maps.of(connection, pack, asked))


@router.get("/heat/public", response_model=PublicMap, responses=documented(404, 422, 429, 503), dependencies=[Visit])
def get_public_heat(
    request: Request,
    context: Here,
    region: Annotated[str, Query(max_length=50, description="Region; by default that of the form.")] = "",
    month: Annotated[date | None, Query(description="First day of a month that is over; by default the last.")] = None,
    group: Annotated[str, Query(max_length=200)] = "",
    state: Annotated[str, Query(pattern="^(|open|closed)$")] = "",
    zoom: Annotated[float, ZOOM] = 7,
    bbox: Annotated[str, BBOX] = "",
) -> Response:
    """People by cell for everybody: cells under the floor are shown only together with others."""
    pack, box, at = context.pack_of(region), box_of(bbox), heat.resolution_of(zoom)
    answer = public_answer(context, pack, month, group, at)
    cells = views.public_pieces(answer.pieces, state, answer.floor, spans_of(box, at) if box else None)
    found = {"resolution": at, "month": answer.month, "months": answer.months, "floor": answer.floor, "cells": cells}
    answered = json_of(found, {"Cache-Control": "public, max-age=600"})
    # a tag of the exact counts would change with those under the floor, and tell by a guess which they are
    tag = f'"{derived_id("public map", pack.id, group, state, hashlib.sha256(answered.body).hexdigest()).hex}"'
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers={"Cache-Control": "public, max-age=600", "ETag": tag})
    answered.headers["ETag"] = tag
    return answered
