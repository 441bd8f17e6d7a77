"""What a citizen is told of his appeal: what was understood, who answers, by when, what comes next. No staff's data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from api.views.text import masked, pairs, personal_spans, quote
from api.views.words import address, until
from models.russian import plural

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ProblemTold:
    """One problem as the citizen reads it."""

    id: UUID
    number: int
    quote: str
    topic: str
    place: str
    state: str
    tone: str
    """waiting, working, done or closed: the colour of its mark."""
    next: str


@dataclass(frozen=True, slots=True)
class Told:
    headline: str
    explanation: str
    text: str
    problems: list[ProblemTold]
    unsettled: bool
    """The machine has not read it yet: the page asks again by itself."""


DISMISSED = {
    "thanks": "Спасибо за добрые слова! Отвечать за решение здесь никому не нужно, поэтому обращение закрыто.",
}
NOT_FOUND = (
    "Мы не нашли в тексте проблемы, которую нужно решить. Если это ошибка, напишите ещё раз: "
    "что случилось, где и с какого времени."
)


def told(appeal: Row, problems: Sequence[Row], clocks: Sequence[Row], *, zone: ZoneInfo, now: datetime) -> Told:
    """The whole status page's story."""
    personal = personal_spans(appeal["privacy"])
    analysed = appeal["analysed_at"] is not None or appeal["state"] != "accepted"
    # before the machine has marked what is personal, nothing of the text may be shown
    text = masked(appeal["text"], personal) if analysed else ""
    if appeal["state"] == "accepted":
        return Told(
            "Обращение принято",
            "Сейчас его читает программа — обычно на это уходит несколько секунд. Страница обновится сама.",
            text,
            [],
            unsettled=True,
        )
    if appeal["state"] == "dismissed":
        return Told("Обращение прочитано", DISMISSED.get(appeal["dismissal"], NOT_FOUND), text, [], unsettled=False)
    shown = [
        row for row in problems if row["merged_into"] is None or row["state"] != "merged" or _elsewhere(row, problems)
    ]
    by_problem: dict[UUID, list[Row]] = {}
    for clock in clocks:
        by_problem.setdefault(clock["problem_id"], []).append(clock)
    stories = [
        _problem(number, row, by_problem.get(row["id"], []), personal, zone=zone, now=now)
        for number, row in enumerate(shown, 1)
    ]
    count = plural(len(stories), "проблему", "проблемы", "проблем")
    headline = "Обращение в работе" if any(one.tone != "closed" for one in stories) else "Обращение закрыто"
    if stories and all(one.tone == "done" for one in stories):
        headline = "Всё решено"
    return Told(headline, f"В вашем обращении мы увидели {count}.", text, stories, unsettled=False)


def _elsewhere(row: Row, problems: Sequence[Row]) -> bool:
    """Whether a merged problem goes on in another appeal; within this one its text is told with the other's."""
    return row["merged_into"] not in {other["id"] for other in problems}


def _problem(
    number: int,
    row: Row,
    clocks: Sequence[Row],
    personal: Sequence[tuple[int, int]],
    *,
    zone: ZoneInfo,
    now: datetime,
) -> ProblemTold:
    running = {clock["kind"]: clock["deadline_at"] for clock in clocks if clock["stopped_at"] is None}
    state, tone, following = _story(row, running, zone, now)
    return replace(told_of(number, row, personal), state=state, tone=tone, next=following)


def told_of(number: int, row: Row, personal: Sequence[tuple[int, int]]) -> ProblemTold:
    """What the problem is, without how it stands."""
    return ProblemTold(
        id=row["id"],
        number=number,
        quote=quote(row["text"], pairs(row["spans"]), personal),
        topic=_plain_topic(row["topic_name"] or row["group_name"]),
        place=address(row["place"]),
        state="",
        tone="",
        next="",
    )


def _plain_topic(name: str) -> str:
    """A topic's name without the «прочее» that tells only classifiers something."""
    return name.removesuffix(" прочее").removesuffix("прочее") or name


def _story(row: Row, running: Mapping[str, datetime], zone: ZoneInfo, now: datetime) -> tuple[str, str, str]:
    """How it stands, the colour of that, and what comes next."""
    match row["state"]:
        case "found" | "queued":
            return (
                "Выбираем, кто за это отвечает",
                "waiting",
                _by("route", running, zone, now),
            )
        case "assigned":
            return f"Отвечает: {row['executor_name']}", "working", _promise(running, zone, now)
        case "planned":
            return (
                f"Отвечает: {row['executor_name']}. Работа запланирована",
                "working",
                _by("solve", running, zone, now),
            )
        case "reported":
            return (
                f"Отвечает: {row['executor_name']}. Сообщил, что сделано: проверяем",
                "working",
                _by("solve", running, zone, now),
            )
        case "solved":
            return "Решено", "done", ""
        case "answered":
            return "Дано разъяснение", "done", ""
        case "merged":
            return (
                "Об этом уже сообщили другие жители",
                "working",
                "Мы объединили сообщения: проблему решат один раз для всех.",
            )
        case _:
            return "Закрыто: оператор не увидел здесь проблемы, которую нужно решить", "closed", ""


PROMISES: Mapping[str, tuple[str, str]] = {
    "route": (
        "Передадим исполнителю {until}.",
        "Должны были передать исполнителю {until}, но не успели. Мы это видим и торопимся.",
    ),
    "plan": (
        "Что и когда сделают, исполнитель скажет {until}.",
        "Исполнитель должен был сказать, что и когда сделает, {until}, но пока не сказал. Мы это видим.",
    ),
    "solve": (
        "Проблему должны решить {until}.",
        "Проблему должны были решить {until}, но не решили. Мы это видим.",
    ),
}
"""What a clock promises, and what is said where it has run out."""


def _promise(running: Mapping[str, datetime], zone: ZoneInfo, now: datetime) -> str:
    kinds = [kind for kind in ("plan", "solve") if kind in running]
    if len(kinds) == 2 and until(running["plan"], zone, now) == until(running["solve"], zone, now):
        kinds = ["solve"]  # two promises for one day would only confuse
    parts = [_by(kind, running, zone, now) for kind in kinds]
    return " ".join(parts) or "Исполнитель разбирается с проблемой."


def _by(kind: str, running: Mapping[str, datetime], zone: ZoneInfo, now: datetime) -> str:
    """«Передадим исполнителю сегодня до 14:05.», and an honest word where the time has run out."""
    promised, missed = PROMISES[kind]
    deadline = running.get(kind)
    if deadline is None:
        return promised.format(until="в ближайшее время")
    return (missed if deadline < now else promised).format(until=until(deadline, zone, now))
