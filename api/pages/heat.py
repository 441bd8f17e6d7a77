"""The map of problems: for those who work with every detail, for everybody by whole months and under a floor."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from api.context import Context, Here
from api.days import Day
from api.pages.queue import card, link
from api.reading import directory
from api.reading import heat as reading
from api.rendering import render
from api.security.access import Reader
from api.security.users import User
from api.security.visitors import Visit
from api.tables import Columns, FormatAsked, Sheet, as_file
from api.v1.heat import BBOX, STATE, ZOOM, box_of, chosen, json_of, known_cell, public_answer, today
from api.v1.presenting import sees_personal
from api.views import heat as views
from api.views import hotspots as spot_views
from indicators import heat, hotspots
from indicators.heat import Choice
from indicators.heat.cells import cell_of
from indicators.hotspots import store as spot_store
from indicators.period import Period

router = APIRouter(include_in_schema=False)
PAGE = 30
TOP = 15
USUAL_DAYS = 90
"""The period that the page opens with."""
SPOT_DAYS = 60
"""How far back hot spots that ended are listed."""
NO_SCRIPT_ZOOM = 10
PRESETS = ((7, "7 дней"), (30, "30 дней"), (90, "3 месяца"), (365, "год"))
AREA_COLUMNS: Columns = {
    "Муниципалитет": lambda row: row["municipality"] or "не определён",
    "Проблем": "problems",
    "Жителей": "inhabitants",
    "На 1000 жителей": "per_thousand",
}


class Asked:
    """What the page's address says; what it does not say is the last three months, all topics, all states."""

    def __init__(
        self,
        first: Annotated[Day | None, Query()] = None,
        last: Annotated[Day | None, Query()] = None,
        group: Annotated[str, Query(max_length=200)] = "",
        topic: Annotated[str, Query(max_length=20)] = "",
        state: Annotated[str, Query(pattern=STATE)] = "",
    ) -> None:
        self.first, self.last, self.group, self.topic, self.state = first, last, group, topic, state

    def of(self, context: Context, user: User) -> Choice:
        last = self.last or today(context, user.region)
        first = self.first or last - timedelta(days=USUAL_DAYS - 1)
        return chosen(user.region, first, last, self.group, self.topic)

    def address(self, choice: Choice, **changes: Any) -> dict[str, Any]:
        """The parameters of an address that says the same."""
        period = {"first": choice.period.first, "last": choice.period.last}
        return period | {"group": self.group, "topic": self.topic, "state": self.state} | changes


@router.get("/map")
def show_map(
    request: Request, context: Here, user: Reader, asked: Annotated[Asked, Depends()], format: FormatAsked = None
) -> Response:
    """The map with its filters, hot spots beside it, and the same as tables."""
    choice, pack = asked.of(context, user), context.packs[user.region]
    with context.transaction() as connection:
        areas = heat.areas(connection, choice)
        rows = views.area_rows(areas, asked.state, views.inhabitants(pack))
        if format is not None:
            return as_file(Sheet("Проблемы по муниципалитетам", AREA_COLUMNS, rows, pack.zone), format)
        top = views.staff_map(connection, pack, choice, asked.state, heat.resolution_of(NO_SCRIPT_ZOOM), None)
        months = heat.months(connection, user.region)
        topics = directory.topics(connection, user.region)
        since = today(context, user.region) - timedelta(days=SPOT_DAYS)
        spots = [spot_views.spot_shown(spot, pack) for spot in hotspots.listed(connection, user.region, since)]
        looked = spot_store.last_run(connection, user.region)
    return render(
        request,
        "heat.html",
        chosen=asked,
        period=choice.period,
        presets=[
            (name, link("/map", **asked.address(choice, last=last, first=last - timedelta(days=days - 1))))
            for last in (today(context, user.region),)
            for days, name in PRESETS
        ],
        top=[one | {"name": views.near(pack, cell_of(one["cell"]))} for one in top["cells"][:TOP]],
        total=top["problems"],
        compared=top["compared"],
        areas=rows,
        has_inhabitants=any(row["inhabitants"] for row in rows),
        all_inhabitants=all(row["inhabitants"] for row in rows if row["municipality"]),
        months=months,
        topics=topics,
        groups=sorted({row["group_name"] for row in topics}),
        states=views.STATES,
        spots=spots,
        outlines=[{name: spot[name] for name in spot_views.ON_MAP} for spot in spots],
        looked=looked,
        address=asked.address(choice),
        files={kind: link("/map", **asked.address(choice, format=kind)) for kind in ("xlsx", "csv")},
        link=link,
    )


