"""Who may judge when: one verdict a problem and stage, from the closing reply on, as many days as the policy says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from models.refusal import Refused
from models.states import ProblemState

CLOSED = frozenset({ProblemState.SOLVED, ProblemState.ANSWERED})
MOST_WORDS = 2000


class Via(StrEnum):
    """How a verdict came."""

    LINK = "link"  # by the link of a closing reply
    PAGE = "page"  # on the status page
    OPERATOR = "operator"  # by phone or letter: an operator wrote it down


class Standing(StrEnum):
    """Whether a problem can be judged."""

    OPEN = "open"  # now
    AT_WORK = "at_work"  # it is not closed
    MERGED = "merged"  # the same thing as another one of this appeal, which is judged
    REOPENED = "reopened"  # it is not closed: its author said so
    UNTOLD = "untold"  # it is closed, and the closing reply is not sent yet
    GIVEN = "given"  # its author has judged
    OVER = "over"  # the days are over


@dataclass(frozen=True, slots=True)
class Subject:
    """A problem as its author may judge it.

    `end_id`: the problem that goes on in place of a merged one, else itself; `end_appeal_id` is its appeal, and `state`
    and `executor` (the code of the body that answers) are its. `stage`: how often authors reopened it, whoever of those
    who wrote of the same; `reopened_at`: when the last time. `told_at`: when this
    author was sent the closing reply of this stage; None: not yet.
    """

    problem_id: UUID
    region: str
    appeal_id: UUID
    state: ProblemState
    stage: int
    judged: bool
    told_at: datetime | None
    end_id: UUID
    end_appeal_id: UUID
    reopened_at: datetime | None = None
    executor: str = ""

    @property
    def goes_on_beside(self) -> bool:
        """Whether it was merged into another problem of the same appeal."""
        return self.end_id != self.problem_id and self.end_appeal_id == self.appeal_id


@dataclass(frozen=True, slots=True)
class Judged:
    """What the author says. `photo`: digest and media type of a stored picture; empty: none."""

    score: int
    solved: bool
    words: str = ""
    photo: tuple[str, str] = ("", "")


WHY_NOT: Mapping[Standing, str] = {
    Standing.AT_WORK: "Проблема ещё в работе: оценить можно, когда придёт ответ.",
    Standing.MERGED: "Об этом же говорит другая проблема вашего обращения: оцените решение там.",
    Standing.REOPENED: "Проблема снова в работе: оценить можно, когда придёт новый ответ.",
    Standing.UNTOLD: "Ответ ещё готовится: оценить можно, когда он придёт.",
    Standing.GIVEN: "Оценка уже поставлена. Спасибо!",
    Standing.OVER: "Срок, когда ответ можно было оценить, прошёл. Если проблема осталась, напишите новое обращение.",
}


@dataclass(frozen=True, slots=True)
class Term:
    """How long an author may judge: whole days of the region's time, the last one included, as his letter says."""

    days: int
    zone: ZoneInfo

    def ends_at(self, told_at: datetime) -> datetime:
        """The last moment at which a verdict can be given."""
        last = told_at.astimezone(self.zone).date() + timedelta(days=self.days)
        return datetime.combine(last, time.max, self.zone)


def standing(subject: Subject, now: datetime, term: Term) -> Standing:
    """Whether the problem can be judged by its author."""
    if subject.goes_on_beside:
        return Standing.MERGED
    if subject.state not in CLOSED:
        return Standing.REOPENED if subject.stage else Standing.AT_WORK
    if subject.judged:
        return Standing.GIVEN
    if subject.told_at is None:
        return Standing.UNTOLD
    return Standing.OVER if now > term.ends_at(subject.told_at) else Standing.OPEN


def checked(subject: Subject, judged: Judged, via: Via, now: datetime, term: Term) -> Judged:
    """The verdict as it is kept. Raises Refused, in Russian for who gives it.

    What an operator writes down may come after the days: a letter takes its time.
    """
    stands = standing(subject, now, term)
    late = via is Via.OPERATOR and stands in (Standing.OVER, Standing.UNTOLD)
    if stands is not Standing.OPEN and not late:
        raise Refused(WHY_NOT[stands])
    if not 1 <= judged.score <= 5:
        raise Refused("Поставьте оценку от 1 до 5.")
    words = judged.words.strip()
    if len(words) > MOST_WORDS:
        raise Refused(f"Слишком длинно: можно до {MOST_WORDS} знаков.")
    return Judged(judged.score, judged.solved, words, judged.photo)
