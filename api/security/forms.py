"""Protection of forms: every POST of a page carries a token that another site cannot know.

The token signs the session's cookie, or, before sign-in, a random cookie of the visitor's.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from api.links import signed
from api.problem_details import Failure

SESSION_COOKIE = "otklik_session"
VISITOR_COOKIE = "otklik_visitor"
FIELD = "form_token"
EXPIRED = (
    "Страница устарела, и мы не можем принять форму с неё. Ничего не записано. "
    "Вернитесь назад, обновите страницу и отправьте ещё раз."
)
MOST_FILES = 20
MOST_FIELDS = 60


def form_token(request: Request) -> str:
    """The token of this visitor's forms. Gives the visitor a cookie on the way out where he has none."""
    holder = request.cookies.get(SESSION_COOKIE) or request.cookies.get(VISITOR_COOKIE)
    if not holder:
        holder = getattr(request.state, "new_visitor", None) or secrets.token_urlsafe(24)
        request.state.new_visitor = holder
    return signed(request.app.state.context.secret, "form", holder)


async def posted(request: Request) -> AsyncIterator[FormData]:
    """The fields of a posted form whose token is right. 403 where it is not, 413 where a field is too large."""
    limits = request.app.state.context.limits
    try:
        form = await request.form(
            max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=8 * limits.largest_text + 64_000
        )
    except HTTPException as error:
        raise Failure(
            413, "Форма слишком большая: сократите текст или приложите меньше файлов. Ничего не записано."
        ) from error
    given = form.get(FIELD)
    known = request.cookies.get(SESSION_COOKIE) or request.cookies.get(VISITOR_COOKIE)
    if not known or not isinstance(given, str) or not hmac.compare_digest(given.encode(), form_token(request).encode()):
        await form.close()
        raise Failure(403, EXPIRED)
    try:
        yield form
    finally:
        await form.close()


Posted = Annotated[FormData, Depends(posted)]
"""The dependency of every endpoint that takes a page's form."""


def field(form: FormData, name: str) -> str:
    """A text field, stripped; empty where it is missing."""
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


def lines(form: FormData, name: str) -> str:
    """A field of several lines with their ends as the page counts them: a browser sends two characters for each end,
    so that what the page had room for would be too long here and lose its last words.
    """
    return field(form, name).replace("\r\n", "\n")
