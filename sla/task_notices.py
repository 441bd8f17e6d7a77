"""Who is told of the clocks of tasks, of problems that their authors opened again, and of what an operator returned.

A task warns and breaches as a plan does: by the steps of the region's ladder for plans that are not dangerous.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from psycopg.rows import tuple_row

from models.events import Event, EventType
from models.identifiers import derived_id
from models.states import Who
from models.tasks import TaskPassed
from sla.escalation import Delivery, Escalation, Kind, Level, Step
from sla.escalation_people import Recipient, Staff
from sla.escalation_times import send_at
from sla.record import ClockKind, Clocks
from sla.timer_store import Notice, put_notices
from sla.timers import RegionOf, RegionTimers
from streams.contract import Connection

WARN_SHARE = 0.75
"""From which share of the term a step of the ladder may stand for the one warning of a task."""
REOPENED = Step((Level.PERSON, Level.HEAD), Delivery.AT_ONCE, share=1.0)
"""Who does it and his head are told that an author does not find the problem solved."""
RETURNED = Step((Level.PERSON,), Delivery.AT_ONCE, share=1.0)
"""Who does it is told that an operator returned his plan, his report, or the answer made of them."""
TOLD_AT_ONCE = frozenset({EventType.PROBLEM_REOPENED, EventType.PLAN_RETURNED, EventType.PROOF_RETURNED})


def tell(connection: Connection, passed: Sequence[TaskPassed], now: datetime, region_of: RegionOf) -> None:
    """Write the notices of tasks that warn or breach, in the caller's transaction."""
    found: list[Notice] = []
    for each in passed:
        region, escalation = _region(region_of, each.region, now)
        steps = escalation.ladder(ClockKind.PLAN, danger=False).steps
        kind = Kind.BREACHED if each.breached else Kind.WARNED
        # a task warns once, so the first warning that comes late enough says whom and how
        step = next((one for one in steps if one.kind is kind and (one.share or 0) >= WARN_SHARE), None)
        if step is None:
            continue
        about = _About(each.region, each.executor_id, each.deadline, kind, step.share, task=each.clock_id)
        found += _notices(connection, about, step, region, escalation, now)
    put_notices(connection, found, now)


def tell_at_once(
    connection: Connection, events: Sequence[Event], clocks: Mapping[UUID, Clocks], now: datetime, region_of: RegionOf
) -> None:
    """Write the notices of problems that were opened again or given back, by the events that say so (TOLD_AT_ONCE)."""
    holders = _holders(connection, [UUID(each.data["problem_id"]) for each in events])
    found: list[Notice] = []
    for each in events:
        problem = UUID(each.data["problem_id"])
        deadline = _deadline(each, clocks[problem])
        if problem not in holders or deadline is None:
            continue
        region, escalation = _region(region_of, each.region, now)
        kind, step = (Kind.REOPENED, REOPENED) if _by_author(each) else (Kind.RETURNED, RETURNED)
        about = _About(each.region, holders[problem], deadline, kind, None, problem=problem, cause=each.id)
        found += _notices(connection, about, step, region, escalation, now)
    put_notices(connection, found, now)


def _by_author(event: Event) -> bool:
    """Whether an author said that it is not solved, also where an operator wrote it down."""
    return event.type is EventType.PROBLEM_REOPENED and (
        event.data["by"] == Who.CITIZEN or bool(event.data.get("said_by"))
    )


def _deadline(event: Event, clocks: Clocks) -> datetime | None:
    """By when something is due now: the solution, or the plan where only that has to be made anew."""
    planning = event.type is not EventType.PROOF_RETURNED and not _by_author(event)
    wanted = (ClockKind.PLAN, ClockKind.SOLVE) if planning else (ClockKind.SOLVE,)
    return next((clocks[kind].deadline_at for kind in wanted if kind in clocks), None)


@dataclass(frozen=True, slots=True)
class _About:
    """What one step tells; `cause` tells one reopening of a problem from the next."""

    region: str
    executor: UUID
    deadline: datetime
    kind: Kind
    share: float | None
    task: UUID | None = None
    problem: UUID | None = None
    cause: UUID | None = None


def _region(region_of: RegionOf, region: str, now: datetime) -> tuple[RegionTimers, Escalation]:
    timers = region_of(region)
    return timers, timers.escalations.at(now, timers.rules.zone)


def _notices(
    connection: Connection, about: _About, step: Step, region: RegionTimers, escalation: Escalation, now: datetime
) -> list[Notice]:
    measure = region.rules.measure(region.rules.policies.at(now, region.rules.zone))
    staff = region.staff(connection, about.region, escalation, now)
    told = staff.told(step.to, body_of(staff, about.executor), about.executor, measure.day(now))
    at = send_at(now, step.delivery, False, escalation, measure)
    return [
        Notice(
            id=_identity(about, recipient),
            region=about.region,
            clock_id=None,
            course=0,
            step=0,
            kind=about.kind,
            share=about.share if about.kind is Kind.WARNED else None,
            level=recipient.level,
            executor_id=recipient.executor,
            instead_of=recipient.instead_of,
            deadline_at=about.deadline,
            danger=False,
            send_at=at,
            task_id=about.task,
            problem_id=about.problem,
        )
        for recipient in told
    ]


def _identity(about: _About, told: Recipient) -> UUID:
    """Made of what is told and to whom, so that the same is told once."""
    return derived_id(
        about.task or about.problem,
        about.kind,
        about.cause or about.deadline.astimezone(UTC).isoformat(),
        told.executor or told.level,
    )


def body_of(staff: Staff, executor: UUID) -> UUID:
    """The body to which an executor belongs: itself, or the uppermost above it."""
    seen = [executor]
    while (member := staff.members.get(seen[-1])) is not None and member.parent is not None:
        if member.kind == "body" or member.parent in seen:
            break
        seen.append(member.parent)
    return seen[-1]


def _holders(connection: Connection, problems: Sequence[UUID]) -> dict[UUID, UUID]:
    """Who does the problems now: the unit or person where one is known, else the body."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        return dict(
            cursor.execute(
                """SELECT problem_id, coalesce(handler_id, executor_id) FROM assignments
                   WHERE problem_id = ANY(%s) AND ended_at IS NULL""",
                [list(problems)],
            ).fetchall()
        )
