"""Letters made ready to be stored: rendered, looked through for empty phrases, sent at once or left to a person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from models.events import Event, EventType, event
from models.pack import RegionPack
from models.resolution import ReplyKind, ReplyState
from resolution.replies.letters import policy_of
from resolution.replies.records import Draft, Flag, Letter
from resolution.replies.render import subject_of, templates_of, text_of


def drafted(letter: Letter, pack: RegionPack, flags: Sequence[Flag], *, waits: bool = False) -> Draft:
    """The letter as text. `waits`: a person must approve it whatever the policy says."""
    text, template = text_of(letter, templates_of(pack))
    held = waits or bool(flags) or policy_of(pack).needs_approval(letter.kind, letter.regime)
    return Draft(
        id=letter.cause,
        letter=letter,
        subject=subject_of(letter),
        text=text,
        template=template,
        flags=tuple(flags),
        state=ReplyState.DRAFTED if held else ReplyState.APPROVED,
    )


def told(drafts: Iterable[Draft], now: datetime) -> list[Event]:
    """What the others are told of new drafts."""
    events: list[Event] = []
    for each in drafts:
        data = {
            "reply_id": str(each.id),
            "kind": each.letter.kind.value,
            "problems": [str(section.problem_id) for section in each.letter.sections],
        }
        region, key = each.letter.region, each.letter.appeal_id
        codes = [flag.code for flag in each.flags]
        events.append(event(EventType.REPLY_DRAFTED, region, key, now, **data, flags=codes))
        if each.state is ReplyState.APPROVED:
            events.append(event(EventType.REPLY_APPROVED, region, key, now, **data, by="machine"))
    return events


class About(Protocol):
    """A stored reply, as far as its events need it."""

    @property
    def id(self) -> UUID: ...
    @property
    def region(self) -> str: ...
    @property
    def appeal_id(self) -> UUID: ...
    @property
    def kind(self) -> ReplyKind: ...
    @property
    def problems(self) -> tuple[UUID, ...]: ...


def told_of(type: EventType, replies: Iterable[About], now: datetime, by: str) -> list[Event]:
    """What the others are told of replies that were approved or cancelled."""
    return [
        event(
            type,
            each.region,
            each.appeal_id,
            now,
            reply_id=str(each.id),
            kind=each.kind.value,
            problems=[str(problem) for problem in each.problems],
            by=by,
        )
        for each in replies
    ]
