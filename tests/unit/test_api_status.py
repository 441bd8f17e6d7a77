"""What a citizen is told of his appeal, state by state."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from api.views.status import told
from models.analysis import Dismissal
from models.states import ProblemState

ZONE = ZoneInfo("Asia/Omsk")
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TEXT = "Яма у дома 5. Звоните 89001112233"


def appeal(state: str = "analysed", **columns: Any) -> dict[str, Any]:
    marks = [{"kind": "phone", "span": [22, 33]}]
    base = {"text": TEXT, "privacy": marks, "state": state, "analysed_at": NOW, "dismissal": None}
    return base | columns


def problem(state: str = "queued", **columns: Any) -> dict[str, Any]:
    base = {
        "id": uuid4(),
        "state": state,
        "text": TEXT,
        "spans": [[0, len(TEXT)]],
        "topic_name": "Ямы на дорогах",
        "group_name": "Дороги",
        "place": {"settlement": "Городок"},
        "executor_name": "Департамент транспорта",
        "merged_into": None,
    }
    return base | columns


def clock(row: dict[str, Any], kind: str, left: timedelta) -> dict[str, Any]:
    return {"problem_id": row["id"], "kind": kind, "deadline_at": NOW + left, "stopped_at": None}


@pytest.mark.parametrize("state", list(ProblemState))
def test_every_state_is_told_without_a_persons_data(state: ProblemState) -> None:
    story = told(appeal(), [problem(state, merged_into=uuid4())], [], zone=ZONE, now=NOW)
    assert len(story.problems) == 1
    assert story.problems[0].state
    assert "89001112233" not in f"{story}"


def test_an_appeal_that_nobody_has_read_shows_nothing_of_its_text() -> None:
    story = told(appeal("accepted", analysed_at=None, privacy=[]), [], [], zone=ZONE, now=NOW)
    assert story.unsettled
    assert story.text == ""


@pytest.mark.parametrize("reason", list(Dismissal))
def test_a_dismissed_appeal_is_answered_politely(reason: Dismissal) -> None:
    story = told(appeal("dismissed", dismissal=reason), [], [], zone=ZONE, now=NOW)
    assert ("Спасибо" in story.explanation) == (reason is Dismissal.THANKS)
    assert not story.unsettled


def test_an_assigned_problem_names_who_answers_and_both_days() -> None:
    row = problem("assigned")
    clocks = [clock(row, "plan", timedelta(days=3)), clock(row, "solve", timedelta(days=20))]
    shown = told(appeal(), [row], clocks, zone=ZONE, now=NOW).problems[0]
    assert shown.state == "Отвечает: Департамент транспорта"
    assert shown.next == "Что и когда сделают, исполнитель скажет до 5 марта. Проблему должны решить до 22 марта."


def test_one_day_is_promised_once() -> None:
    row = problem("assigned")
    clocks = [clock(row, "plan", timedelta(days=3)), clock(row, "solve", timedelta(days=3, minutes=5))]
    assert told(appeal(), [row], clocks, zone=ZONE, now=NOW).problems[0].next == "Проблему должны решить до 5 марта."


def test_a_missed_deadline_is_owned_up_to() -> None:
    row = problem()
    shown = told(appeal(), [row], [clock(row, "route", -timedelta(minutes=30))], zone=ZONE, now=NOW).problems[0]
    assert shown.next.startswith("Должны были передать исполнителю сегодня до 14:30, но не успели.")


def test_a_part_merged_within_the_appeal_is_told_once() -> None:
    whole = problem()
    part = problem("merged", merged_into=whole["id"])
    assert len(told(appeal(), [whole, part], [], zone=ZONE, now=NOW).problems) == 1


def test_an_appeal_all_of_whose_problems_are_solved_says_so() -> None:
    assert told(appeal(), [problem("solved")], [], zone=ZONE, now=NOW).headline == "Всё решено"
