"""Signing in, with the brakes on."""

from __future__ import annotations

from fastapi import Request

from api.context import Context
from api.problem_details import Failure
from api.security import users
from api.security.passwords import fits
from api.security.throttle import Throttle
from models.russian import plural

WRONG = "Неверный логин или пароль."


def sign_in(request: Request, context: Context, login: str, password: str) -> tuple[users.User, str]:
    """Who signed in and the token of the new session. Failure 401 for a wrong pair, 429 after too many of them."""
    throttle: Throttle = request.app.state.throttle
    address = request.client.host if request.client else ""
    now = context.now()
    wait = throttle.wait(login, address, now)
    if wait is not None:
        minutes = int(wait.total_seconds()) // 60 + 1
        raise Failure(
            429,
            f"Слишком много неудачных попыток. Попробуйте через {plural(minutes, 'минуту', 'минуты', 'минут')}.",
            {"Retry-After": str(int(wait.total_seconds()) + 1)},
        )
    with context.transaction() as connection:
        found = users.by_login(connection, login)
    if not fits(password, found[1] if found else None) or found is None or found[0].region not in context.packs:
        throttle.failed(login, address, now)
        raise Failure(401, WRONG)
    throttle.succeeded(login)
    with context.transaction() as connection:
        return found[0], users.open_session(connection, found[0], now)
