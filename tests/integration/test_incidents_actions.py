"""What operators do with incidents, on a real database; after each the log and the table agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

import streams
from models.events import Event, EventType, Stream
from models.pack import RegionPack, load_pack
from otklik.install import install_pack
from otklik.verify_incidents import compare_incidents
from routing import routing_stage
from routing.actions import Refused
from routing.incidents import actions
from tests.integration.problems import NOW, events_of
from tests.integration.told import told_of

Connection = psycopg.Connection[Any]
WHEN = NOW + timedelta(days=1)
BY: dict[str, Any] = {"by": "operator", "now": WHEN}


@dataclass
class Case:
    """An incident of three problems without water, and a fourth problem far away."""

    connection: Connection
    pack: RegionPack
    incident: UUID
    members: list[UUID]
    other: UUID

    @property
    def version(self) -> int:
        return self.one("SELECT version FROM incidents WHERE id = %s", self.incident)

    def one(self, query: str, *values: object) -> Any:
        row = self.connection.execute(query, values).fetchone()
        return None if row is None else row[0]

    def standing(self, incident: UUID | None = None) -> set[UUID]:
        rows = self.connection.execute(
            "SELECT problem_id FROM incident_problems WHERE incident_id = %s AND left_at IS NULL",
            [incident or self.incident],
        )
        return {row[0] for row in rows}

    def executor_of(self, problem: UUID) -> UUID | None:
        found: UUID | None = self.one(
            "SELECT executor_id FROM assignments WHERE problem_id = %s AND ended_at IS NULL", problem
        )
        return found


@pytest.fixture
def case(connection: Connection) -> Iterator[Case]:
    pack = load_pack("omsk")
    install_pack(connection, pack)
    water = pack.topic_by_code["06.017"]
    made = [told_of(connection, water, NOW, north=40 * n, house=str(n)) for n in (1, 2, 3)]
    made.append(told_of(connection, water, NOW, north=9000, house="90", street="улица Победы"))
    routing_stage(load_pack).handle(connection, [found for _, found in made])
    *members, other = (problem for problem, _ in made)
    row = connection.execute("SELECT id FROM incidents").fetchone()
    assert row is not None
    yield Case(connection, pack, row[0], members, other)
    assert list(compare_incidents(connection)) == []


def test_a_problem_is_taken_out_and_put_back_by_undo(case: Case) -> None:
    gone = case.members[0]
    actions.take_out(case.connection, "omsk", case.incident, case.version, [gone], **BY)
    assert case.standing() == set(case.members[1:])
    last = events_of(case.connection, Stream.PROBLEMS)
    assert any(each.type is EventType.PROBLEM_LEFT and each.data["problem_id"] == str(gone) for each in last)
    actions.undo(case.connection, "omsk", case.incident, case.version, **BY)
    assert case.standing() == set(case.members)


def test_the_machine_never_puts_back_what_was_taken_out(case: Case) -> None:
    gone = case.members[0]
    actions.take_out(case.connection, "omsk", case.incident, case.version, [gone], **BY)
    _, found = told_of(case.connection, case.pack.topic_by_code["06.017"], NOW, north=30, house="9")
    routing_stage(load_pack).handle(case.connection, [found])
    assert gone not in case.standing() and len(case.standing()) == 3


def test_a_problem_is_added_and_gets_the_incident_s_executor(case: Case) -> None:
    case.connection.execute("UPDATE assignments SET ended_at = now() WHERE problem_id = %s", [case.other])
    case.connection.execute("UPDATE problems SET state = 'queued' WHERE id = %s", [case.other])
    actions.add(case.connection, "omsk", case.incident, case.version, case.other, **BY)
    assert case.standing() == {*case.members, case.other}
    assert case.executor_of(case.other) == case.executor_of(case.members[0])


def test_a_split_makes_a_second_incident_and_undo_brings_them_together(case: Case) -> None:
    made = actions.split(case.connection, "omsk", case.incident, case.version, case.members[:1], "Двор", **BY)
    assert case.standing(made) == set(case.members[:1]) and case.standing() == set(case.members[1:])
    actions.undo(case.connection, "omsk", case.incident, case.version, **BY)
    assert case.standing() == set(case.members) and case.standing(made) == set()
    assert case.one("SELECT state FROM incidents WHERE id = %s", made) == "closed"


def test_the_whole_incident_goes_to_another_executor_and_later_ones_follow(case: Case) -> None:
    other = case.one("SELECT id FROM executors WHERE code = 'omsk-district'") or case.one(
        "SELECT id FROM executors WHERE kind = 'body' AND region_id = 'omsk' AND id <> %s ORDER BY code LIMIT 1",
        case.executor_of(case.members[0]),
    )
    actions.assign(case.connection, "omsk", case.incident, case.version, other, **BY)
    assert {case.executor_of(each) for each in case.members} == {other}
    late, found = told_of(case.connection, case.pack.topic_by_code["06.017"], NOW, north=30, house="9")
    routing_stage(load_pack).handle(case.connection, [found])
    assert late in case.standing() and case.executor_of(late) == other


def test_a_whole_incident_is_told_at_once_so_that_nobody_waits_for_counters_in_a_circle(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = case.one(
        "SELECT id FROM executors WHERE kind = 'body' AND region_id = 'omsk' AND id <> %s ORDER BY code LIMIT 1",
        case.executor_of(case.members[0]),
    )
    appended: list[list[EventType]] = []
    really = streams.append

    def counted(connection: Connection, stream: Stream, events: list[Event]) -> None:
        appended.append([each.type for each in events])
        really(connection, stream, events)

    monkeypatch.setattr(streams, "append", counted)
    actions.assign(case.connection, "omsk", case.incident, case.version, other, **BY)
    assert appended == [[EventType.PROBLEM_ASSIGNED] * 3]


def test_an_executor_whom_the_region_does_not_have_gets_no_incident(case: Case) -> None:
    case.connection.execute("UPDATE problems SET state = 'solved' WHERE id = ANY(%s)", [case.members])
    with pytest.raises(Refused, match="Такого исполнителя нет"):
        actions.assign(case.connection, "omsk", case.incident, case.version, uuid4(), **BY)


def test_nothing_joins_what_is_closed(case: Case) -> None:
    actions.close(case.connection, "omsk", case.incident, case.version, **BY)
    late, found = told_of(case.connection, case.pack.topic_by_code["06.017"], NOW, north=30, house="9")
    routing_stage(load_pack).handle(case.connection, [found])
    assert late not in case.standing()
    actions.undo(case.connection, "omsk", case.incident, case.version, **BY)
    assert case.one("SELECT state FROM incidents WHERE id = %s", case.incident) == "open"


def test_two_problems_become_an_incident_by_hand_and_undo_parts_them(case: Case) -> None:
    lone, _ = told_of(case.connection, case.pack.topic_by_code["01.012"], NOW)
    made = actions.open_by_hand(case.connection, "omsk", [lone, case.other], "Площадь", **BY)
    assert case.standing(made) == {lone, case.other}
    version = case.one("SELECT version FROM incidents WHERE id = %s", made)
    actions.undo(case.connection, "omsk", made, version, **BY)
    assert case.standing(made) == set()


@pytest.mark.parametrize("yes", [True, False])
def test_a_suggestion_is_answered_once(case: Case, yes: bool) -> None:
    water = case.pack.topic_by_code["06.017"]
    doubtful, found = told_of(case.connection, water, NOW, north=30, house="9", decided=False)
    routing_stage(load_pack).handle(case.connection, [found])
    assert doubtful not in case.standing()
    joined = actions.answer(case.connection, "omsk", doubtful, yes=yes, **BY)
    assert (joined == case.incident) is yes and (doubtful in case.standing()) is yes
    with pytest.raises(Refused):
        actions.answer(case.connection, "omsk", doubtful, yes=yes, **BY)


def test_a_name_is_given_and_taken_back(case: Case) -> None:
    actions.name(case.connection, "omsk", case.incident, case.version, " Авария на Мира ", **BY)
    assert case.one("SELECT name FROM incidents WHERE id = %s", case.incident) == "Авария на Мира"
    actions.undo(case.connection, "omsk", case.incident, case.version, **BY)
    assert case.one("SELECT name FROM incidents WHERE id = %s", case.incident) == ""


def test_what_somebody_else_has_changed_is_refused(case: Case) -> None:
    with pytest.raises(Refused, match="изменил кто-то другой"):
        actions.name(case.connection, "omsk", case.incident, case.version + 1, "Имя", **BY)
    with pytest.raises(Refused, match="другой инцидент"):
        actions.open_by_hand(case.connection, "omsk", [case.members[0], case.other], "", **BY)


def test_a_membership_that_the_log_does_not_know_is_a_difference(case: Case) -> None:
    case.connection.execute("SAVEPOINT before")
    case.connection.execute("UPDATE incident_problems SET left_at = now() WHERE problem_id = %s", [case.members[0]])
    [difference] = compare_incidents(case.connection)
    assert difference.subject == str(case.members[0])
    case.connection.execute("ROLLBACK TO before")
