"""What each step of a problem owes the author: letters, read from the tables as they stand now."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol
from uuid import UUID

from models.events import Event, EventType
from models.identifiers import derived_id
from models.pack import RegionPack
from models.regimes import Regime
from models.resolution import CLOSING, ReplyKind, ReplyState, Variant
from models.states import ProblemState, Who
from resolution.replies import letters, store
from resolution.replies.letters import CLOSED, INTERIM, OPEN, policy_of
from resolution.replies.records import Letter, Opener, Outcome, Section
from resolution.replies.store import Appeal, Problem, Said, Told
from streams.contract import Connection

PackOf = Callable[[str], RegionPack]
Hide = Callable[[str, str], str]
"""Words without personal data, given the name of whom they are about."""
WAITING = frozenset({ReplyState.DRAFTED, ReplyState.APPROVED})
BEFORE_THE_END = frozenset({ReplyKind.INTERIM, ReplyKind.QUESTION})
NOTICES = {
    EventType.TERM_EXTENDED: (ReplyKind.EXTENSION, Outcome.EXTENDED),
    EventType.APPEAL_FORWARDED: (ReplyKind.FORWARDING, Outcome.FORWARDED),
}


class Deadlines(Protocol):
    """By when an author is answered, as the clocks count it."""

    def first(self, region: str, topic: str, regime: Regime, urgency: int, accepted_at: datetime) -> datetime | None:
        """The deadline that a problem just found begins with."""

    def current(self, connection: Connection, problem_id: UUID) -> datetime | None:
        """The deadline as it stands after all that happened to the problem."""


@dataclass(frozen=True, slots=True)
class Owed:
    """A letter to draft. `waits`: a person must approve it whatever the policy of its kind says."""

    letter: Letter
    waits: bool = False


@dataclass
class Steps:
    """The appeals of a batch of events, locked until the commit, with everything their replies are made of."""

    connection: Connection
    pack_of: PackOf
    deadlines: Deadlines
    hide: Hide
    appeals: dict[UUID, Appeal] = field(default_factory=dict)
    problems: dict[UUID, list[Problem]] = field(default_factory=dict)
    by_id: dict[UUID, Problem] = field(default_factory=dict)
    plans: dict[UUID, Said] = field(default_factory=dict)
    proofs: dict[UUID, Said] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)

    def load(self, appeal_ids: Collection[UUID]) -> None:
        """Read the appeals; those whose authors can be told nothing are left out."""
        self.appeals = store.appeals(self.connection, appeal_ids, lock=True)
        self.problems = store.problems_of(self.connection, self.appeals)
        own = [each for problems in self.problems.values() for each in problems]
        self.by_id = {each.id: each for each in own}
        self._follow_merges(own)
        self.plans = store.plans_of(self.connection, self.by_id)
        self.proofs = store.proofs_of(self.connection, self.by_id)
        self.told = store.told(self.connection, self.appeals)

    def _follow_merges(self, own: Sequence[Problem]) -> None:
        """Read the problems that go on in place of merged ones, however long the chain."""
        wanted = {each.into for each in own if each.into is not None} - self.by_id.keys()
        while wanted:
            found = store.problems(self.connection, wanted)
            self.by_id.update(found)
            wanted = {each.into for each in found.values() if each.into is not None} - self.by_id.keys()

    def planned(self, event: Event) -> Iterable[Owed]:
        """What the executor will do, or what he asks: told at once while his plan holds."""
        problem = self.by_id[UUID(event.data["problem_id"])]
        plan = self.plans.get(problem.id)
        if plan is None or plan.variant is None or plan.variant not in INTERIM:
            return
        if problem.state not in (ProblemState.PLANNED, ProblemState.REPORTED):
            return
        kind, outcome = INTERIM[plan.variant]
        about = self._section(problem, outcome, said=plan)
        appeal = self.appeals[problem.appeal_id]
        policy = policy_of(self.pack_of(appeal.region))
        # an explanation that an operator has not agreed to yet goes to nobody by itself
        waits = plan.variant is Variant.PROGRAMME and Variant.PROGRAMME in policy.close_by_approval
        yield Owed(self._letter(appeal, kind, derived_id(plan.source, "interim"), [about]), waits)

    def reopened(self, event: Event) -> Iterable[Owed]:
        """It goes on: told to who said that it is not solved, and to everybody who was told that it is."""
        end = self.by_id.get(UUID(event.data["problem_id"]))
        if end is None or end.state not in OPEN:
            return
        executor = store.executors_of(self.connection, [end.id]).get(end.id)
        deadline = self.deadlines.current(self.connection, end.id)
        for problem in self._same_as(end):
            opener = _opener(event, problem)
            own = opener in (Opener.AUTHOR, Opener.RETOLD)
            if problem.appeal_id not in self.appeals or not (own or self._was_told(problem, end)):
                continue
            about = self._section(
                problem, Outcome.REOPENED, source=event.id, executor=executor, deadline=deadline, opener=opener
            )
            merged = () if problem.id == end.id else (str(problem.id),)
            cause = derived_id(event.id, "reopened", *merged)
            yield Owed(self._letter(self.appeals[problem.appeal_id], ReplyKind.INTERIM, cause, [about]))

    def _same_as(self, end: Problem) -> list[Problem]:
        """The problem, and those of other appeals that go on in it."""
        merged = [each for each in self.by_id.values() if self._goes_on_in(each, end.id)]
        return [end, *(each for each in merged if not self._is_said_elsewhere(each, end))]

    def _was_told(self, problem: Problem, end: Problem) -> bool:
        """Whether the problem's author has an answer that says it is closed."""
        ends = {said.source for said in (self.plans.get(end.id), self.proofs.get(end.id)) if said is not None}
        return any(
            each.problem_id == problem.id
            and each.kind in CLOSING
            and each.state is ReplyState.SENT
            and each.source in ends
            for each in self.told
        )

    def notice(self, event: Event) -> Iterable[Owed]:
        """The term was extended, or the appeal forwarded: a letter a notice, about the open problems that it is of."""
        kind, outcome = NOTICES[event.type]
        appeal = self.appeals[event.key]
        to, notice = str(event.data.get("to", "")), str(event.data.get("notice", ""))
        noticed = store.noticed(self.connection, event.key, event.type, notice, to)
        sections = [
            self._section(
                each,
                outcome,
                source=event.key,
                ground=to,
                deadline=self.deadlines.current(self.connection, each.id) if kind is ReplyKind.EXTENSION else None,
            )
            for each in self.problems[event.key]
            if each.state in OPEN and each.id in noticed
        ]
        if sections:
            yield Owed(self._letter(appeal, kind, derived_id(event.key, event.type, notice, to), sections))

    def closings(self, gone: Collection[UUID] = ()) -> Iterable[Owed]:
        """The answers that are ready: one an appeal when nothing of it is open, or one a problem by policy.

        What stands only in a reply that is `gone`, or gives way to one of these answers, is told by them too.
        """
        for appeal in self.appeals.values():
            policy = policy_of(self.pack_of(appeal.region))
            ends = [(each, self._end_of(each)) for each in self.problems.get(appeal.id, ())]
            if policy.reply_per == "appeal" and any(end.state in OPEN for _, end in ends):
                continue
            ready = [
                self._closing(each, end)
                for each, end in ends
                if end.state in CLOSED and not self._is_said_elsewhere(each, end)
            ]
            sections = self._untold(ready, gone)
            letters_of = [[about] for about in sections] if policy.reply_per == "problem" else [sections]
            for each_letter in filter(None, letters_of):
                kind = letters.closing_kind([about.outcome for about in each_letter])
                marks = sorted(f"{about.problem_id}:{about.source}" for about in each_letter)
                cause = self._new_cause(derived_id("closing", *marks), gone)
                yield Owed(self._letter(appeal, kind, cause, each_letter))

    def _new_cause(self, cause: UUID, gone: Collection[UUID]) -> UUID:
        """Another one where the letter of this cause was taken back and is owed again: a merge undone and made anew."""
        away = {each.reply_id for each in self.told if each.state is ReplyState.CANCELLED} | set(gone)
        while cause in away:
            cause = derived_id(cause, "again")
        return cause

    def _untold(self, ready: Sequence[Section], gone: Collection[UUID]) -> list[Section]:
        """The sections that no closing reply says, or will say once those that wait about one of them gave way."""
        away = set(gone)
        while True:
            sections = [about for about in ready if not self._is_covered(about, away)]
            about = {each.problem_id for each in sections}
            waiting = {
                each.reply_id
                for each in self.told
                if each.problem_id in about and each.state in WAITING and each.kind in CLOSING
            }
            if waiting <= away:
                return sections
            away |= waiting

    def _end_of(self, problem: Problem) -> Problem:
        """The problem that goes on in place of a merged one; itself otherwise."""
        seen = {problem.id}
        while problem.state is ProblemState.MERGED and problem.into in self.by_id and problem.into not in seen:
            problem = self.by_id[problem.into]
            seen.add(problem.id)
        return problem

    def _goes_on_in(self, problem: Problem, other: UUID) -> bool:
        """Whether the problem was merged into the other one, however long the chain."""
        seen: set[UUID] = set()
        while problem.state is ProblemState.MERGED and problem.into is not None and problem.into not in seen:
            if problem.into == other:
                return True
            seen.add(problem.into)
            if problem.into not in self.by_id:
                return False
            problem = self.by_id[problem.into]
        return False

    def _is_said_elsewhere(self, problem: Problem, end: Problem) -> bool:
        """A problem merged into another one of the same appeal is answered there."""
        return problem.id != end.id and problem.appeal_id == end.appeal_id

    def _closing(self, problem: Problem, end: Problem) -> Section:
        outcome, said = letters.closed_by(end, self.plans.get(end.id), self.proofs.get(end.id))
        if said is not None and end.appeal_id != problem.appeal_id:
            # the executor may have written of the other author: his name, or where he was called
            name = store.author_of(self.connection, end.appeal_id)
            said = replace(said, words=self.hide(said.words, name), ground=self.hide(said.ground, name))
        return self._section(replace(problem, state=end.state), outcome, said=said, source=end.id)

    def _is_covered(self, about: Section, away: Collection[UUID]) -> bool:
        """Whether a closing reply says it already that is not among those `away`."""
        return any(
            each.reply_id not in away
            and each.problem_id == about.problem_id
            and each.source == about.source
            and each.kind in CLOSING
            and each.state is not ReplyState.CANCELLED
            for each in self.told
        )

    def put_back(self, event: Event) -> set[UUID]:
        """The waiting replies that a reopening, a merge undone or a returned plan makes untrue."""
        problem, plan = UUID(event.data["problem_id"]), event.data.get("plan_id")
        same = {problem} | {each.id for each in self.by_id.values() if self._goes_on_in(each, problem)}
        return {
            each.reply_id
            for each in self.told
            if each.problem_id in same
            and each.state in WAITING
            and (str(each.source) == plan if plan else each.kind in CLOSING and not self._holds(each))
        }

    def _holds(self, told: Told) -> bool:
        """Whether it is still what came of the problem: the event that puts it back may be read after the next end."""
        problem = self.by_id.get(told.problem_id) if told.problem_id is not None else None
        end = self._end_of(problem) if problem is not None else None
        if problem is None or end is None or end.state not in CLOSED:
            return False
        return self._closing(problem, end).source == told.source

    def outdated_by(self, letter: Letter) -> set[UUID]:
        """The waiting replies about the same problems that this letter takes the place of."""
        if letter.kind not in CLOSING | BEFORE_THE_END or not letter.sections:
            return set()
        replaced = BEFORE_THE_END | CLOSING if letter.kind in CLOSING else BEFORE_THE_END
        about = {each.problem_id for each in letter.sections}
        return {
            each.reply_id
            for each in self.told
            if each.problem_id in about
            and each.state in WAITING
            and each.kind in replaced
            and each.cause != letter.cause
        }

    def _section(self, problem: Problem, outcome: Outcome, **about: object) -> Section:
        appeal = self.appeals[problem.appeal_id]
        return letters.section(appeal, problem, outcome, self.pack_of(appeal.region), **about)  # type: ignore[arg-type]

    def _letter(self, appeal: Appeal, kind: ReplyKind, cause: UUID, sections: Sequence[Section]) -> Letter:
        return letter_of(appeal, kind, cause, sections, self.pack_of(appeal.region))


def _opener(event: Event, problem: Problem) -> Opener:
    """Who opened it again, as the author of this problem is told. Events of before know only citizens and operators."""
    by_citizen = event.data["by"] == Who.CITIZEN
    said_by = event.data.get("said_by") or (event.data["problem_id"] if by_citizen else "")
    if not said_by:
        return Opener.OPERATOR
    if said_by != str(problem.id):
        return Opener.OTHER
    return Opener.AUTHOR if by_citizen else Opener.RETOLD


def letter_of(appeal: Appeal, kind: ReplyKind, cause: UUID, sections: Sequence[Section], pack: RegionPack) -> Letter:
    return letters.letter(appeal, kind, cause, sections, pack, policy_of(pack).verdict_days)
