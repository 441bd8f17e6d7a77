"""Refusals: once each, for a listed reason, capped; forwarded only where what the machine knew speaks for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from models.events import EventType
from models.identifiers import derived_id
from models.pack import PackError, RegionPack, load_pack
from models.refusal import Refused
from models.states import ProblemState
from models.text import Span
from routing.actions.hops import bounced_wrongly
from routing.actions.records import Assign, Change, Executor, Problem, Unassign
from routing.actions.refusing import Hop, Refusal, refused
from routing.actions.rerouting import Rerouting
from routing.actions.sharing import Role, part_deadline

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
POLICY = Rerouting.of_pack(load_pack("omsk"))


def executor(code: str) -> Executor:
    return Executor(derived_id("executor", code), code, code.title())


ROADS, WASTE, LIGHT = executor("roads"), executor("waste"), executor("light")


def guess(of: Executor, probability: float) -> dict[str, Any]:
    return {
        "executor_id": str(of.id), "code": of.code, "name": of.name, "probability": probability, "reason": "тема",
    }  # fmt: skip


def problem(*guesses: dict[str, Any], **changes: Any) -> Problem:
    stands = Problem(
        id=UUID(int=1),
        region="omsk",
        appeal_id=UUID(int=2),
        ordinal=0,
        state=ProblemState.ASSIGNED,
        version=3,
        spans=(Span(0, 5),),
        topic_code="01.001",
        topic_probability=0.9,
        group_name="Дороги",
        group_probability=0.9,
        decided=True,
        place={},
        municipality="",
        urgency=2,
        executor_id=ROADS.id,
        executor_guesses=guesses,
        merged_into=None,
        text_length=5,
        accepted_at=NOW,
    )
    return replace(stands, **changes)


def refuse(
    of: Problem,
    named: Executor | None = WASTE,
    hops: Sequence[Hop] = (),
    reason: str = "not_ours",
    comment: str = "",
    asks_operator: bool = False,
) -> Change:
    refusal = Refusal(ROADS, reason, named, comment, "boris")
    return refused(of, refusal, hops, POLICY, threshold=0.9, asks_operator=asks_operator)


LIKELY = (guess(ROADS, 0.5), guess(WASTE, 0.47))
"""The machine was torn between two: without the first, the second is nearly sure."""


def test_where_the_machine_itself_was_torn_the_one_who_is_named_gets_it_at_once() -> None:
    change = refuse(problem(*LIKELY))
    assert isinstance(change.assignment, Assign)
    assert (change.assignment.executor, change.assignment.by, change.assignment.ended) == (WASTE, "machine", "refused")
    assert [kind for kind, _ in change.events] == [EventType.PROBLEM_REFUSED, EventType.PROBLEM_ASSIGNED]
    assert change.columns["state"] is ProblemState.ASSIGNED


@pytest.mark.parametrize(
    "guesses",
    [
        (guess(ROADS, 0.95), guess(WASTE, 0.05)),  # the machine insists on who refuses
        (guess(ROADS, 0.5), guess(WASTE, 0.3), guess(LIGHT, 0.2)),  # it might as well be a third one
        (guess(ROADS, 0.5), guess(LIGHT, 0.5)),  # nothing speaks for the one who is named
        (),
    ],
)
def test_where_the_machine_knew_otherwise_an_operator_decides(guesses: tuple[dict[str, Any], ...]) -> None:
    change = refuse(problem(*guesses))
    assert change.assignment == Unassign("refused")
    assert (change.columns["state"], change.columns["doubt"]) == (ProblemState.QUEUED, "refused")
    offered = [one["code"] for one in change.columns["executor_guesses"]]
    assert offered[0] == "waste"
    assert "roads" not in offered


@pytest.mark.parametrize("doubt", ["table_asks_operator", "several_addresses", "outside_region"])
def test_what_asked_for_a_persons_eyes_still_does(doubt: str) -> None:
    assert refuse(problem(*LIKELY, doubt=doubt)).assignment == Unassign("refused")


def test_a_row_that_is_not_for_the_machine_alone_sends_a_refusal_to_the_operator() -> None:
    assert refuse(problem(*LIKELY), asks_operator=True).assignment == Unassign("refused")


def test_the_last_hop_that_the_region_allows_goes_to_the_operator_and_one_more_is_refused() -> None:
    first = Hop(1, LIGHT.id, undone=False)
    assert refuse(problem(*LIKELY), hops=[first]).assignment == Unassign("refused")
    with pytest.raises(Refused, match="окончательное"):
        refuse(problem(*LIKELY), hops=[first, Hop(2, WASTE.id, undone=False)])


def test_a_hop_that_an_operator_undid_is_not_counted_but_its_author_may_not_refuse_again() -> None:
    undone = Hop(1, LIGHT.id, undone=True)
    assert isinstance(refuse(problem(*LIKELY), hops=[undone]).assignment, Assign)
    with pytest.raises(Refused, match="один раз"):
        refuse(problem(*LIKELY), hops=[Hop(1, ROADS.id, undone=True)])


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"reason": "tired"}, "из списка"),
        ({"named": None}, "чья это компетенция"),
        ({"reason": "duplicate", "named": None}, "Поясните"),
        ({"named": ROADS}, "самого себя"),
    ],
)
def test_a_refusal_says_what_its_reason_asks_for(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        refuse(problem(*LIKELY), **wrong)


@pytest.mark.parametrize("state", [each for each in ProblemState if each is not ProblemState.ASSIGNED])
def test_only_what_is_assigned_and_not_yet_planned_can_be_refused(state: ProblemState) -> None:
    with pytest.raises(Refused, match="нельзя"):
        refuse(problem(*LIKELY, state=state))


def test_who_solved_what_he_had_refused_bounced_it_wrongly_and_nobody_is_judged_before() -> None:
    assert bounced_wrongly(ROADS.id, solved_by=ROADS.id) is True
    assert bounced_wrongly(WASTE.id, solved_by=ROADS.id) is False
    assert bounced_wrongly(ROADS.id, solved_by=None) is None


def test_a_co_executor_answers_before_the_lead_is_due_and_a_copy_when_the_citizen_is() -> None:
    due = NOW + timedelta(days=30)
    assert part_deadline(Role.COPY, NOW, due, POLICY.co_answer) == due
    assert part_deadline(Role.CO, NOW, due, POLICY.co_answer) == due - timedelta(days=3)
    short = NOW + timedelta(days=2)
    assert part_deadline(Role.CO, NOW, short, POLICY.co_answer) == NOW + timedelta(days=1)
    assert part_deadline(Role.CO, NOW, NOW - timedelta(days=1), POLICY.co_answer) == NOW


def test_a_region_may_have_its_own_list_and_a_broken_one_is_told(tmp_path: Path) -> None:
    (tmp_path / "rerouting.json").write_text('{"most_hops": 0}', encoding="utf-8")
    with pytest.raises(PackError, match=r"rerouting\.json"):
        Rerouting.of_pack(RegionPack(tmp_path))
