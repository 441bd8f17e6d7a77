"""The reply that a plan or a report would draft, as its author would read it, before anything is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from models.pack import RegionPack
from models.resolution import ReplyKind, Variant
from resolution.replies import letters, store
from resolution.replies.drafting import drafted
from resolution.replies.emptiness import foreseen
from resolution.replies.letters import ANSWERED, INTERIM
from resolution.replies.records import Flag, Outcome
from resolution.replies.steps import letter_of
from resolution.replies.store import Said
from streams.contract import Connection


@dataclass(frozen=True, slots=True)
class Preview:
    """What the author would read. `waits`: a person approves it first."""

    kind: ReplyKind
    subject: str
    text: str = field(repr=False)
    flags: tuple[Flag, ...]
    waits: bool


def preview(
    connection: Connection,
    region: str,
    problem_id: UUID,
    executor: tuple[UUID, str],
    pack: RegionPack,
    *,
    variant: Variant,
    words: str,
    ground: str = "",
    day: date | None = None,
    photos: int = 0,
    masked: bool = False,
    now: datetime,
) -> Preview:
    """The reply about one problem if `executor` (id, name) planned so; with the variant `done`, if it were solved so.

    `day`: until when it will be done, or when it was. `masked`: without the author's name and personal data, for who
    does not need them. Raises LookupError where the region has no such problem.
    """
    problem = store.problems(connection, [problem_id]).get(problem_id)
    appeal = None if problem is None else store.appeals(connection, [problem.appeal_id]).get(problem.appeal_id)
    if problem is None or appeal is None or appeal.region != region:
        raise LookupError(problem_id)
    if masked:
        appeal = replace(appeal, name="", text=without(appeal.text, store.hidden_spans(connection, appeal.id)))
    said = Said(problem_id, problem_id, *executor, words, variant, ground, day, photos)
    kind, outcome = told_by(variant)
    about = letters.section(appeal, problem, outcome, pack, said=said)
    draft = drafted(letter_of(appeal, kind, problem_id, [about], pack), pack, foreseen(connection, region, about, now))
    return Preview(kind, draft.subject, draft.text, draft.flags, draft.waits)


def without(text: str, hidden: Sequence[tuple[int, int]]) -> str:
    """The text of the same length with an ellipsis in place of each hidden piece."""
    for start, end in hidden:
        text = f"{text[:start]}…{' ' * (end - start - 1)}{text[end:]}" if end > start else text
    return text


def told_by(variant: Variant) -> tuple[ReplyKind, Outcome]:
    """(kind of the reply, what it says) that a plan leads to."""
    if variant in INTERIM and variant is not Variant.PROGRAMME:
        return INTERIM[variant]
    outcome = ANSWERED.get(variant, Outcome.SOLVED)
    return letters.closing_kind([outcome]), outcome
