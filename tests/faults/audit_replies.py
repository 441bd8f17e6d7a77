"""What authors and officials were told: every reply sent once, to its own person, and nothing handed in was lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import psycopg

from tests.faults.officials import Officials

Connection = psycopg.Connection[Any]
Letters = Sequence[tuple[str, str]]

ANSWERED = ("thanks", "talk", "empty")
"""Dismissed appeals that are answered too; spam and abuse are not."""

MAILS = """
SELECT r.message_id, coalesce(nullif(a.reply_to, ''), a.author ->> 'email'), r.attempts
FROM replies r JOIN appeals a ON a.id = r.appeal_id WHERE r.state = 'sent' AND a.channel = 'email'
UNION ALL
SELECT c.message_id, a.author ->> 'email', c.attempts
FROM reply_copies c JOIN replies r USING (id) JOIN appeals a ON a.id = r.appeal_id WHERE c.state = 'sent'
UNION ALL
SELECT format('<%s@otklik>', m.id), e.email, m.attempts
FROM notice_mails m JOIN executors e ON e.id = m.executor_id WHERE m.state = 'sent'
"""
"""Every letter that is noted as sent: its Message-ID, to whom, and how often it was tried."""

UNDER_WAY = """
SELECT (SELECT count(*) FROM replies WHERE state IN ('approved', 'failed'))
    + (SELECT count(*) FROM reply_copies WHERE state IN ('approved', 'failed'))
    + (SELECT count(*) FROM notice_mails WHERE state IN ('waiting', 'failed'))
    + (SELECT count(*) FROM proofs WHERE state = 'submitted')
"""


def differences(connection: Connection, letters: Letters, cuts: int, officials: Officials) -> dict[str, list[str]]:
    """By what was promised, what is not so. `cuts`: how often a sender may have died between a letter and its mark."""
    mails = {name: (person, attempts) for name, person, attempts in connection.execute(MAILS)}
    return {
        "every appeal is acknowledged once": list(_unacknowledged(connection)),
        "every reply is sent once, and told once of each problem": list(_mistold(connection)),
        "every letter came to its own person, and no other did": _misdirected(letters, mails),
        "a letter comes again under its one Message-ID, only where its sender was cut short": list(
            _again(letters, mails, cuts)
        ),
        "every report is there, checked once, and its problem solved once": list(_proofs(connection, officials)),
        "what was approved is not asked for again": list(_approved(connection, officials)),
        "every photo is looked at": [
            sha for (sha,) in connection.execute(
                "SELECT sha256 FROM attachments WHERE sha256 NOT IN (SELECT sha256 FROM photo_prints)"
            )
        ],
    }  # fmt: skip


def _unacknowledged(connection: Connection) -> Iterator[str]:
    """One reply, that was sent; none where whoever brought the file has acknowledged it, or nobody answers such."""
    rows = connection.execute(
        """SELECT a.external_id FROM appeals a
           LEFT JOIN replies r ON r.appeal_id = a.id AND r.kind = 'acknowledgement'
           GROUP BY a.id
           HAVING count(r.id) <> (a.channel <> 'file' AND (a.state = 'analysed' OR a.dismissal = ANY(%s)))::int
               OR count(r.id) <> count(*) FILTER (WHERE r.state = 'sent')""",
        [list(ANSWERED)],
    )
    return (id for (id,) in rows)


def _mistold(connection: Connection) -> Iterator[str]:
    """Replies whose events do not tell once that they were sent, or of one of their problems."""
    sent = connection.execute(
        """SELECT r.id::text FROM replies r LEFT JOIN stream_events e
               ON e.stream = 'replies' AND e.event ->> 'type' = 'reply.sent'
               AND e.event #>> '{data,reply_id}' = r.id::text
           GROUP BY r.id HAVING count(e.position) <> (r.state = 'sent')::int"""
    )
    yield from (id for (id,) in sent)
    of_problems = connection.execute(
        """SELECT event #>> '{data,reply}', event #>> '{data,problem_id}' FROM stream_events
           WHERE stream = 'problems' AND event ->> 'type' = 'problem.replied'"""
    )
    told = Counter((reply, problem) for reply, problem in of_problems)
    owed = connection.execute(
        """SELECT r.id::text, about.problem_id::text FROM replies r JOIN reply_problems about ON about.reply_id = r.id
           WHERE r.state = 'sent' AND r.kind <> 'acknowledgement'"""
    )
    yield from (f"{reply} of {problem}" for reply, problem in (told - Counter(owed)) + (Counter(owed) - told))


def _misdirected(letters: Letters, mails: dict[str, tuple[str, int]]) -> list[str]:
    noted = {(name, person) for name, (person, _) in mails.items()}
    return sorted(f"{name} to {person}" for name, person in noted ^ set(letters))


def _again(letters: Letters, mails: dict[str, tuple[str, int]], cuts: int) -> Iterator[str]:
    """A letter that came more often than it was tried, or more second letters than anything can account for."""
    times = Counter(name for name, _ in letters)
    yield from (name for name, count in times.items() if count > mails.get(name, ("", 0))[1])
    doubled = sum(times.values()) - len(times)
    if doubled > cuts:
        yield f"{doubled} letters came again after {cuts} cuts"


def _proofs(connection: Connection, officials: Officials) -> Iterator[str]:
    """Its checks tell once what came of them: flags for an operator, or that the problem is solved."""
    rows = connection.execute(
        """SELECT event #>> '{data,proof_id}', event ->> 'type' = 'proof.submitted' FROM stream_events
           WHERE stream = 'problems' AND event ->> 'type' IN ('proof.submitted', 'proof.checked', 'problem.solved')"""
    )
    told = Counter((proof, handed_in) for proof, handed_in in rows)
    there: set[UUID] = {id for (id,) in connection.execute("SELECT id FROM proofs WHERE state <> 'submitted'")}
    yield from (str(id) for id in set(officials.proofs) - there)
    for id in there:
        if (told[str(id), True], told[str(id), False]) != (1, 1):
            yield str(id)
    solved = connection.execute(
        """SELECT p.id::text FROM problems p LEFT JOIN stream_events e
               ON e.stream = 'problems' AND e.event ->> 'type' = 'problem.solved'
               AND e.event #>> '{data,problem_id}' = p.id::text
           GROUP BY p.id HAVING count(e.position) <> (p.state = 'solved')::int"""
    )
    yield from (id for (id,) in solved)


def _approved(connection: Connection, officials: Officials) -> Iterator[str]:
    rows = connection.execute(
        "SELECT id::text FROM replies WHERE id = ANY(%s) AND state = 'drafted'", [officials.approved]
    )
    return (id for (id,) in rows)
