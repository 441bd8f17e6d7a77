"""The lists of those who work: the operator's queue, dismissed appeals, the governor's counts."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api import sheets
from api.context import Here
from api.geography import address_list
from api.reading import appeals, directory, problems
from api.reading.problems import Filters, Order
from api.rendering import render
from api.security.access import Operator, Reader
from api.tables import FormatAsked, Sheet, as_file, walked
from api.views.incidents import alarms
from api.views.text import pairs, personal_spans, quote
from models.states import ProblemState

router = APIRouter(include_in_schema=False)
PAGE = 30
CHOICES = ("queued", "found", "assigned", "planned", "reported", "solved", "answered", "merged", "dismissed")


def card(row: Any, *, masked: bool) -> dict[str, Any]:
    """A problem in a list: its row, with the piece of the text that says it."""
    hidden = personal_spans(row["privacy"]) if masked else []
    return dict(row) | {"quote": quote(row["text"], pairs(row["spans"]), hidden)}


def link(path: str, **parameters: Any) -> str:
    """A path with those parameters that are set."""
    given = {name: str(value) for name, value in parameters.items() if value not in (None, "", False)}
    return f"{path}?{urlencode(given)}" if given else path


@router.get("/queue")
def show_queue(
    request: Request,
    context: Here,
    user: Operator,
    state: Annotated[str, Query(max_length=20)] = "queued",
    group: Annotated[str, Query(max_length=200)] = "",
    topic: Annotated[str, Query(max_length=20)] = "",
    municipality: Annotated[str, Query(max_length=200)] = "",
    urgency: Annotated[str, Query(max_length=1)] = "",
    text: Annotated[str, Query(max_length=200)] = "",
    overdue: bool = False,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    format: FormatAsked = None,
) -> Response:
    """The operator's queue: overdue first, then by urgency, then the oldest."""
    now = context.now()
    chosen = {"state": state, "group": group, "topic": topic, "municipality": municipality, "urgency": urgency}
    chosen |= {"text": text, "overdue": "true" if overdue else ""}
    known_state = state if state in set(ProblemState) else None
    filters = Filters(
        state=known_state,
        open_only=state == "open",
        group=group or None,
        topic=topic or None,
        municipality=municipality or None,
        urgency=int(urgency) if urgency in set("12345") else None,
        text=text or None,
        overdue=True if overdue else None,
    )
    if format is not None:
        zone = context.packs[user.region].zone

        def page_of(after: str | None) -> problems.Page:
            with context.transaction() as connection:
                return problems.listed(
                    connection, user.region, filters, now=now, order=Order.QUEUE, limit=sheets.PAGE, cursor=after
                )

        return as_file(sheets.problems("Очередь", walked(page_of), zone, lambda row: card(row, masked=False)), format)
    with context.transaction() as connection:
        page = problems.listed(connection, user.region, filters, now=now, order=Order.QUEUE, limit=PAGE, cursor=cursor)
        counts = problems.counts(connection, user.region, now=now)
        topics = directory.topics(connection, user.region)
        bursts = alarms(connection, user.region, now)
    return render(
        request,
        "queue.html",
        rows=[card(row, masked=False) for row in page.rows],
        next_link=link("/queue", **chosen, cursor=page.next_cursor) if page.next_cursor else "",
        first_link=link("/queue", **chosen) if cursor else "",
        counts=counts,
        chosen=chosen,
        choices=CHOICES,
        topics=topics,
        groups=sorted({row["group_name"] for row in topics}),
        bursts=bursts,
        municipalities=address_list(context.packs[user.region]).municipalities,
    )


@router.get("/dismissed")
def show_dismissed(
    request: Request,
    context: Here,
    user: Operator,
    text: Annotated[str, Query(max_length=200)] = "",
    dismissal: Annotated[str, Query(max_length=20)] = "",
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> Response:
    """Appeals in which the machine saw no problem; an operator can have them analysed again."""
    with context.transaction() as connection:
        page = appeals.listed(
            connection,
            user.region,
            state="dismissed",
            dismissal=dismissal or None,
            text=text or None,
            limit=PAGE,
            cursor=cursor,
        )
    following = link("/dismissed", text=text, dismissal=dismissal, cursor=page.next_cursor) if page.next_cursor else ""
    return render(request, "dismissed.html", rows=page.rows, text=text, dismissal=dismissal, next_link=following)


@router.get("/overview")
def show_overview(request: Request, context: Here, user: Reader, format: FormatAsked = None) -> Response:
    """The governor's counts."""
    now = context.now()
    with context.transaction() as connection:
        totals = directory.totals(connection, user.region, now)
        if format is not None:
            return as_file(Sheet("Сводка по группам", sheets.TOTALS, totals, context.packs[user.region].zone), format)
        counts = problems.counts(connection, user.region, now=now)
        executors = directory.executors(connection, user.region)
        bursts = alarms(connection, user.region, now)
    # bodies alone: what their units and persons do is theirs too
    bodies = [row for row in executors if row["kind"] == "body" and row["open_assignments"]]
    busiest = sorted(bodies, key=lambda row: -row["open_assignments"])
    return render(request, "overview.html", totals=totals, counts=counts, executors=busiest[:20], bursts=bursts)
