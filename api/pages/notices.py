"""«Уведомления»: what clocks have told the person who is signed in."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from api import sheets
from api.context import Here
from api.pages.queue import PAGE, link
from api.problem_details import Failure
from api.reading import notices
from api.reading.problems import Page
from api.rendering import render
from api.security.access import Staff
from api.security.forms import Posted, field
from api.tables import FormatAsked, Sheet, as_file, walked
from sla.escalation_text import headline
from sla.notice_rows import told

router = APIRouter(include_in_schema=False)


@router.get("/notices")
def show_notices(
    request: Request,
    context: Here,
    user: Staff,
    unread: bool = False,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    format: FormatAsked = None,
) -> Response:
    """The list, newest first."""
    if format is not None:

        def page_of(after: str | None) -> Page:
            with context.transaction() as connection:
                return notices.of_reader(
                    connection, user, context.now(), unread=unread, limit=sheets.PAGE, cursor=after
                )

        every = (row | {"headline": headline(told(row))} for row in walked(page_of))
        return as_file(Sheet("Уведомления", sheets.NOTICES, every, context.packs[user.region].zone), format)
    with context.transaction() as connection:
        page = notices.of_reader(connection, user, context.now(), unread=unread, limit=PAGE, cursor=cursor)
    rows = [row | {"headline": headline(told(row))} for row in page.rows]
    chosen = {"unread": "true" if unread else ""}
    following = link("/notices", **chosen, cursor=page.next_cursor) if page.next_cursor else ""
    return render(request, "notices.html", rows=rows, unread=unread, next_link=following)


@router.post("/notices/read")
def mark_notices(context: Here, user: Staff, form: Posted) -> Response:
    """Mark one as read, or all; the browser goes back to the list."""
    given = field(form, "notice")
    try:
        ids = [UUID(given)] if given else None
    except ValueError as error:
        raise Failure(422, "Такого уведомления нет. Обновите страницу.") from error
    with context.transaction() as connection:
        notices.mark_read(connection, user, ids, context.now())
    return RedirectResponse("/notices", 303)
