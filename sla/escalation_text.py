"""What a notice says, in Russian; never a word of a citizen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from models.russian import MONTHS, plural
from models.tasks import TaskKind
from sla.escalation import Kind, Level
from sla.record import ClockKind

TERM = {
    ClockKind.ROUTE: "назначения исполнителя",
    ClockKind.PLAN: "плана решения",
    ClockKind.SOLVE: "решения",
    ClockKind.WORK: "решения исполнителем",
    ClockKind.REGISTRATION: "регистрации",
    ClockKind.FORWARDING: "переадресации",
}
TASKS = {
    TaskKind.CO_ANSWER: "ответа соисполнителя",
    TaskKind.INSTRUCTION: "исполнения поручения",
    TaskKind.CONTROL_POINT: "контрольной точки",
}
AS = {
    Level.PERSON: "",
    Level.HEAD: "Вам — как руководителю исполнителя.",
    Level.DEPUTY_GOVERNOR: "Вам — как заместителю губернатора.",
    Level.GOVERNOR: "Вам — для доклада губернатору.",
    Level.OPERATORS: "",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What a notice is about. `term` is of what, in the genitive; `subject` the problem or the task, `number` its.

    `instead_of` is the name of the absent person, empty where nobody is represented.
    """

    kind: Kind
    share: float | None
    level: Level
    term: str
    subject: str
    deadline_at: datetime
    danger: bool
    number: str
    instead_of: str = ""


def headline(told: Told) -> str:
    """What happened, in a few words."""
    if told.kind is Kind.REOPENED:
        return "Автор не считает проблему решённой: она снова в работе"
    if told.kind is Kind.RETURNED:
        return "Оператор вернул вашу работу на доработку"
    if told.kind is Kind.WARNED:
        text = f"Прошло {round((told.share or 0) * 100)} % срока {told.term}"
    else:
        text = f"Срок {told.term} истёк"
        if told.kind is Kind.ESCALATED:
            text += ", дело не закрыто"
    return f"Опасность для жизни. {text}" if told.danger else text


def sentence(told: Told, zone: ZoneInfo) -> str:
    """The whole notice in one line."""
    was = "Срок был" if told.kind in (Kind.BREACHED, Kind.ESCALATED) else "Срок"
    parts = [
        f"{headline(told)}: {told.subject}.",
        f"{was} — {moment(told.deadline_at, zone)}.",
        "Что исправить, написано на странице проблемы." if told.kind is Kind.RETURNED else "",
        AS[told.level],
        f"Вы замещаете: {told.instead_of.rstrip('.')}." if told.instead_of else "",
    ]
    return " ".join(filter(None, parts))


def moment(at: datetime, zone: ZoneInfo) -> str:
    """«12 февраля 2026 г., 18:00» by the region's time."""
    local = at.astimezone(zone)
    return f"{local.day} {MONTHS[local.month - 1]} {local.year} г., {local:%H:%M}"


def subject(notices: Sequence[Told]) -> str:
    """The subject of an e-mail with these notices, of which there is one at least."""
    if len(notices) == 1:
        return f"Отклик: {headline(notices[0])}, {notices[0].number}"
    dangerous = sum(told.danger for told in notices)
    text = f"Отклик: {counted(len(notices))} о сроках"
    return f"{text}, об опасности — {dangerous}" if dangerous else text


def counted(number: int) -> str:
    """«21 уведомление», «3 уведомления», «7 уведомлений»."""
    return plural(number, "уведомление", "уведомления", "уведомлений")