@router.get("/heat/cells.json")
def map_cells(
    context: Here,
    user: Reader,
    asked: Annotated[Asked, Depends()],
    zoom: Annotated[float, ZOOM] = 7,
    bbox: Annotated[str, BBOX] = "",
) -> Response:
    """The cells of what the map shows now."""
    choice, pack = asked.of(context, user), context.packs[user.region]
    with context.transaction() as connection:
        found = views.staff_map(connection, pack, choice, asked.state, heat.resolution_of(zoom), box_of(bbox))
    return json_of(found, {"Cache-Control": "private, no-store"})


@router.get("/heat/areas.json")
def map_areas(context: Here, user: Reader, asked: Annotated[Asked, Depends()]) -> Response:
    """Municipalities for the same choice."""
    with context.transaction() as connection:
        found = heat.areas(connection, asked.of(context, user))
    rows = views.area_rows(found, asked.state, views.inhabitants(context.packs[user.region]))
    return json_of(rows, {"Cache-Control": "private, no-store"})


@router.get("/heat/problems")
def show_problems(
    request: Request,
    context: Here,
    user: Reader,
    asked: Annotated[Asked, Depends()],
    cell: Annotated[str, Query(max_length=16)],
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> Response:
    """The problems of one cell; the map takes the list out of this page."""
    choice, pack, number = asked.of(context, user), context.packs[user.region], known_cell(cell)
    with context.transaction() as connection:
        page = reading.problems_in(
            connection, choice, [number], heat.vague_of(pack), state=asked.state, limit=PAGE, cursor=cursor
        )
    following = asked.address(choice, cell=cell, cursor=page.next_cursor)
    return render(
        request,
        "heat_problems.html",
        place=views.near(pack, number),
        period=choice.period,
        rows=[card(row, masked=not sees_personal(user)) for row in page.rows],
        next_link=link("/heat/problems", **following) if page.next_cursor else "",
        back=link("/map", **asked.address(choice)),
        links=sees_personal(user),
    )


@router.get("/heat/hotspots/{spot_id}")
def show_spot(
    request: Request,
    context: Here,
    user: Reader,
    spot_id: UUID,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> Response:
    """One hot spot: how it went, what its problems are about, and the problems themselves."""
    pack = context.packs[user.region]
    with context.transaction() as connection:
        spot = spot_store.one(connection, user.region, spot_id)
        if spot is None:
            raise LookupError(spot_id)
        course = spot_store.course(connection, user.region, spot_id)
        choice = Choice(user.region, Period(spot.first_day, spot.last_day), spot.group_name)
        page = reading.problems_in(connection, choice, spot.cells, heat.vague_of(pack), limit=PAGE, cursor=cursor)
        about = reading.about(connection, choice, spot.cells)
    return render(
        request,
        "hotspot.html",
        spot=spot_views.spot_shown(spot, pack),
        method=spot_views.METHODS[spot.method],
        chance=spot_views.chance(spot.probability),
        course=course,
        about=about,
        rows=[card(row, masked=not sees_personal(user)) for row in page.rows],
        next_link=link(f"/heat/hotspots/{spot_id}", cursor=page.next_cursor) if page.next_cursor else "",
        links=sees_personal(user),
    )


@router.get("/heat/public", dependencies=[Visit])
def show_public_map(
    request: Request,
    context: Here,
    month: Annotated[date | None, Query()] = None,
    group: Annotated[str, Query(max_length=200)] = "",
    state: Annotated[str, Query(pattern="^(|open|closed)$")] = "",
) -> Response:
    """Everybody's map: one month that is over, no cell with fewer people than the floor."""
    pack = context.pack
    answer = public_answer(context, pack, month, group, heat.resolution_of(NO_SCRIPT_ZOOM))
    cells = views.public_pieces(answer.pieces, state, answer.floor, None)
    cells.sort(key=lambda one: -one["people"])
    return render(
        request,
        "heat_public.html",
        chosen={"month": answer.month, "group": group, "state": state},
        months=[(each, views.month_words(each)) for each in answer.months],
        groups=sorted({topic.group for topic in pack.topics}),
        states=views.PUBLIC_STATES,
        floor=answer.floor,
        top=[one | {"name": views.near(pack, cell_of(one["cell"]))} for one in cells[:TOP]],
    )
