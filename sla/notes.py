"""What an event asked of the citizen's clock in vain, and why: the explanation says it."""

from __future__ import annotations

from models.events import Event, EventType
from sla.clock import is_outdated
from sla.record import Clock, ClockKind, Clocks, Stage
from sla.rules import Rules


def ineffective(before: Clock, after: Clocks, event: Event, rules: Rules) -> str:
    """Why the event changed nothing, in Russian; empty where it did, or where it asks for nothing."""
    if after[ClockKind.SOLVE] != before:
        return ""
    if event.type is EventType.PROBLEM_PAUSED:
        return f"приостановка «{event.data['reason']}» не считается: {_why_not_paused(before, event, rules)}"
    if event.type is EventType.TERM_EXTENDED:
        return f"продление не считается: {_why_not_extended(before, event, rules)}"
    if event.type is EventType.INTERIM_REPLIED and event.time > before.deadline_at and before.stopped_at is None:
        return "промежуточный ответ дан после срока: новый срок не начался"
    if event.type is EventType.PROBLEM_REPLIED and before.stopped_at is None and is_outdated(event, before):
        return "ответ отправлен, когда проблема уже снова была в работе: он ничего не закрыл, срок идёт"
    if event.type is EventType.APPEAL_FORWARDED and not event.data.get("notice"):
        return "переадресация без уведомления автора не считается (59-ФЗ, ст. 8, ч. 3)"
    return ""


def _why_not_paused(clock: Clock, event: Event, rules: Rules) -> str:
    policy = rules.policy(clock.policy_version)
    if policy.pause(str(event.data["reason"]), clock.regime) is None:
        return f"для режима «{policy.regime(clock.regime).name}» такой причины в политике нет"
    if clock.stopped_at is not None:
        return "срок и без того стоит"
    if event.time >= clock.deadline_at:
        return "срок уже прошёл"
    if clock.pauses and clock.pauses[-1].end is None:
        return "срок уже приостановлен или разрешённое время этой причины исчерпано"
    return "разрешённое время этой причины исчерпано"


def _why_not_extended(clock: Clock, event: Event, rules: Rules) -> str:
    terms = rules.policy(clock.policy_version).regime(clock.regime)
    if terms.extension is None:
        return f"режим «{terms.name}» его не знает"
    if not event.data.get("notice"):
        return "нет уведомления автору (59-ФЗ, ст. 12, ч. 2)"
    if clock.extended_at is not None:
        return "срок продлевают один раз"
    if clock.stopped_at is not None or clock.stage is not Stage.FIRST:
        return "этот срок не продлевают"
    return "срок уже прошёл"
