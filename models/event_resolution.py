"""What the events of plans, proofs, replies and verdicts carry, for models.event_data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from models.event_fields import (
    BY,
    CLOCK,
    EXECUTOR,
    FLAGS,
    OPERATOR,
    PLAN,
    PROBLEM,
    PROOF,
    REPLY,
    REPLY_DATA,
    REPLY_KIND,
    VARIANT,
    Content,
    Field,
    identifier,
    moment,
    text,
)
from models.events import EventType, Stream
from models.message import Channel

RESOLUTION: Mapping[EventType, Content] = {
    EventType.SOLUTION_PLANNED: Content(
        Stream.PROBLEMS,
        "an executor said what he will do about a problem",
        {
            "problem_id": PROBLEM,
            "plan_id": PLAN,
            "variant": VARIANT,
            "executor": EXECUTOR,
            "due": text("The day on which it will be done; empty: none is named.", "2026-11-27"),
            "by": BY,
        },
    ),
    EventType.PLAN_RETURNED: Content(
        Stream.PROBLEMS,
        "an operator did not agree with an explanation that would have closed a problem",
        {"problem_id": PROBLEM, "plan_id": PLAN, "by": OPERATOR},
    ),
    EventType.PROOF_SUBMITTED: Content(
        Stream.PROBLEMS,
        "an executor reported that a problem is solved, with files that prove it",
        {"problem_id": PROBLEM, "proof_id": PROOF, "executor": EXECUTOR, "by": BY},
    ),
    EventType.PROOF_CHECKED: Content(
        Stream.PROBLEMS,
        "the machine checked a proof and leaves it to an operator",
        {"problem_id": PROBLEM, "proof_id": PROOF, "flags": FLAGS, "by": BY},
    ),
    EventType.PROOF_RETURNED: Content(
        Stream.PROBLEMS,
        "an operator was not convinced by a proof",
        {"problem_id": PROBLEM, "proof_id": PROOF, "flags": FLAGS, "by": OPERATOR},
    ),
    EventType.PROBLEM_SOLVED: Content(
        Stream.PROBLEMS,
        "a problem was solved",
        {
            "problem_id": PROBLEM,
            "by": BY,
            "proof_id": replace(PROOF, required=False),
            "executor": replace(EXECUTOR, required=False),
            "flags": replace(FLAGS, required=False),
        },
    ),
    EventType.PROBLEM_ANSWERED: Content(
        Stream.PROBLEMS,
        "a problem was closed by an explanation in place of a solution",
        {"problem_id": PROBLEM, "plan_id": PLAN, "variant": VARIANT, "executor": EXECUTOR, "by": BY},
    ),
    EventType.PROBLEM_REPLIED: Content(
        Stream.PROBLEMS,
        "a reply about a problem was sent; an acknowledgement is about the appeal, and only `reply.sent` tells of it",
        {
            "problem_id": PROBLEM,
            "reply": REPLY,
            "kind": REPLY_KIND,
            "flags": FLAGS,
            "by": BY,
            "closed": replace(
                moment(
                    "When what it tells of closed the problem; not said of a reply that closes nothing. A problem that "
                    "was opened again later is not answered by it.",
                    "2026-11-20T11:30:00+00:00",
                ),
                required=False,
            ),
        },
    ),
    EventType.VERDICT_GIVEN: Content(
        Stream.PROBLEMS,
        "the author judged the solution of a problem",
        {
            "problem_id": PROBLEM,
            "verdict_id": identifier("The verdict.", "verdict"),
            "score": Field({"type": "integer", "minimum": 1, "maximum": 5, "description": "5 is the best."}, 4),
            "solved": Field({"type": "boolean", "description": "Whether the author finds it solved."}, True),
            "stage": Field({"type": "integer", "minimum": 0, "description": "How often it was reopened before."}, 0),
            "via": replace(
                text(
                    "How it was given; what an operator wrote down counts less.",
                    "link",
                    enum=["link", "page", "operator"],
                ),
                required=False,
            ),
            "earlier": Field(
                {
                    "type": "integer",
                    "minimum": 0,
                    "description": "Verdicts of the same author about the same executor in the 90 days before.",
                },
                0,
                required=False,
            ),
        },
    ),
    EventType.REPLY_DRAFTED: Content(Stream.REPLIES, "a reply was drafted", {**REPLY_DATA, "flags": FLAGS}),
    EventType.REPLY_APPROVED: Content(Stream.REPLIES, "a reply may be sent", {**REPLY_DATA, "by": BY}),
    EventType.REPLY_SENT: Content(
        Stream.REPLIES,
        "a reply was sent",
        {**REPLY_DATA, "channel": text("How it went.", "form", enum=[channel.value for channel in Channel])},
    ),
    EventType.REPLY_FAILED: Content(
        Stream.REPLIES,
        "a reply could not be sent, and is not tried again by itself",
        {**REPLY_DATA, "attempts": Field({"type": "integer", "description": "How often it was tried."}, 5)},
    ),
    EventType.REPLY_CANCELLED: Content(Stream.REPLIES, "a reply is not needed any more", {**REPLY_DATA, "by": BY}),
    EventType.CLOCK_STOPPED: Content(
        Stream.CLOCKS,
        "the clock of a plan, of a solution or of work stopped",
        {
            **CLOCK,
            "stage": text("What the term began with: first, reopened, interim.", "first"),
            "started": moment("When the term began.", "2026-11-20T12:00:05+00:00"),
            "stopped": moment("When it stopped.", "2026-11-20T12:40:00+00:00"),
            "late": Field({"type": "boolean", "description": "Whether it stopped after its deadline."}, False),
        },
    ),
}
