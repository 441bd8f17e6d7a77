"""A verdict given: written down, told, and where it says «не решено» the problem goes back to the same executor."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import streams
from models.events import Event, EventType, Stream, event
from models.states import PROBLEM_TRANSITIONS, Who, next_state
from resolution.replies.outdated import take_back_about
from resolution.verdicts import store
from resolution.verdicts.rules import Judged, Term, Via, checked
from streams.contract import Connection


def give(
    connection: Connection, region: str, problem: UUID, judged: Judged, *, via: Via, by: str, now: datetime, term: Term
) -> bool:
    """Keep the verdict, in the caller's transaction; returns whether the problem was reopened by it.

    The author of a merged problem judges too: where he finds it not solved, the problem that goes on is opened again.

    `by`: the operator's login where he wrote it down, else empty. `term`: how long an author may judge.
    Raises LookupError where the region has no such problem, Refused where it cannot be judged now.
    """
    subject = store.locked(connection, region, problem)
    if subject is None:
        raise LookupError(problem)
    kept = checked(subject, judged, via, now, term)
    earlier = store.earlier(connection, subject, now)
    verdict = store.write(connection, subject, kept, via, by, now)
    about = {"problem_id": str(problem)}
    told = [
        event(
            EventType.VERDICT_GIVEN,
            region,
            subject.appeal_id,
            now,
            **about,
            verdict_id=str(verdict),
            score=kept.score,
            solved=kept.solved,
            stage=subject.stage,
            via=via.value,
            earlier=earlier,
        )
    ]
    gone: list[Event] = []
    if not kept.solved:
        who = Who.OPERATOR if via is Via.OPERATOR else Who.CITIZEN
        state = next_state(PROBLEM_TRANSITIONS, subject.state, EventType.PROBLEM_REOPENED, who)
        store.move(connection, subject.end_id, state)
        opened = {"problem_id": str(subject.end_id), "by": by or Who.CITIZEN.value, "said_by": str(problem)}
        told.append(event(EventType.PROBLEM_REOPENED, region, subject.end_appeal_id, now, **opened))
        gone = take_back_about(connection, [subject.end_id], now)
    streams.append(connection, Stream.PROBLEMS, told)
    streams.append(connection, Stream.REPLIES, gone)
    return not kept.solved
