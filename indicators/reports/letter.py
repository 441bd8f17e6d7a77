"""The head's letter about one week: what it holds. It is stored so, and page, e-mail and PDF are made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Flow:
    """Counts of a week, of the week before and of the same week of last year; None where that is not known."""

    week: int
    previous: int
    last_year: int | None


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A topic group in the week."""

    name: str
    came: Flow
    closed: int
    overdue: int


@dataclass(frozen=True, slots=True)
class TopicLine:
    """How a topic keeps its terms: of `ended` terms of solution `late` were; the share leans on the mean of all."""

    name: str
    group_name: str
    ended: int
    late: int
    late_share: float


@dataclass(frozen=True, slots=True)
class GrownLine:
    name: str
    group_name: str
    now: int
    usual: float


@dataclass(frozen=True, slots=True)
class SpotLine:
    """A hot spot that holds; `group_name` empty: all topics."""

    group_name: str
    municipality: str
    appeals: int
    expected: float
    first_day: str


@dataclass(frozen=True, slots=True)
class RatedLine:
    """An executor's rating, 0 to 100 with its interval, and by how many problems."""

    name: str
    score: float
    low: float
    high: float
    problems: int


@dataclass(frozen=True, slots=True)
class Ahead:
    """The next four weeks by the forecast, and the last four. `method` as in indicators.forecast.outcome."""

    method: str
    problems: float
    low: float
    high: float
    last_four: int
    groups: tuple[tuple[str, float, int], ...]
    """Groups with the greatest change: name, foretold, last four weeks."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    given: int
    score: float | None
    not_solved: int


@dataclass(frozen=True, slots=True)
class Letter:
    """One week, `first_day` its Monday."""

    region_name: str
    first_day: str
    last_day: str
    came: Flow
    solved: Flow
    answered: int
    reopened: int
    open: int
    overdue: int
    verdicts: Verdicts
    groups: tuple[GroupLine, ...]
    grown: tuple[GrownLine, ...]
    worst: tuple[TopicLine, ...]
    best: tuple[TopicLine, ...]
    spots: tuple[SpotLine, ...]
    rated: tuple[RatedLine, ...]
    ahead: Ahead | None
    weeks: tuple[tuple[str, int, int | None], ...]
    """Weeks for the chart: Monday, problems, problems of the same week of last year."""
    words: tuple[str, ...] = ()
    """The beginning in words, sentence by sentence."""
    late_on: str = ""
    """The day on which it was made, where the time of a later letter had come by then; empty: in its own time."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def of_json(content: Mapping[str, Any]) -> Letter:
    """A stored letter."""
    told = dict(content)
    for name, kind in LINES.items():
        told[name] = tuple(kind(**line) for line in told[name])
    told["groups"] = tuple(GroupLine(**{**line, "came": Flow(**line["came"])}) for line in content["groups"])
    told["came"], told["solved"] = Flow(**content["came"]), Flow(**content["solved"])
    told["verdicts"] = Verdicts(**content["verdicts"])
    ahead = content["ahead"]
    told["ahead"] = ahead and Ahead(**{**ahead, "groups": tuple(tuple(one) for one in ahead["groups"])})
    told["weeks"] = tuple((day, count, before) for day, count, before in content["weeks"])
    told["words"] = tuple(content["words"])
    return Letter(**told)


LINES: Mapping[str, type] = {
    "grown": GrownLine,
    "worst": TopicLine,
    "best": TopicLine,
    "spots": SpotLine,
    "rated": RatedLine,
}


def week_of(letter: Letter) -> date:
    """The Monday."""
    return date.fromisoformat(letter.first_day)
