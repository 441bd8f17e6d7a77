"""What a citizen is told of the solution of a problem: plan, what was done, what he may say about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from api.views.words import day
from models.resolution import Variant
from models.russian import MONTHS
from resolution.verdicts import Standing, Subject, Term, standing
from resolution.verdicts.rules import WHY_NOT

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """What the executor asks; `answer`: what the author has answered, empty: nothing yet."""

    plan_id: UUID
    asks: str
    explains: str
    answer: str


@dataclass(frozen=True, slots=True)
class Given:
    """The verdict that the author gave."""

    score: int
    solved: bool
    words: str


@dataclass(frozen=True, slots=True)
class Solution:
    """`plan` and `done` are sentences with the executor's words beside; empty: nothing to tell.

    `open_until`: until when the author may judge, where he may now; `closed`: why he may not, where that is to be said.
    """

    problem_id: UUID
    plan: str
    plan_words: str
    done: str
    done_words: str
    before: tuple[UUID, ...]
    after: tuple[UUID, ...]
    question: Question | None
    given: Given | None
    open_until: str
    closed: str


def solution(row: Row, subject: Subject, *, term: Term, now: datetime) -> Solution:
    """`row` is what api.reading.solutions tells of the problem."""
    plan, proof, verdict = row["plan"], row["proof"], row["verdict"]
    stands = standing(subject, now, term)
    going_on = stands in (Standing.AT_WORK, Standing.REOPENED)
    # a plan made before the problem was reopened promises nothing any more
    fresh = plan is not None and (subject.reopened_at is None or plan["planned_at"] > subject.reopened_at)
    planned = _plan(plan, now) if fresh and plan["told"] and (going_on or proof is None) else ("", "")
    done = _done(proof, now) if proof is not None and not going_on else ("", "")
    open_until = ""
    if stands is Standing.OPEN and subject.told_at is not None:
        open_until = day(term.ends_at(subject.told_at), term.zone, now)
    return Solution(
        problem_id=subject.problem_id,
        plan=planned[0],
        plan_words=planned[1],
        done=done[0],
        done_words=done[1],
        before=tuple(photo["id"] for photo in row["photos"] if photo["role"] == "before") if done[0] else (),
        after=tuple(photo["id"] for photo in row["photos"] if photo["role"] == "after") if done[0] else (),
        question=_question(plan)
        if fresh and subject.state == "planned" and subject.end_id == subject.problem_id
        else None,
        given=Given(verdict["score"], verdict["solved"], verdict["words"]) if verdict is not None else None,
        open_until=open_until,
        closed="" if stands in (Standing.OPEN, Standing.AT_WORK) else WHY_NOT[stands],
    )


def _day(value: date, now: datetime) -> str:
    year = f" {value.year} года" if value.year != now.year else ""
    return f"{value.day} {MONTHS[value.month - 1]}{year}"


def _plan(plan: Row, now: datetime) -> tuple[str, str]:
    """A sentence, and the executor's words."""
    due = _day(plan["due_on"], now) if plan["due_on"] else ""
    match plan["variant"]:
        case Variant.DONE:
            return "Исполнитель сообщил, что всё сделано.", plan["words"]
        case Variant.BY_DATE:
            return f"Исполнитель обещает решить до {due}.", plan["words"]
        case Variant.PROGRAMME:
            return f"Стоит в программе: {_ended(plan['ground'])} Срок — до {due}.", plan["words"]
        case Variant.NOT_OURS:
            return f"Этим занимается другой орган: {_ended(plan['ground'])}", plan["words"]
        case Variant.REFUSED:
            return f"Исполнитель отказал: {_ended(plan['ground'])}", plan["words"]
        case _:
            return "", ""  # a question stands by itself


def _ended(words: str) -> str:
    return words if words.endswith((".", "!", "?", "…")) else f"{words}."


def _done(proof: Row, now: datetime) -> tuple[str, str]:
    when = f" {_day(proof['done_on'], now)}" if proof["done_on"] else ""
    return f"Сделано{when}: {proof['executor_name']}.", proof["words"]


def _question(plan: Row) -> Question | None:
    if plan["variant"] != Variant.MORE_INFO:
        return None
    return Question(plan["id"], plan["ground"], plan["words"], plan["answer"] or "")
