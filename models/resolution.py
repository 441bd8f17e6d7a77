"""What resolution, the pages, the connectors and the indicators say of a solution: plans, proofs, replies, verdicts."""

from __future__ import annotations

from enum import StrEnum


class Variant(StrEnum):
    """What the executor says he will do about a problem."""

    DONE = "done"  # done at once: the proof comes with the plan
    BY_DATE = "by_date"  # will be done by a date
    PROGRAMME = "programme"  # stands in a programme of a year, whose line is named
    NOT_OURS = "not_ours"  # another body's, which is named
    MORE_INFO = "more_info"  # the author must say more
    REFUSED = "refused"  # will not be done, by a norm that is named


class ProofState(StrEnum):
    SUBMITTED = "submitted"  # waits for its checks
    CHECKED = "checked"  # checked with flags: an operator looks
    ACCEPTED = "accepted"  # the problem is solved by it
    RETURNED = "returned"  # an operator was not convinced


class FileRole(StrEnum):
    """What a file of a proof shows."""

    BEFORE = "before"
    AFTER = "after"
    VIDEO = "video"
    DOCUMENT = "document"


class CheckResult(StrEnum):
    PASSED = "passed"
    FLAGGED = "flagged"  # an operator must look, and the rating counts it where he agrees
    UNKNOWN = "unknown"  # it cannot be told: no EXIF, no photo «before»


class ReplyKind(StrEnum):
    ACKNOWLEDGEMENT = "acknowledgement"  # the appeal was accepted, under this number
    INTERIM = "interim"  # what will be done, and by when
    QUESTION = "question"  # the author is asked for more
    FINAL = "final"  # what was done
    EXTENSION = "extension"  # the term was extended
    FORWARDING = "forwarding"  # the appeal was forwarded to the body that must answer
    REFUSAL = "refusal"  # why it will not be done


class ReplyState(StrEnum):
    DRAFTED = "drafted"  # waits for approval
    APPROVED = "approved"  # waits to be sent
    SENT = "sent"
    FAILED = "failed"  # every attempt failed: a person must look
    CANCELLED = "cancelled"  # not needed any more


CLOSING = frozenset({ReplyKind.FINAL, ReplyKind.REFUSAL, ReplyKind.FORWARDING})
"""Kinds after which the citizen waits for nothing more; he may judge them."""
