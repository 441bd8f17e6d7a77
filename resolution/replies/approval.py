"""What persons do with drafts: approve, edit, take back. Every function runs in the caller's transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import streams
from models.events import Event, EventType, Stream, event
from models.refusal import Refused
from models.reply import LINK
from models.resolution import CLOSING, ReplyState
from models.states import PROBLEM_TRANSITIONS, ProblemState, Who, next_state
from resolution.planning import give_back
from resolution.replies import approval_store as store
from resolution.replies.drafting import told_of
from resolution.replies.outdated import take_back_about, untrue
from resolution.replies.steps import BEFORE_THE_END
from streams.contract import Connection

LONGEST = 10_000
"""Characters of a reply."""
STATE_NAMES = {
    ReplyState.DRAFTED: "ждёт согласования",
    ReplyState.APPROVED: "согласован и ждёт отправки",
    ReplyState.SENT: "отправлен",
    ReplyState.FAILED: "не отправлен",
    ReplyState.CANCELLED: "снят",
}


class Stale(Refused):
    """Somebody changed the reply after it was opened."""

    def __init__(self) -> None:
        super().__init__(
            "Пока вы читали, этот ответ изменился. Ваше действие не выполнено. Прочтите, как он выглядит сейчас."
        )


def mark(text: str) -> str:
    """What names this very text of a reply: who acts on it says which text he has read."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def approve(connection: Connection, region: str, reply_id: UUID, seen: str, *, by: str, now: datetime) -> None:
    """Let a draft be sent. Raises LookupError, Stale, Refused."""
    reply = _seen(connection, region, reply_id, seen)
    _must_wait(reply, "Согласовать")
    if store.outdated(connection, [reply_id]):
        raise Refused("План, о котором говорит ответ, больше не действует: верните ответ, о новом плане напишут.")
    if untrue(connection, [reply_id]):
        raise Refused(
            "Проблема снова в работе: ответ о том, что она закрыта, больше не верен. О новом решении напишут."
        )
    store.approve(connection, [reply_id], by=by, now=now)
    _tell(connection, EventType.REPLY_APPROVED, [reply], by=by, now=now)


def approve_many(
    connection: Connection, region: str, seen: Mapping[UUID, str], *, by: str, now: datetime
) -> list[UUID]:
    """Let those of the drafts be sent that nothing was flagged in, nobody changed and still hold; returns them.

    `seen`: the mark of the text of each.
    """
    found = store.locked(connection, region, seen)
    outdated = store.outdated(connection, seen) | untrue(connection, seen)
    good = [
        each
        for each in found
        if each.state is ReplyState.DRAFTED
        and not each.flagged
        and mark(each.text) == seen[each.id]
        and each.id not in outdated
    ]
    store.approve(connection, [each.id for each in good], by=by, now=now)
    _tell(connection, EventType.REPLY_APPROVED, good, by=by, now=now)
    return [each.id for each in good]


def edit(connection: Connection, region: str, reply_id: UUID, seen: str, text: str) -> None:
    """Put another text in the draft's place; what the machine wrote is kept beside it."""
    reply = _seen(connection, region, reply_id, seen)
    _must_wait(reply, "Изменить")
    clean = "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n")).strip()
    if not clean:
        raise Refused("Ответ пустой. Напишите текст или верните ответ исполнителю.")
    if len(clean) > LONGEST:
        raise Refused(f"Ответ длиннее {LONGEST} знаков. Сократите его.")
    bare = clean.replace(LINK, "")
    if "{" in bare or "}" in bare:
        raise Refused(f"В тексте остались фигурные скобки. Так пишется только место ссылки: {LINK}")
    store.write_text(connection, reply_id, clean)


def take_back(
    connection: Connection, region: str, reply_id: UUID, seen: str, reason: str, *, by: str, now: datetime
) -> None:
    """Return a draft to its executor, who reads the reason and has a term to answer it.

    A closing reply opens its problems again: what was said of them convinces nobody, so they are not closed. One that
    tells of a plan, or asks what the plan asks, gives that plan back: its author would never hear of it.
    """
    reply = _seen(connection, region, reply_id, seen)
    if reply.state not in (ReplyState.DRAFTED, ReplyState.APPROVED):
        raise Refused(f"Вернуть нельзя: ответ {STATE_NAMES[reply.state]}.")
    if not reason.strip():
        raise Refused("Напишите исполнителю, что исправить.")
    why = reason.strip()[:LONGEST]
    store.cancel(connection, [reply_id], by=by, reason=why, now=now)
    back = _opened(connection, reply, by=by, now=now) if reply.kind in CLOSING else []
    opened = [UUID(each.data["problem_id"]) for each in back]
    gone = take_back_about(connection, opened, now) if opened else []
    for problem, plan in store.plans_told(connection, reply_id) if reply.kind in BEFORE_THE_END else ():
        back += give_back(connection, region, problem, plan, by=by, now=now, reason=why)
    streams.append(connection, Stream.PROBLEMS, back)
    streams.append(connection, Stream.REPLIES, [*told_of(EventType.REPLY_CANCELLED, [reply], now, by), *gone])


def _opened(connection: Connection, reply: store.Held, *, by: str, now: datetime) -> list[Event]:
    told = []
    for problem, appeal, state in store.lock_ends(connection, reply.problems):
        if state not in (ProblemState.SOLVED, ProblemState.ANSWERED):
            continue
        target = next_state(PROBLEM_TRANSITIONS, state, EventType.PROBLEM_REOPENED, Who.OPERATOR)
        store.move_problem(connection, problem, target)
        told.append(event(EventType.PROBLEM_REOPENED, reply.region, appeal, now, problem_id=str(problem), by=by))
    return told


def _seen(connection: Connection, region: str, reply_id: UUID, seen: str) -> store.Held:
    """The reply, locked, with the text that the person has read."""
    found = store.locked(connection, region, [reply_id])
    if not found:
        raise LookupError(reply_id)
    if mark(found[0].text) != seen:
        raise Stale
    return found[0]


def _must_wait(reply: store.Held, what: str) -> None:
    if reply.state is not ReplyState.DRAFTED:
        raise Refused(f"{what} нельзя: ответ {STATE_NAMES[reply.state]}.")


def _tell(connection: Connection, type: EventType, replies: Sequence[store.Held], *, by: str, now: datetime) -> None:
    streams.append(connection, Stream.REPLIES, told_of(type, replies, now, by))
