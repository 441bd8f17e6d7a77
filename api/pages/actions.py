"""The forms of an operator's actions. After each the browser goes back to the appeal's page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from psycopg import Connection
from starlette.datastructures import FormData

from api.context import Context, Here
from api.geography import corrected_place, point
from api.pages.appeal import appeal_page
from api.problem_details import Failure
from api.reading import appeals, problems
from api.security.access import Operator
from api.security.forms import Posted, field
from api.security.users import User
from api.v1.actions import judged, topic_of
from models.text import Span
from routing import actions

router = APIRouter(include_in_schema=False)
Work = Callable[[Connection[Any]], object]


@dataclass(frozen=True, slots=True)
class Asked:
    """What an operator asks for: the fields of the form, and the problem with the version he saw."""

    context: Context
    user: User
    form: FormData
    problem_id: UUID

    @property
    def where(self) -> tuple[str, UUID, int]:
        """The region, the problem and its version, as every action takes them."""
        return self.user.region, self.problem_id, _number(self.form, "version")

    @property
    def about(self) -> dict[str, Any]:
        return {"by": self.user.login, "now": self.context.now()}

    def judged(self, connection: Connection[Any]) -> dict[str, Any]:
        return judged(self.context, self.user, connection)

    def field(self, name: str) -> str:
        return field(self.form, name)

    def id(self, name: str, missing: str) -> UUID:
        """The UUID in a field; where it is none, the action is refused with `missing`."""
        try:
            return UUID(self.field(name))
        except ValueError as error:
            raise actions.Refused(missing) from error


def _number(form: FormData, name: str) -> int:
    try:
        return int(field(form, name))
    except ValueError as error:
        raise Failure(422, "Форма повреждена: обновите страницу и повторите. Ничего не записано.") from error


def _done(request: Request, context: Context, user: User, appeal_id: UUID, anchor: str, work: Work) -> Response:
    """Do `work` in one transaction and go back to the appeal; where it is refused, show the page with the reason."""
    try:
        with context.transaction() as connection:
            work(connection)
    except actions.Refused as refusal:
        return appeal_page(request, context, user, appeal_id, error=str(refusal), status=409)
    return RedirectResponse(f"/appeals/{appeal_id}{anchor}", 303)


def _accept(connection: Connection[Any], asked: Asked) -> None:
    actions.accept(connection, *asked.where, **asked.about)


def _assign(connection: Connection[Any], asked: Asked) -> None:
    executor = asked.id("executor_id", "Выберите исполнителя из списка.")
    actions.assign(connection, *asked.where, executor, **asked.about, reason=asked.field("reason")[:1000])


def _topic(connection: Connection[Any], asked: Asked) -> None:
    topic = topic_of(asked.context, asked.user.region, asked.field("topic_code"))
    actions.correct_topic(connection, *asked.where, topic, **asked.judged(connection))


def _place(connection: Connection[Any], asked: Asked) -> None:
    latitude, longitude = point(asked.field("latitude"), asked.field("longitude")) or (None, None)
    place = corrected_place(
        asked.context.packs[asked.user.region],
        municipality=asked.field("municipality")[:200],
        settlement=asked.field("settlement")[:200],
        street=asked.field("street")[:200],
        house=asked.field("house")[:20],
        latitude=latitude,
        longitude=longitude,
    )
    actions.correct_place(connection, *asked.where, place, **asked.judged(connection))


def _split(connection: Connection[Any], asked: Asked) -> None:
    start, end = asked.field("start"), asked.field("end")
    if not (start.isdecimal() and end.isdecimal() and int(start) < int(end)):
        raise actions.Refused("Выделите в тексте обращения часть, которая говорит о другой проблеме.")
    topic = topic_of(asked.context, asked.user.region, asked.field("topic_code"))
    actions.split(connection, *asked.where, Span(int(start), int(end)), topic, **asked.about)


def _merge(connection: Connection[Any], asked: Asked) -> None:
    into = asked.field("into")
    chosen = asked.id("into", "") if len(into) == 36 else by_number(connection, asked.user, into)
    actions.merge(connection, *asked.where, chosen, **asked.about)


def by_number(connection: Connection[Any], user: User, words: str) -> UUID:
    """The problem that the operator names: «ОМ-2026-0000012» or, where there are several in it, «ОМ-2026-0000012/2»."""
    number, _, ordinal = words.upper().replace(" ", "").partition("/")
    appeal = appeals.by_number(connection, number) if number else None
    if appeal is None or appeal["region_id"] != user.region:
        raise actions.Refused("Обращения с таким номером нет. Проверьте номер, например ОМ-2026-0000012.")
    there = problems.open_of_appeal(connection, appeal["id"])
    found = [row for row in there if not ordinal or str(row["ordinal"] + 1) == ordinal]
    if len(found) > 1:
        raise actions.Refused(
            "В том обращении несколько проблем: укажите её номер через косую черту, например ОМ-2026-0000012/2."
        )
    if not found:
        raise actions.Refused("В том обращении нет такой открытой проблемы.")
    chosen: UUID = found[0]["id"]
    return chosen


def _add_co(connection: Connection[Any], asked: Asked) -> None:
    executor = asked.id("executor_id", "Выберите исполнителя из списка.")
    role = actions.Role.COPY if asked.field("role") == "copy" else actions.Role.CO
    policy = actions.Rerouting.of_pack(asked.context.packs[asked.user.region])
    actions.add_co(
        connection, *asked.where, executor, role=role, task=asked.field("task")[:1000], policy=policy, **asked.about
    )


def _end_co(connection: Connection[Any], asked: Asked) -> None:
    part = asked.id("part_id", "Такого соисполнителя нет.")
    actions.end_co(connection, *asked.where, part, **asked.about, reason=asked.field("reason")[:1000])


def _dismiss(connection: Connection[Any], asked: Asked) -> None:
    actions.dismiss(connection, *asked.where, **asked.about, reason=asked.field("reason")[:1000])


def _undo(connection: Connection[Any], asked: Asked) -> None:
    actions.undo(connection, *asked.where, **asked.judged(connection))


ACTIONS: dict[str, Callable[[Connection[Any], Asked], None]] = {
    "accept": _accept,
    "assign": _assign,
    "topic": _topic,
    "place": _place,
    "split": _split,
    "merge": _merge,
    "dismiss": _dismiss,
    "undo": _undo,
    "co": _add_co,
    "co-end": _end_co,
}


@router.post("/problems/{problem_id}/{action}")
def act(request: Request, context: Here, user: Operator, form: Posted, problem_id: UUID, action: str) -> Response:
    """One action on one problem."""
    if action not in ACTIONS:
        raise Failure(404, "Такого действия нет.")
    with context.transaction() as connection:
        row = problems.one(connection, user.region, problem_id, now=context.now())
    if row is None:
        raise LookupError(problem_id)
    asked = Asked(context, user, form, problem_id)

    def work(connection: Connection[Any]) -> None:
        ACTIONS[action](connection, asked)

    return _done(request, context, user, row["appeal_id"], f"#problem-{problem_id}", work)


@router.post("/appeals/{appeal_id}/restore")
def restore(request: Request, context: Here, user: Operator, _: Posted, appeal_id: UUID) -> Response:
    """Have a dismissed appeal analysed again."""

    def work(connection: Connection[Any]) -> None:
        actions.restore_appeal(connection, user.region, appeal_id, by=user.login, now=context.now())

    return _done(request, context, user, appeal_id, "", work)
