"""Signing in and out."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from api.context import Context, Here
from api.problem_details import Failure
from api.rendering import render
from api.security.access import Visitor
from api.security.forms import SESSION_COOKIE, Posted, field
from api.security.sign_in import sign_in
from api.security.users import SESSION, Role, User, close_session
from api.security.visitors import Visit

router = APIRouter(include_in_schema=False)
HOME = {Role.OPERATOR: "/queue", Role.ADMIN: "/queue", Role.EXECUTOR: "/assignments", Role.GOVERNOR: "/overview"}


def safe_target(target: str, user: User) -> str:
    """Where to go after signing in: a path of this site, never another site's address."""
    inside = target.startswith("/") and not target.startswith("//") and "\\" not in target and target.isprintable()
    return target if inside and target != "/" else HOME[user.role]


@router.get("/login", dependencies=[Visit])
def show_login(request: Request, user: Visitor, next: str = "") -> Response:
    if user is not None:
        return RedirectResponse(safe_target(next, user), 303)
    return render(request, "login.html", next=next, login="", error="")


@router.post("/login", dependencies=[Visit])
async def take_login(request: Request, context: Here, form: Posted) -> Response:
    login, target = field(form, "login"), field(form, "next")
    password = form.get("password")
    try:
        user, token = await run_in_threadpool(
            sign_in, request, context, login, password if isinstance(password, str) else ""
        )
    except Failure as failure:
        request.state.user = None
        return render(
            request,
            "login.html",
            status=failure.status_code,
            next=target,
            login=login,
            error=failure.detail,
            headers=failure.headers,
        )
    answer = RedirectResponse(safe_target(target, user), 303)
    _set_cookie(answer, context, token)
    return answer


def _set_cookie(answer: Response, context: Context, token: str) -> None:
    answer.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=int(SESSION.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=context.secure_cookies,
    )


@router.post("/logout", dependencies=[Visit])
def take_logout(request: Request, context: Here, _: Posted) -> Response:
    token = request.cookies.get(SESSION_COOKIE)
    if token:
        with context.transaction() as connection:
            close_session(connection, token)
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(SESSION_COOKIE)
    return answer
