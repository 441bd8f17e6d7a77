"""What an executor is told to do next says truthfully who wants it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from api.views.plans import next_step

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ACCEPTED = {"state": "accepted", "decided_at": NOW, "decision": ""}


def said(plans: list[dict[str, Any]], proofs: list[dict[str, Any]], reopened: int = 0) -> str:
    row = {"state": "assigned", "deadline_at": None, "executor_id": "roads", "reopened": reopened}
    return next_step(row, plans, proofs, ZoneInfo("Asia/Omsk"), NOW)


@pytest.mark.parametrize(
    ("reopened", "words"),
    [
        (1, "Автор пишет, что не решено. Назовите новый план."),
        (0, "Оператор вернул вам ответ, автору он не отправлен. Назовите новый план."),
    ],
)
def test_an_answer_that_an_operator_returned_is_not_called_the_authors_word(reopened: int, words: str) -> None:
    assert said([], [ACCEPTED], reopened) == words


@pytest.mark.parametrize(
    ("variant", "words"),
    [
        ("refused", "Оператор не согласен с разъяснением. Назовите другой план."),
        ("more_info", "Оператор вернул план. Назовите другой план."),
    ],
)
def test_a_returned_plan_is_called_what_it_was(variant: str, words: str) -> None:
    assert said([{"variant": variant, "agreed": False, "executor_id": "roads"}], []) == words
