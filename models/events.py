"""Events: what the rooms tell each other, as CloudEvents 1.0 in structured JSON.

Events carry identifiers, codes and times, never a person's words or data: what is erased from the tables is gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import msgspec
import orjson

from models.identifiers import new_id

Data = Mapping[str, Any]


class Stream(StrEnum):
    """The streams (Kafka: topics). The key is the appeal's id, so that one appeal's events stay in order."""

    APPEALS = "appeals"  # what intake accepted; read by nlp
    PROBLEMS = "problems"  # everything that happens to a problem; read by routing, sla, resolution, indicators
    CLOCKS = "clocks"  # warnings, breaches and what followed them; read by indicators
    REPLIES = "replies"  # drafts of replies, their approval and sending
    INSTRUCTIONS = "instructions"  # what heads asked and what became of it; key: the uppermost instruction
    QUARANTINE = "quarantine"  # what a group put aside; for watchers outside, no stage reads it


class EventType(StrEnum):
    """Types of events; the comment names the stream and the keys of `data`."""

    APPEAL_ACCEPTED = "appeal.accepted"  # appeals: channel, sent_at
    APPEAL_RESTORED = "appeal.restored"  # appeals: by; an operator undid a dismissal: analyse as holding a problem
    APPEAL_DISMISSED = "appeal.dismissed"  # problems: reason, probability
    # problems: problem_id, topic, decided, municipality, cell, urgency, accepted_at, sent_at, regime (none: portal)
    PROBLEM_FOUND = "problem.found"
    PROBLEM_QUEUED = "problem.queued"  # problems: problem_id, reason
    PROBLEM_ASSIGNED = "problem.assigned"  # problems: problem_id, executor, by
    PROBLEM_UNASSIGNED = "problem.unassigned"  # problems: problem_id, by; an assignment was undone
    PROBLEM_CORRECTED = "problem.corrected"  # problems: problem_id, topic, municipality, by
    PROBLEM_MERGED = "problem.merged"  # problems: problem_id, into, by
    PROBLEM_DISMISSED = "problem.dismissed"  # problems: problem_id, reason, by
    PROBLEM_RESTORED = "problem.restored"  # problems: problem_id, by; a merge or dismissal was undone
    PROBLEM_PAUSED = "problem.paused"  # problems: problem_id, reason, by
    PROBLEM_RESUMED = "problem.resumed"  # problems: problem_id, by
    SOLUTION_PLANNED = "solution.planned"  # problems: problem_id, plan_id, variant, executor, due, by
    PLAN_RETURNED = "plan.returned"  # problems: problem_id, plan_id, by; an operator did not agree with an explanation
    PROOF_SUBMITTED = "proof.submitted"  # problems: problem_id, proof_id, executor, by
    PROOF_CHECKED = "proof.checked"  # problems: problem_id, proof_id, flags, by
    PROOF_RETURNED = "proof.returned"  # problems: problem_id, proof_id, by; an operator was not convinced
    PROBLEM_SOLVED = (
        "problem.solved"  # problems: problem_id, by, proof_id, executor, flags (that an operator confirmed)
    )
    # problems: problem_id, plan_id, variant, executor, by; closed by an explanation in place of a solution
    PROBLEM_ANSWERED = "problem.answered"
    PROBLEM_REPLIED = (
        "problem.replied"  # problems: problem_id, reply, kind, flags, by, closed; a reply about it was sent
    )
    VERDICT_GIVEN = "verdict.given"  # problems: problem_id, verdict_id, score, solved, stage; of a merged one too
    PROBLEM_REOPENED = "problem.reopened"  # problems: problem_id, by, said_by (whose author finds it not solved)
    TERM_EXTENDED = "term.extended"  # problems: problem_id, notice, by
    # problems: problem_id, number, by; told of each problem of the appeal: clocks are the problems'
    APPEAL_REGISTERED = "appeal.registered"
    APPEAL_FORWARDED = "appeal.forwarded"  # problems: problem_id, to, notice, by
    INTERIM_REPLIED = "interim.replied"  # problems: problem_id, reply, by
    PROBLEM_JOINED = "problem.joined"  # problems: problem_id, incident, by
    PROBLEM_LEFT = "problem.left"  # problems: problem_id, incident, by
    BURST_DETECTED = "burst.detected"  # problems: burst_id, group, place, hours, problems, expected, probability
    PROBLEM_REFUSED = "problem.refused"  # problems: problem_id, executor, reason, named, by; not his, says an executor
    CO_ASSIGNED = "co.assigned"  # problems: problem_id, co_id, executor, role, deadline, by
    CO_ANSWERED = "co.answered"  # problems: problem_id, co_id, by
    CO_ENDED = "co.ended"  # problems: problem_id, co_id, by
    INSTRUCTION_GIVEN = "instruction.given"  # instructions: instruction_id, parent, problem_id, executor, deadline, by
    INSTRUCTION_ACCEPTED = "instruction.accepted"  # instructions, and those that follow: instruction_id, by
    INSTRUCTION_STARTED = "instruction.started"
    INSTRUCTION_REPORTED = "instruction.reported"
    INSTRUCTION_RETURNED = "instruction.returned"
    INSTRUCTION_CLOSED = "instruction.closed"
    INSTRUCTION_REOPENED = "instruction.reopened"  # closing was undone
    INSTRUCTION_MOVED = "instruction.moved"  # instructions: instruction_id, deadline, by; the head gave another day
    POINT_DONE = "point.done"  # instructions: instruction_id, point, by
    TASK_WARNED = "task.warned"  # clocks: kind, subject_id, executor, deadline
    TASK_BREACHED = "task.breached"  # clocks: kind, subject_id, executor, deadline
    REPLY_DRAFTED = "reply.drafted"  # replies, and those that follow: reply_id, kind, problems; here flags too
    REPLY_APPROVED = "reply.approved"  # by
    REPLY_SENT = "reply.sent"  # channel
    REPLY_FAILED = "reply.failed"  # attempts
    REPLY_CANCELLED = "reply.cancelled"  # by
    # clocks: problem_id, clock, stage, started, deadline, stopped, late; of plan, solve and work
    CLOCK_STOPPED = "clock.stopped"
    CLOCK_WARNED = "clock.warned"  # clocks: problem_id, clock, deadline, share, to
    CLOCK_BREACHED = "clock.breached"  # clocks: problem_id, clock, deadline, to
    CLOCK_ESCALATED = "clock.escalated"  # clocks: problem_id, clock, deadline, to
    # quarantine: quarantine_id, group, stream, partition, position, reason, event (as it stood in the log)
    EVENT_QUARANTINED = "event.quarantined"


class CloudEvent(msgspec.Struct):
    """What we read of a CloudEvents object; other attributes are passed over."""

    type: EventType
    source: str
    subject: UUID
    time: Annotated[datetime, msgspec.Meta(tz=True)]
    data: dict[str, Any]
    id: UUID

    def event(self) -> Event:
        region = self.source.removeprefix("otklik/")
        return Event(self.type, region, self.subject, self.time, self.data, self.id)


class Event(msgspec.Struct, frozen=True):
    """One event. `key` (the appeal's id) decides the partition; `time` is when the thing happened, aware."""

    type: EventType
    region: str
    key: UUID
    time: datetime
    data: Data
    id: UUID

    def to_json(self) -> dict[str, Any]:
        """CloudEvents 1.0, structured mode."""
        return {
            "specversion": "1.0",
            "id": str(self.id),
            "source": f"otklik/{self.region}",
            "type": self.type.value,
            "subject": str(self.key),
            "time": self.time.isoformat(),
            "datacontenttype": "application/json",
            "data": dict(self.data),
        }

    def to_text(self) -> str:
        """The same as text, made several times faster by leaving identifiers and times to the serialiser."""
        content = {
            "specversion": "1.0",
            "id": self.id,
            "source": f"otklik/{self.region}",
            "type": self.type,
            "subject": self.key,
            "time": self.time,
            "datacontenttype": "application/json",
            "data": self.data if isinstance(self.data, dict) else dict(self.data),
        }
        return orjson.dumps(content).decode()

    @classmethod
    def of_json(cls, content: Mapping[str, Any]) -> Event:
        """The event of a CloudEvents object. Raises ValueError where it is none of ours."""
        return msgspec.convert(content, CloudEvent).event()

    @classmethod
    def of_text(cls, text: str) -> Event:
        """The same of a CloudEvents object as text, in a quarter of the time of parsing it first."""
        return _DECODER.decode(text).event()


_DECODER = msgspec.json.Decoder(CloudEvent)


def event(type: EventType, region: str, key: UUID, time: datetime, **data: Any) -> Event:
    """A new event with a new id."""
    return Event(type=type, region=region, key=key, time=time, data=data, id=new_id())
