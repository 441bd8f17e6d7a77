"""The records of operators' actions: the problem as the rules see it, and the change that a rule asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from models.events import EventType
from models.regimes import Regime
from models.states import ProblemState
from models.text import Span


class ActionKind(StrEnum):
    """Kinds of actions, as the table `actions` keeps them."""

    ACCEPT = "accept"  # the machine's first executor is right
    ASSIGN = "assign"  # another executor
    CORRECT_TOPIC = "correct_topic"
    CORRECT_PLACE = "correct_place"
    SPLIT = "split"  # a piece of the text became a problem of its own
    MERGE = "merge"  # the same thing as another problem
    DISMISS = "dismiss"  # no problem in it
    REFUSE = "refuse"  # the executor says that it is not his
    ADD_CO = "add_co"  # another executor works on it beside the lead
    END_CO = "end_co"  # he does no more
    RESTORE_APPEAL = "restore_appeal"  # the machine wrongly saw no problem in an appeal


@dataclass(frozen=True, slots=True)
class Problem:
    """One row of problems with its open assignment. `place` and `guesses` are as stored (JSON)."""

    id: UUID
    region: str
    appeal_id: UUID
    ordinal: int
    state: ProblemState
    version: int
    spans: tuple[Span, ...]
    topic_code: str
    topic_probability: float
    group_name: str
    group_probability: float
    decided: bool
    place: Mapping[str, Any]
    municipality: str
    urgency: int
    executor_id: UUID | None
    executor_guesses: tuple[Mapping[str, Any], ...]
    merged_into: UUID | None
    text_length: int
    accepted_at: datetime
    regime: str = Regime.PORTAL
    doubt: str = ""
    handler_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Executor:
    """One executor of the region, as an assignment names it."""

    id: UUID
    code: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Assign:
    """Give the problem to this executor, ending the open assignment where there is one.

    `by` is who gives it where that is not who acts: a refusal may be forwarded by the machine. `ended` is why the open
    one ended. `handler` is the executor's unit or person who does the work, where that is known.
    """

    executor: Executor
    reason: str
    by: str = ""
    ended: str = "reassigned"
    handler: Executor | None = None


@dataclass(frozen=True, slots=True)
class Unassign:
    """End the open assignment, if there is one."""

    reason: str


@dataclass(frozen=True, slots=True)
class NewProblem:
    """A problem that a split makes: a copy of its parent's row with these columns changed."""

    id: UUID
    columns: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """What an action does to one problem. `columns` are new values of its row; `events` go out in this order."""

    kind: ActionKind
    problem: Problem
    columns: Mapping[str, Any]
    events: tuple[tuple[EventType, Mapping[str, Any]], ...]
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    assignment: Assign | Unassign | None = None
    created: NewProblem | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """One row of actions that is not undone."""

    id: UUID
    kind: ActionKind
    problem_id: UUID
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
