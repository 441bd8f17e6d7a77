"""A region whose truth is known: executors of known quality, and the course of each of their problems.

Courses become facts and terms as the stages would have them, and entries by the product's own rule; nothing of how a
rating is made is known here. Odds are the author's guesses at a region's ordinary life, stated in `odds`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from indicators.facts import Fact
from indicators.ratings.components import COMPONENTS
from indicators.ratings.policy import DEFAULT, RatingPolicy
from indicators.terms import Term
from indicators.way import FULL, Refusal, Stage, Stint, Way
from indicators.work import Key, entries_of
from models.regimes import Identity
from models.states import ProblemState

REGION = "omsk"
ZONE = ZoneInfo("Asia/Omsk")
START = datetime(2025, 9, 1, 3, tzinfo=UTC)
DAY = timedelta(days=1)
PLAN, TERM = 3.0, 10.0
"""Days of the terms."""
NEW = 1.1
"""The logit of the usual share of authors who write for the first time: three of four."""
AUTHORS = RatingPolicy.read(DEFAULT).authors
Numbers = NDArray[np.float64]
Entries = dict[Key, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Course:
    """What becomes of one problem. Days are counted from START; `solved_in` None: still open at the end."""

    executor: str
    topic: str
    day: float
    hard: bool
    planned_in: float
    solved_in: float | None
    explained: bool = False
    flagged: bool = False
    formal: bool = False
    verdict: tuple[int, bool, int] | None = None  # score, «решено», weight in thousandths
    refused: str = ""  # wrongly: it came back and he closed it; rightly: it went to another one
    pieces: int = 1
    earlier: int = 0
    known: bool = True  # its author was heard of long before


@dataclass(frozen=True)
class World:
    """`skill`: by executor and component, about 0 with deviation 1, greater is better. `topics`: of each executor.

    `new`: by topic and executor, the share of authors who write for the first time.
    """

    skill: Numbers
    difficulty: Numbers
    topics: NDArray[np.intp]
    new: Numbers
    volume: NDArray[np.intp]
    days: int

    @property
    def executors(self) -> int:
        return len(self.skill)


def world(executors: int, problems: int, days: int, random: np.random.Generator, topics: int = 160) -> World:
    """Executors with one common skill and one of each component, eight topics each, volumes far apart."""
    common = random.normal(size=(executors, 1))
    skill = 0.8 * common + 0.6 * random.normal(size=(executors, len(COMPONENTS)))
    share = random.lognormal(0, 0.9, executors)
    volume = np.maximum(1, np.round(problems * share / share.sum())).astype(np.intp)
    chosen = np.stack([random.choice(topics, 8, replace=False) for _ in range(executors)])
    difficulty = random.normal(0, 0.6, topics)
    new = chance(NEW + random.normal(0, 0.4, (topics, 1)) + random.normal(0, 0.3, (1, executors)))
    return World(skill, difficulty, chosen, new, volume, days)


def chance(logit: Numbers) -> Numbers:
    return 1 / (1 + np.exp(-logit))


def odds(skill: Numbers, difficulty: Numbers, hard: Numbers) -> dict[str, Numbers]:
    """The chance of each thing, for problems of one executor with these difficulties."""
    plan, solve, score, unsolved, _, flagged, formal, explained, _, speed, wrongly, refused = skill
    return {
        "plan": chance(-2.2 + 0 * hard - 0.5 * plan),
        "solve": chance(-1.8 + difficulty + 1.2 * (hard - 0.3) - 0.6 * solve),
        "unsolved": chance(-1.7 + 0.5 * hard + 0.4 * difficulty - 0.6 * unsolved),
        "flagged": chance(-2.8 + 0 * hard - 0.6 * flagged),
        "formal": chance(-2.5 + 0 * hard - 0.5 * formal),
        "explained": chance(-2.2 + 0.8 * difficulty - 0.4 * explained),
        "wrongly": chance(-4.0 + 0 * hard - 0.5 * wrongly),
        "refused": chance(-3.0 + 0 * hard - 0.4 * refused),
        "five": chance(0.2 + 0 * hard + 0.7 * score),
        "speed": np.exp(-0.7 - 0.25 * speed + 0 * hard),
    }


def courses(made: World, executor: int, random: np.random.Generator) -> list[Course]:
    """What becomes of the problems of one executor who is honest."""
    count = int(made.volume[executor])
    topic = random.choice(made.topics[executor], count)
    day = np.sort(random.uniform(0, made.days, count))
    hard = (random.random(count) < 0.3).astype(np.float64)
    told = odds(made.skill[executor], made.difficulty[topic], hard)
    luck = {name: random.random(count) < told[name] for name in told if name != "speed"}
    late_by, early = random.exponential(6, count), np.clip(told["speed"] * random.lognormal(0, 0.5, count), 0.03, 0.99)
    planned = np.where(luck["plan"], PLAN + random.exponential(2, count), random.uniform(0.2, 2.8, count))
    solved = np.where(luck["solve"], TERM + late_by, TERM * early)
    known = random.random(count) >= made.new[topic, executor]
    judged, low = random.random(count) < 0.4, random.integers(1, 3, count)
    found = []
    for at in range(count):
        explained, unsolved = bool(luck["explained"][at]), bool(luck["unsolved"][at])
        if explained:
            unsolved = unsolved or random.random() < 0.5
        score = int(low[at]) if unsolved else (5 if luck["five"][at] else 4)
        refused = "wrongly" if luck["wrongly"][at] else "rightly" if luck["refused"][at] else ""
        open_still = day[at] + solved[at] > made.days
        found.append(
            Course(
                f"executor-{executor}", f"{topic[at]:03d}", float(day[at]), bool(hard[at]), float(planned[at]),
                None if open_still else float(solved[at]), explained, bool(luck["flagged"][at]) and not explained,
                bool(luck["formal"][at]) or (explained and random.random() < 0.2),
                (score, not unsolved, FULL) if judged[at] and not open_still else None, refused,
                known=bool(known[at]),
            )
        )  # fmt: skip
    return found


def entries(course: Course, number: int, until: float) -> dict[UUID, Entries]:
    """What a course adds to accounts, by problem. `until`: the day on which the world is looked at."""
    facts, terms = told(course, number, until)
    return entries_of(facts, {fact.problem: terms[fact.problem] for fact in facts}, ZONE, AUTHORS)


def told(course: Course, number: int, until: float) -> tuple[list[Fact], dict[UUID, list[Term]]]:
    """Facts and terms of a course as the stages would have them; `number` makes its ids."""
    appeal = UUID(int=(1 << 100) + number)
    facts, terms = [], {}
    for piece in range(course.pieces):
        problem = UUID(int=(2 << 100) + number * 16 + piece)
        facts.append(_fact(course, problem, appeal, until))
        terms[problem] = list(_terms(course, problem, appeal, until))
    return facts, terms


def _at(day: float) -> datetime:
    return START + day * DAY


def _fact(course: Course, problem: UUID, appeal: UUID, until: float) -> Fact:
    start = _at(course.day)
    mine = Stint(course.executor, "", start)
    refusals: tuple[Refusal, ...] = ()
    stints: tuple[Stint, ...] = (mine,)
    if course.refused:
        left = _at(course.day + 0.5)
        refusals = (Refusal(course.executor, "", left),)
        if course.refused == "rightly":
            stints = (replace(mine, end=left),)  # what the other one does with it is not told here
            return _made(course, problem, appeal, ProblemState.QUEUED, Way(stints, (Stage(start),), refusals))
        stints = (replace(mine, end=left), Stint(course.executor, "", _at(course.day + 1)))
    stages = _stages(course, start, until)
    state = ProblemState.ASSIGNED if stages[-1].closed_at is None else ProblemState.SOLVED
    if stages[-1].closed_at is not None and not stages[-1].solved:
        state = ProblemState.ANSWERED
    return _made(course, problem, appeal, state, Way(stints, stages, refusals))


def _made(course: Course, problem: UUID, appeal: UUID, state: ProblemState, way: Way) -> Fact:
    start = _at(course.day)
    return Fact(
        problem, REGION, appeal, state, course.topic, "Омск г.о.", "891181b6d63ffff", 2, "portal", start, start, way,
        None, course.earlier, f"{problem.int & 0xFFFFFFFF:08x}", start, start, None,
        365 if course.known else 0, Identity.STATED.value,
    )  # fmt: skip


def _stages(course: Course, start: datetime, until: float) -> tuple[Stage, ...]:
    planned = _at(course.day + course.planned_in) if course.day + course.planned_in < until else None
    if course.solved_in is None:
        return (Stage(start, planned_at=planned),)
    closed = _at(course.day + course.solved_in)
    score, solved, weight = course.verdict or (0, False, FULL)
    first = Stage(
        start, planned_at=planned, variant="refused" if course.explained else "by_date", reported_at=closed,
        reports=0 if course.explained else 1 + course.flagged, flagged=int(course.flagged), closed_at=closed,
        solved=not course.explained, executor=course.executor, replied_at=closed, replies=1,
        formal=int(course.formal), verdict_at=closed + DAY if course.verdict else None, score=score,
        said_solved=solved, weight=weight, reopened=course.verdict is not None and not solved,
    )  # fmt: skip
    if not first.reopened:
        return (first,)
    again = closed + DAY
    ended = closed + 4 * DAY
    if ended > _at(until):
        return first, Stage(again)
    return first, Stage(again, reports=1, reported_at=ended, closed_at=ended, solved=True, executor=course.executor)


def _terms(course: Course, problem: UUID, appeal: UUID, until: float) -> Iterator[Term]:
    if course.refused == "rightly":
        return
    start = _at(course.day)
    began = _at(course.day + 1) if course.refused else start
    for clock, days, done in (("plan", PLAN, course.planned_in), ("solve", TERM, course.solved_in)):
        if clock == "solve" and course.refused:
            clock = "work"
        since = began if clock in ("plan", "work") else start
        deadline = since + days * DAY
        stopped = None if done is None else max(since, _at(course.day + done))
        if clock == "plan" and course.solved_in is not None:
            stopped = min(stopped or _at(until), _at(course.day + course.solved_in))
        if stopped is None or stopped > _at(until):
            if deadline <= _at(until):
                yield Term(problem, clock, deadline, REGION, appeal, breached_at=deadline)
        else:
            late = stopped > deadline
            yield Term(
                problem, clock, deadline, REGION, appeal, since, stopped, "first", late, deadline if late else None
            )


def rows_of(accounts: Sequence[dict[UUID, Entries]]) -> list[tuple[object, ...]]:
    """Rows for indicators.ratings.cells: sums by executor, topic and month."""
    sums: dict[tuple[object, ...], list[int]] = {}
    for account in accounts:
        for entries in account.values():
            for key, counts in entries.items():
                total = sums.setdefault((key.executor, key.topic, key.day.replace(day=1)), [0] * len(counts))
                for number, count in enumerate(counts):
                    total[number] += count
    return [(*key, *counts) for key, counts in sums.items()]
