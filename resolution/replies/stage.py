"""The drafting stage: reads what happens to problems and drafts the reply that each step owes the author.

The cause of a reply (the appeal, the plan, the set of what closed its problems) makes the reply's id, so that the same
event again drafts nothing. What is owed is read from the tables and not from the event: an event that is outdated when
it comes drafts nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import streams
from models.analysis import Dismissal
from models.events import Event, EventType, Stream
from models.identifiers import derived_id
from models.message import Channel
from models.pack import RegionPack
from models.present import Now, present
from models.resolution import ReplyKind
from resolution.replies import letters, store
from resolution.replies.drafting import drafted, told, told_of
from resolution.replies.emptiness import judged
from resolution.replies.records import Draft, Outcome
from resolution.replies.steps import Deadlines, Hide, Owed, PackOf, Steps, letter_of
from streams.contract import Connection, Stage

ANSWERED_DISMISSALS = frozenset({Dismissal.THANKS, Dismissal.TALK, Dismissal.EMPTY})
"""Spam and abuse are not answered."""
FIRST = frozenset({EventType.PROBLEM_FOUND, EventType.APPEAL_DISMISSED})
CLOSES = frozenset(
    {
        EventType.PROBLEM_SOLVED,
        EventType.PROBLEM_ANSWERED,
        # the last open problem was put away: the others may be answered now
        EventType.PROBLEM_MERGED,
        EventType.PROBLEM_DISMISSED,
    }
)
PUTS_BACK = frozenset({EventType.PROBLEM_REOPENED, EventType.PROBLEM_RESTORED, EventType.PLAN_RETURNED})
READ = FIRST | CLOSES | PUTS_BACK | {EventType.SOLUTION_PLANNED, EventType.TERM_EXTENDED, EventType.APPEAL_FORWARDED}


def replies_stage(pack_of: Callable[[str], RegionPack], deadlines: Deadlines, hide: Hide, now: Now = present) -> Stage:
    """The stage, given where to find the pack of a region, how to count deadlines and how to hide personal data."""

    def handle(connection: Connection, events: Sequence[Event]) -> None:
        Batch(connection, pack_of, deadlines, hide, now()).handle(events)

    return Stage("replies", Stream.PROBLEMS, READ, handle)


@dataclass(frozen=True)
class Batch:
    """One batch of events in its transaction."""

    connection: Connection
    pack_of: PackOf
    deadlines: Deadlines
    hide: Hide
    now: datetime

    def handle(self, events: Sequence[Event]) -> None:
        first = {each.key for each in events if each.type in FIRST}
        owed = list(self._acknowledgements(first)) if first else []
        outdated: set[UUID] = set()
        later = [each for each in events if each.type not in FIRST]
        if later:
            steps = self._steps(later)
            outdated = {old for each in later if each.type in PUTS_BACK for old in steps.put_back(each)}
            owed += self._fresh(owing(steps, later, outdated))
            outdated |= {old for each in owed for old in steps.outdated_by(each.letter)}
        drafts = self._drafted(owed)
        cancelled = store.cancel_outdated(self.connection, outdated, self.now) if outdated else []
        store.insert(self.connection, drafts, self.now)
        gone = told_of(EventType.REPLY_CANCELLED, cancelled, self.now, "machine")
        streams.append(self.connection, Stream.REPLIES, [*told(drafts, self.now), *gone])

    def _acknowledgements(self, appeal_ids: Collection[UUID]) -> list[Owed]:
        """One an appeal: what was understood of it, and by when it is answered."""
        causes = {each: (derived_id(each, "acknowledgement"), derived_id(each, "thanks")) for each in appeal_ids}
        known = store.drafted(self.connection, [cause for both in causes.values() for cause in both])
        wanted = [each for each, (received, _) in causes.items() if received not in known]
        if not wanted:
            return []
        found, problems = store.appeals(self.connection, wanted), store.problems_of(self.connection, wanted)
        owed = []
        for appeal_id in sorted(found):
            appeal, of_it = found[appeal_id], problems.get(appeal_id, [])
            received, thanked = causes[appeal_id]
            cause = received if of_it else thanked
            if cause in known or not (of_it or appeal.dismissal in ANSWERED_DISMISSALS):
                continue
            if appeal.channel is Channel.FILE:  # imported: whoever took it in has acknowledged it
                continue
            pack = self.pack_of(appeal.region)
            sections = [
                letters.section(
                    appeal, each, Outcome.UNDERSTOOD, pack, source=appeal_id, deadline=self._deadline(appeal, each)
                )
                for each in of_it
            ]
            owed.append(Owed(letter_of(appeal, ReplyKind.ACKNOWLEDGEMENT, cause, sections, pack)))
        return owed

    def _deadline(self, appeal: store.Appeal, problem: store.Problem) -> datetime | None:
        return self.deadlines.first(appeal.region, problem.topic, appeal.regime, problem.urgency, appeal.accepted_at)

    def _steps(self, events: Sequence[Event]) -> Steps:
        ids = {each.key for each in events}
        closed = {UUID(each.data["problem_id"]) for each in events if each.type in CLOSES | PUTS_BACK}
        if closed:
            ids |= store.appeals_of_merged(self.connection, closed)
        steps = Steps(self.connection, self.pack_of, self.deadlines, self.hide)
        steps.load(ids)
        return steps

    def _fresh(self, owed: Sequence[Owed]) -> list[Owed]:
        """Those whose cause has drafted nothing yet, each once."""
        by_cause = {each.letter.cause: each for each in owed}
        known = store.drafted(self.connection, list(by_cause)) if by_cause else set()
        return [each for cause, each in by_cause.items() if cause not in known]

    def _drafted(self, owed: Sequence[Owed]) -> list[Draft]:
        flags = judged(self.connection, [each.letter for each in owed], self.now)
        return [
            drafted(each.letter, self.pack_of(each.letter.region), flags.get(each.letter.cause, ()), waits=each.waits)
            for each in owed
        ]


def owing(steps: Steps, events: Sequence[Event], gone: Collection[UUID]) -> list[Owed]:
    """What the events owe the authors, as the tables stand. `gone`: waiting replies that they made untrue."""
    owed: list[Owed] = []
    for each in events:
        if each.type is EventType.PROBLEM_REOPENED:
            owed += steps.reopened(each)
        elif each.key not in steps.appeals:
            continue
        elif each.type is EventType.SOLUTION_PLANNED:
            owed += steps.planned(each)
        elif each.type in (EventType.TERM_EXTENDED, EventType.APPEAL_FORWARDED):
            owed += steps.notice(each)
    return [*owed, *steps.closings(gone)]
