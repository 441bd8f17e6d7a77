"""The records of replies: what is said of each problem, the letter it is put into, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from models.message import Channel
from models.regimes import Regime
from models.resolution import ReplyKind, ReplyState
from resolution.replies.grammar import Spot


class Opener(StrEnum):
    """Who found that a closed problem is not solved, as its author is told."""

    AUTHOR = "author"  # he himself, on the page
    RETOLD = "retold"  # he himself, by phone or letter: an operator wrote it down
    OTHER = "other"  # another author who wrote of the same
    OPERATOR = "operator"  # nobody but an operator who looked at the answer again


class Outcome(StrEnum):
    """What a reply says of one problem; a template is named after each (templates/any/section_….txt)."""

    UNDERSTOOD = "understood"  # what the machine understood of the author's words
    BY_DATE = "by_date"
    PROGRAMME = "programme"  # it stands in a programme: said in the interim and in the final reply
    ASKED = "asked"  # the author must say more
    SOLVED = "solved"
    NOT_OURS = "not_ours"
    REFUSED = "refused"
    REOPENED = "reopened"
    EXTENDED = "extended"
    FORWARDED = "forwarded"


@dataclass(frozen=True, slots=True)
class Section:
    """What a reply says of one problem.

    `source` is the plan, the proof or the event it is said of. `quote` is the author's own words; `words` and `ground`
    the executor's; `executor` the name of the body that answers. `due`: what is promised; `deadline`: by when the law
    or the policy wants it. `photos`: files of the proof that the author may see. `opener`: who found
    a problem not solved that is open again.
    """

    problem_id: UUID
    source: UUID | None
    outcome: Outcome
    topic: str
    group: str
    spot: Spot
    quote: str
    urgency: int = 2
    executor_id: UUID | None = None
    executor: str = ""
    words: str = ""
    ground: str = ""
    due: date | None = None
    done_on: date | None = None
    deadline: date | None = None
    photos: int = 0
    lemmas: tuple[str, ...] = ()
    """Words by which the topic was recognised."""
    opener: Opener = Opener.AUTHOR


@dataclass(frozen=True, slots=True)
class Letter:
    """A reply before it is text. `name` is the author's as he gave it (personal data: never logged).

    `cause` is made of what the reply is owed for: it becomes the reply's id, so that the same again is the same reply.
    """

    appeal_id: UUID
    region: str
    kind: ReplyKind
    cause: UUID
    regime: Regime
    channel: Channel
    number: str
    accepted_on: date
    name: str = field(repr=False)
    sections: tuple[Section, ...] = ()
    dismissal: str = ""
    verdict_days: int = 15


@dataclass(frozen=True, slots=True)
class Flag:
    """Why a person must read a reply before it is sent; `reason` is Russian."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter as text, with the templates it was made by and what is wrong with it."""

    id: UUID
    letter: Letter
    subject: str
    text: str = field(repr=False)
    template: str
    flags: tuple[Flag, ...]
    state: ReplyState

    @property
    def waits(self) -> bool:
        """Whether a person approves it first."""
        return self.state is ReplyState.DRAFTED


@dataclass(frozen=True, slots=True)
class Stored:
    """A reply as the table holds it, as far as its events need it."""

    id: UUID
    region: str
    appeal_id: UUID
    kind: ReplyKind
    problems: tuple[UUID, ...]
