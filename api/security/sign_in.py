"""Signing in, with the brakes on."""

from __future__ import annotations

from datetime import timedelta

from fastapi import Request

from api.context import Context
from api.problem_details import Failure
from api.security import brakes, users
from api.security.brakes import Brake, Rate
from api.security.passwords import fits
from api.security.rates import counted_as
from api.security.visitors import TooOften, address_of, key

WRONG = "Неверный логин или пароль."
OFTEN = "Слишком много неудачных попыток. Попробуйте через {wait}."
FAILURES_OF_LOGIN = Rate(5, timedelta(minutes=15))
FAILURES_OF_ADDRESS = Rate(30, timedelta(minutes=15))
"""Many people may sit behind one address of an office."""


def sign_in(request: Request, context: Context, login: str, password: str) -> tuple[users.User, str]:
    """Who signed in and the token of the new session. Failure 401 for a wrong pair, 429 after too many of them.

    A try counts before it is looked at, so that many at once are not let through together; one that succeeds is given
    back.
    """
    now = context.now()
    tried = [
        Brake(key(context, "login", login), FAILURES_OF_LOGIN),
        Brake(key(context, "failures", counted_as(address_of(request))), FAILURES_OF_ADDRESS),
    ]
    with context.transaction() as connection:
        wait = brakes.take(connection, tried, now)
        brakes.sweep(connection, now)
        found = users.by_login(connection, login) if wait is None else None
    if wait is not None:
        raise TooOften(OFTEN, wait)
    if not fits(password, found[1] if found else None) or found is None or found[0].region not in context.packs:
        raise Failure(401, WRONG)
    with context.transaction() as connection:
        brakes.give_back(connection, tried)
        brakes.forget(connection, tried[0].key)
        return found[0], users.open_session(connection, found[0], now)
