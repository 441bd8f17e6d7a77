"""How often people who are not signed in may come, and what they are told when it is too often (docs/api.md)."""

from __future__ import annotations

import logging
import math
from datetime import timedelta
from typing import Any

from fastapi import Depends, Request
from psycopg import Connection

from api.context import Context
from api.failures import DATABASE_DOWN
from api.links import signed
from api.problem_details import Failure
from api.security.access import signed_in
from api.security.brakes import Brake, Rate, give_back, sweep, take
from api.security.rates import contacts, counted_as
from models.message import Author
from models.pack import RegionPack
from models.russian import plural

log = logging.getLogger("otklik.api")
OFTEN = "С вашего адреса в интернете идёт слишком много запросов. Подождите {wait} и повторите."
ADDRESS = (
    "Это обращение пока не принято: за последний час из вашей сети их пришло слишком много (так бывает, когда одним "
    "адресом в интернете пользуются многие). Отправьте его снова через {wait}. Всё, что принято раньше, в работе."
)
CONTACT = (
    "Это обращение пока не принято: за последний час с этими телефоном или почтой их пришло слишком много. "
    "Отправьте его снова через {wait}. Всё, что принято раньше, в работе — повторять не нужно."
)
PHOTOS = (
    "Это обращение пока не принято: за последний час из вашей сети пришло слишком много фотографий. Отправьте его "
    "без фотографий сейчас или с фотографиями через {wait}. Всё, что принято раньше, в работе."
)


class TooOften(Failure):
    """429: what was sent is not taken now; `detail` says how long to wait and what to do."""

    def __init__(self, words: str, wait: timedelta) -> None:
        seconds = math.ceil(wait.total_seconds())
        super().__init__(429, words.format(wait=in_words(wait)), {"Retry-After": str(seconds)})


def in_words(wait: timedelta) -> str:
    """«1 минуту», «12 минут»: rounded up, so that who waits so long has waited enough."""
    return plural(math.ceil(wait.total_seconds() / 60), "минуту", "минуты", "минут")


def emergency_words(pack: RegionPack) -> str:
    """«Если кому-то грозит опасность, не ждите: звоните 112, ЕДДС Омска — 78-78-78.»"""
    lines = ", ".join(line.phone if not line.name else f"{line.name} — {line.phone}" for line in pack.emergency_lines)
    return f"Если кому-то грозит опасность, не ждите: звоните {lines}."


def address_of(request: Request) -> str:
    """The address that a request came from: the web server has looked behind the proxies that it trusts."""
    return request.client.host if request.client else ""


def visit(request: Request) -> None:
    """The dependency of what everybody may ask for. Failure 429 where one address asks too often.

    Where the database cannot count, nobody is refused: what needs no database still answers.
    """
    context: Context = request.app.state.context
    address = address_of(request)
    if context.rates.free(address):
        return
    brake = Brake(key(context, "visits", counted_as(address)), context.rates.visits_of_address)
    try:
        if signed_in(request) is not None:  # one address of an office holds all who work there
            return
        with context.transaction() as connection:
            wait = take(connection, [brake], context.now())
            sweep(connection, context.now())
    except DATABASE_DOWN as error:
        log.warning("visits are not counted: %s", type(error).__name__)
        return
    if wait is not None:
        raise TooOften(OFTEN, wait)


Visit = Depends(visit)


class Sending:
    """One appeal that somebody sends: what it counts for, taken before the work, given back where it was in vain."""

    def __init__(self, request: Request, author: Author, photos: int = 0) -> None:
        self.context: Context = request.app.state.context
        self.counted: list[tuple[str, list[Brake]]] = []
        address = address_of(request)
        if not self.context.rates.free(address) and signed_in(request) is None:  # an operator writes for others
            rates, network = self.context.rates, counted_as(address)
            known = contacts(author.email, author.phone)
            self.counted = [
                (CONTACT, [self._brake("contact", one, rates.appeals_of_contact) for one in known]),
                (ADDRESS, [self._brake("address", network, rates.appeals_of_address)]),
                (PHOTOS, [self._brake("photos", network, rates.photos_of_address, photos)]),
            ]

    def _brake(self, kind: str, value: str, rate: Rate, cost: int = 1) -> Brake:
        return Brake(key(self.context, kind, value), rate, cost)

    def begin(self, connection: Connection[Any], pack: RegionPack) -> None:
        """Raises TooOften, with nothing taken, where a contact or the address has sent enough for now."""
        taken: list[Brake] = []
        for words, brakes in self.counted:
            wait = take(connection, brakes, self.context.now())
            if wait is not None:
                give_back(connection, taken)
                raise TooOften(f"{words} {emergency_words(pack)}", wait)
            taken += brakes
        sweep(connection, self.context.now())

    def in_vain(self, connection: Connection[Any]) -> None:
        """Nothing was accepted: a slip of the pen must not use up what one may send."""
        for _, brakes in self.counted:  # in the order in which they are taken, so that nobody waits in a circle
            give_back(connection, brakes)


def key(context: Context, kind: str, value: str) -> str:
    """What is counted, as a signature: nobody reads an address or a phone from it."""
    return signed(context.secret, f"brake:{kind}", value)
