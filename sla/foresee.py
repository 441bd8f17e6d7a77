"""What an event would do to the clocks of a problem, before it is told. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from models.events import Event
from sla.clock import step
from sla.notes import ineffective
from sla.record import Clock, ClockKind, Clocks
from sla.rules import Rules


class NoEffect(Exception):
    """The event would change nothing; the message says why, in Russian."""


def foresee(events: Iterable[Event], event: Event, rules: Rules) -> list[Clock]:
    """The clocks after `event`. Raises NoEffect where they stay as they are."""
    before: Clocks = {}
    for each in events:
        before = step(before, each, rules)
    if ClockKind.SOLVE not in before:
        raise NoEffect("сроков у проблемы ещё нет")
    after = step(before, event, rules)
    if after == before:
        why = ineffective(before[ClockKind.SOLVE], after, event, rules)
        raise NoEffect(why or "такого срока у проблемы нет или он уже окончен")
    return [after[kind] for kind in ClockKind if kind in after]
