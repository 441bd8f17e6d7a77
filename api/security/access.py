"""Who may call what: every route that is not public depends on one `Requires`, which names the roles.

The JSON API takes a bearer token and never a cookie, so that another site's page cannot use it; pages take the cookie.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from api.context import Context
from api.problem_details import Failure
from api.security.forms import SESSION_COOKIE
from api.security.users import Role, User, of_session


def session_token(request: Request) -> str | None:
    """The session's token of this request, by header under /api and by cookie elsewhere."""
    if not request.url.path.startswith("/api/"):
        return request.cookies.get(SESSION_COOKIE)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def signed_in(request: Request) -> User | None:
    """Who is signed in, if anybody; asked once a request."""
    if not hasattr(request.state, "user"):
        context: Context = request.app.state.context
        token = session_token(request)
        user = None
        if token is not None:
            with context.transaction() as connection:
                user = of_session(connection, token, context.now())
        request.state.user = user if user is not None and user.region in context.packs else None
    found: User | None = request.state.user
    return found


@dataclass(frozen=True)
class Requires:
    """A dependency: lets in people of these roles only, and gives the endpoint who it is."""

    roles: frozenset[Role]

    def __call__(self, request: Request) -> User:
        user = signed_in(request)
        if user is None:
            raise Failure(401, "Войдите, чтобы продолжить.", {"WWW-Authenticate": "Bearer"})
        if user.role not in self.roles:
            raise Failure(403, "У вашей роли нет права на это действие.")
        return user


OPERATORS = Requires(frozenset({Role.OPERATOR, Role.ADMIN}))
READERS = Requires(frozenset({Role.OPERATOR, Role.ADMIN, Role.GOVERNOR}))
STAFF = Requires(frozenset(Role))
EXECUTORS = Requires(frozenset({Role.EXECUTOR}))
GIVERS = Requires(frozenset({Role.GOVERNOR, Role.EXECUTOR}))
"""Who gives instructions and does them: the head, and executors, who hand parts on."""

Operator = Annotated[User, Depends(OPERATORS)]
Reader = Annotated[User, Depends(READERS)]
Staff = Annotated[User, Depends(STAFF)]
ExecutorUser = Annotated[User, Depends(EXECUTORS)]
Giver = Annotated[User, Depends(GIVERS)]
Visitor = Annotated[User | None, Depends(signed_in)]
"""Anybody; who it is, where he is signed in."""
