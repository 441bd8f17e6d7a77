"""Replies that say nothing («отписки»), found before they are sent: an executor's words held against his problem."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from resolution.replies.emptiness import store
from resolution.replies.emptiness.rules import JUDGED, flags_of
from resolution.replies.emptiness.store import Wording
from resolution.replies.emptiness.wordings import alike, bands, signature
from resolution.replies.records import Flag, Letter, Section
from streams.contract import Connection

__all__ = ["flags_of", "foreseen", "judged"]


def judged(connection: Connection, letters: Sequence[Letter], now: datetime) -> dict[UUID, list[Flag]]:
    """The flags of each letter by its cause; what executors wrote in them is remembered for the next."""
    found: dict[UUID, list[Flag]] = {}
    kept = []
    for letter in letters:
        many = len(letter.sections) > 1
        for number, about in enumerate(letter.sections, start=1):
            wording = _wording(letter.region, about)
            flags = _flags(connection, about, wording, now)
            kept += [wording] if wording is not None else []
            found.setdefault(letter.cause, []).extend(
                Flag(flag.code, f"вопрос {number}: {flag.reason}" if many else flag.reason) for flag in flags
            )
    if kept:
        store.keep(connection, sorted(kept, key=lambda each: each.source), now)
    return found


def foreseen(connection: Connection, region: str, about: Section, now: datetime) -> list[Flag]:
    """What would be flagged; nothing is remembered."""
    return _flags(connection, about, _wording(region, about), now)


def _flags(connection: Connection, about: Section, wording: Wording | None, now: datetime) -> list[Flag]:
    if about.outcome not in JUDGED:
        return []
    near = store.near(connection, wording, now) if wording is not None else []
    return flags_of(about, sum(alike(wording.signature, other) for _, other in near) if wording is not None else 0)


def _wording(region: str, about: Section) -> Wording | None:
    if about.outcome not in JUDGED or about.executor_id is None or about.source is None or not about.words.strip():
        return None
    marks = signature(about.words)
    return Wording(about.source, region, about.executor_id, about.problem_id, marks, bands(marks))
