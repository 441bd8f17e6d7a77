"""Known tricks against a rating, played in a made-up region: how much each moves the score of who plays it.

Each strategy changes what one executor does with the very problems that he had as an honest one (the same luck), while
all others stay honest; the change of his score is what the trick is worth.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bench.ratings_world import PLAN, TERM, Course, World, courses, entries, rows_of, world
from indicators.facts import verdict_weight
from indicators.ratings.cells import Cells
from indicators.ratings.policy import RatingPolicy
from indicators.ratings.rate import rate
from indicators.way import FULL
from nlp.repeats.store import CANDIDATES

Random = np.random.Generator
Strategy = Callable[[Sequence[Course], World, Random], list[Course]]
FEW = 3
"""Authors whom a cheat can ask for a favour."""


def judged(random: Random, unsolved: float, share: float = 0.4) -> tuple[int, bool, int] | None:
    """A verdict on work that was not done: given with chance `share`, «не решено» with chance `unsolved`."""
    if random.random() > share:
        return None
    return (1, False, FULL) if random.random() < unsolved else (3, True, FULL)


def close_by_explaining(mine: Sequence[Course], made: World, random: Random) -> list[Course]:
    """Whatever would take more than half of the term is answered with an explanation on the second day."""
    return [_explained(course, made, random) if _slow(course) else course for course in mine]


def _slow(course: Course) -> bool:
    return course.solved_in is None or course.solved_in > TERM / 2


def _explained(course: Course, made: World, random: Random) -> Course:
    if course.day + 2 > made.days:
        return course
    return replace(
        course, planned_in=1, solved_in=2, explained=True, flagged=False, formal=random.random() < 0.3,
        verdict=judged(random, 0.7),
    )  # fmt: skip


def close_by_false_proof(mine: Sequence[Course], made: World, random: Random) -> list[Course]:
    """Whatever would take more than half of the term is reported solved on the third day, with an old photo.

    The checks and the operator find every second one (then it is done in its own time), and authors tell the rest.
    """
    found = []
    for course in mine:
        if not _slow(course) or course.day + 3 > made.days:
            found.append(course)
        elif random.random() < 0.5:
            found.append(replace(course, flagged=True, explained=False))
        else:
            done = replace(course, solved_in=3.0, explained=False, verdict=judged(random, 0.75, 0.5))
            found.append(done)
    return found


def reroute(mine: Sequence[Course], _made: World, random: Random) -> list[Course]:
    """Every hard problem is refused; three of five come back, two go to somebody else for good."""
    return [
        replace(course, refused="wrongly" if random.random() < 0.6 else "rightly") if course.hard else course
        for course in mine
    ]


def split(mine: Sequence[Course], _made: World, _random: Random) -> list[Course]:
    """Every problem that was solved in time is made three of one appeal."""
    in_time = [course.solved_in is not None and course.solved_in <= TERM for course in mine]
    return [replace(course, pieces=3) if good else course for course, good in zip(mine, in_time, strict=True)]


def late_and_formal(mine: Sequence[Course], made: World, random: Random) -> list[Course]:
    """Hard problems are left alone and answered after the term with a reply that says nothing."""
    return [
        replace(
            course, solved_in=TERM + 1, explained=True, flagged=False, formal=random.random() < 0.9,
            verdict=judged(random, 0.8),
        )
        if course.hard and course.day + TERM + 1 < made.days
        else course
        for course in mine
    ]  # fmt: skip


def pick_easy(mine: Sequence[Course], _made: World, _random: Random) -> list[Course]:
    """Easy problems go first and are done sooner; hard ones are never done."""
    found = []
    for course in mine:
        if course.hard:
            found.append(replace(course, solved_in=None, verdict=None))
        elif course.solved_in is not None:
            found.append(replace(course, solved_in=course.solved_in * 0.7, planned_in=min(course.planned_in, PLAN - 1)))
        else:
            found.append(course)
    return found


def praise_by_operator(mine: Sequence[Course], _made: World, _random: Random) -> list[Course]:
    """Whoever did not judge is written down with five stars by a friendly operator."""
    return [
        replace(course, verdict=(5, True, verdict_weight({"via": "operator", "solved": True})))
        if course.verdict is None and course.solved_in is not None
        else course
        for course in mine
    ]


def own_appeals(mine: Sequence[Course], made: World, random: Random) -> list[Course]:
    """Three friends, known for long, write half as many appeals as he has, easy ones, and praise what is done."""
    found = list(mine)
    for number in range(len(mine) // 2):
        like = mine[int(random.integers(len(mine)))]
        earlier = number // FEW
        praise = (5, True, verdict_weight({"via": "link", "solved": True, "earlier": earlier}))
        day = float(random.uniform(0, made.days - 3))
        # the search for repeats looks at eight earlier appeals of an author
        said = min(earlier, CANDIDATES)
        found.append(Course(like.executor, like.topic, day, False, 0.5, 2.0, verdict=praise, earlier=said))
    return found


def own_appeals_of_many(mine: Sequence[Course], made: World, random: Random) -> list[Course]:
    """The same by people who are all different, each made up for it, with an own address: all of them are new."""
    return [*mine, *(replace(course, known=False) for course in _by_different(mine, made, random))]


def own_appeals_prepared(mine: Sequence[Course], made: World, random: Random) -> list[Course]:
    """The same by people who were made up half a year before and wrote then: nothing tells them from citizens."""
    return [*mine, *_by_different(mine, made, random)]


def _by_different(mine: Sequence[Course], made: World, random: Random) -> list[Course]:
    own = own_appeals(mine, made, random)[len(mine) :]
    return [replace(course, earlier=0, verdict=_full(course.verdict)) for course in own]


def _full(verdict: tuple[int, bool, int] | None) -> tuple[int, bool, int] | None:
    return verdict and (*verdict[:2], FULL)


def better_work(mine: Sequence[Course], _made: World, random: Random) -> list[Course]:
    """No trick, for comparison: every third late problem is solved in time."""
    return [
        replace(course, solved_in=TERM * 0.9)
        if (course.solved_in is None or course.solved_in > TERM) and random.random() < 1 / 3
        else course
        for course in mine
    ]


STRATEGIES: Mapping[str, Strategy] = {
    "close by explaining": close_by_explaining,
    "close by false proof": close_by_false_proof,
    "reroute": reroute,
    "split one in three": split,
    "late and formal": late_and_formal,
    "pick easy ones": pick_easy,
    "praise by an operator": praise_by_operator,
    "own appeals of three friends": own_appeals,
    "own appeals of many made-up people": own_appeals_of_many,
    "own appeals of people made up half a year before": own_appeals_prepared,
    "better work (no trick)": better_work,
}


@dataclass(frozen=True)
class Change:
    """The change of the score: mean over those who played, with the ends of its 95 % interval, and the worst luck."""

    mean: float
    low: float
    high: float
    raised: float
    games: int


def play(
    worlds: int, players: int, policy: RatingPolicy, *, executors: int = 80, problems: int = 9_600, seed: int = 6
) -> dict[str, Change]:
    """Each strategy by `players` executors of each world in turn."""
    changes: dict[str, list[float]] = {name: [] for name in STRATEGIES}
    for number in range(worlds):
        random = np.random.default_rng([seed, number])
        made = world(executors, problems, 90, random, topics=24)
        honest = [courses(made, executor, random) for executor in range(executors)]
        accounts = [_rows(mine, executor, made) for executor, mine in enumerate(honest)]
        before = _scores(accounts, policy)
        for player in random.choice(executors, players, replace=False):
            for name, strategy in STRATEGIES.items():
                own = np.random.default_rng([seed, number, int(player)])
                played = _rows(strategy(honest[player], made, own), int(player), made)
                after = _scores([*accounts[:player], played, *accounts[player + 1 :]], policy)
                changes[name].append(after[f"executor-{player}"] - before[f"executor-{player}"])
    return {name: _change(found) for name, found in changes.items()}


def _rows(mine: Sequence[Course], executor: int, made: World) -> list[tuple[object, ...]]:
    return rows_of([entries(course, executor * 1_000_000 + at, made.days) for at, course in enumerate(mine)])


def _scores(accounts: Sequence[list[tuple[object, ...]]], policy: RatingPolicy) -> dict[str, float]:
    ratings = rate(Cells.of_rows(row for rows in accounts for row in rows), policy)
    return dict(zip(ratings.names, map(float, ratings.score), strict=True))


def _change(found: Sequence[float]) -> Change:
    values = np.array(found)
    half = 1.96 * values.std(ddof=1) / len(values) ** 0.5
    return Change(
        round(float(values.mean()), 2), round(float(values.mean() - half), 2), round(float(values.mean() + half), 2),
        round(float((values > 0).mean()), 2), len(values),
    )  # fmt: skip
