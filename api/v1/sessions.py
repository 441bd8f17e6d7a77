"""Signing in and out of the JSON API."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.context import Here
from api.problem_details import documented
from api.security.access import Staff, session_token
from api.security.sign_in import sign_in
from api.security.users import SESSION, close_session
from api.security.visitors import Visit
from api.v1.schemas import SignedIn, SignIn

router = APIRouter(prefix="/api/v1", tags=["sessions"])


@router.post("/sessions", status_code=201, responses=documented(401, 422, 429, 503), dependencies=[Visit])
def create_session(request: Request, context: Here, who: SignIn) -> SignedIn:
    """Sign in. The token works for 12 hours; after several failures the login must wait."""
    user, token = sign_in(request, context, who.login, who.password)
    return SignedIn(token=token, login=user.login, role=user.role, expires_at=context.now() + SESSION)


@router.delete("/sessions/current", status_code=204, responses=documented(401, 503))
def delete_session(request: Request, context: Here, _: Staff) -> Response:
    """Sign out: the token that this request carries stops working."""
    token = session_token(request)
    if token is not None:
        with context.transaction() as connection:
            close_session(connection, token)
    return Response(status_code=204)
