"""Who may judge when, and whose link opens."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.links import judged_reply, link_token, verdict_path
from models.states import ProblemState
from resolution import Refused
from resolution.verdicts import Judged, Standing, Subject, Term, Via, standing
from resolution.verdicts.rules import checked

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAYS = 15
TERM = Term(DAYS, ZoneInfo("Asia/Omsk"))
"""In Omsk, where NOW is three in the afternoon."""
SECRET = b"a secret of the tests"
REPLY = UUID("0190a000-0000-7000-8000-000000000001")
PROBLEM, APPEAL = uuid4(), uuid4()
SUBJECT = Subject(
    PROBLEM, "omsk", APPEAL, ProblemState.SOLVED, 0, judged=False, told_at=NOW, end_id=PROBLEM, end_appeal_id=APPEAL
)


@pytest.mark.parametrize(
    ("subject", "stands"),
    [
        (SUBJECT, Standing.OPEN),
        (replace(SUBJECT, state=ProblemState.ANSWERED), Standing.OPEN),
        (replace(SUBJECT, state=ProblemState.PLANNED), Standing.AT_WORK),
        (replace(SUBJECT, end_id=uuid4(), end_appeal_id=uuid4()), Standing.OPEN),
        (replace(SUBJECT, end_id=uuid4(), end_appeal_id=uuid4(), told_at=None), Standing.UNTOLD),
        (replace(SUBJECT, end_id=uuid4()), Standing.MERGED),
        (replace(SUBJECT, state=ProblemState.ASSIGNED, stage=1), Standing.REOPENED),
        (replace(SUBJECT, told_at=None), Standing.UNTOLD),
        (replace(SUBJECT, judged=True), Standing.GIVEN),
        (replace(SUBJECT, told_at=NOW - timedelta(days=DAYS)), Standing.OPEN),
        (replace(SUBJECT, told_at=NOW - timedelta(days=DAYS, hours=15)), Standing.OPEN),
        (replace(SUBJECT, told_at=NOW - timedelta(days=DAYS, hours=15, seconds=1)), Standing.OVER),
    ],
)
def test_a_problem_is_judged_once_a_stage_from_its_closing_reply_on(subject: Subject, stands: Standing) -> None:
    assert standing(subject, NOW, TERM) is stands


def test_a_letter_may_come_after_the_days_and_a_second_verdict_never() -> None:
    late = replace(SUBJECT, told_at=NOW - timedelta(days=40))
    assert checked(late, Judged(2, False), Via.OPERATOR, NOW, TERM).score == 2
    for via in (Via.LINK, Via.PAGE):
        with pytest.raises(Refused, match="прошёл"):
            checked(late, Judged(2, False), via, NOW, TERM)
    for via in Via:
        with pytest.raises(Refused, match="уже"):
            checked(replace(SUBJECT, judged=True), Judged(2, False), via, NOW, TERM)


@pytest.mark.parametrize("score", [0, 6, -1])
def test_a_score_is_one_to_five(score: int) -> None:
    with pytest.raises(Refused, match="от 1 до 5"):
        checked(SUBJECT, Judged(score, True), Via.LINK, NOW, TERM)


def token(reply: UUID, secret: bytes = SECRET) -> str:
    return verdict_path(secret, reply).removeprefix("/verdicts/")


@given(st.uuids())
def test_a_link_opens_the_reply_it_was_made_for(reply: UUID) -> None:
    assert judged_reply(SECRET, token(reply)) == reply


@given(st.uuids(), st.integers(0, 41), st.characters(codec="ascii", categories=("L", "N")))
def test_a_link_changed_in_any_place_opens_nothing(reply: UUID, place: int, letter: str) -> None:
    right = token(reply)
    wrong = right[:place] + letter + right[place + 1 :]
    assert wrong == right or judged_reply(SECRET, wrong) is None


@given(st.text(max_size=60))
def test_whatever_is_no_link_opens_nothing(words: str) -> None:
    assert judged_reply(SECRET, words) is None


def test_a_link_of_another_installation_or_of_another_purpose_opens_nothing() -> None:
    assert judged_reply(SECRET, token(REPLY, b"another secret")) is None
    assert judged_reply(SECRET, token(REPLY)[:22] + link_token(SECRET, REPLY)) is None
