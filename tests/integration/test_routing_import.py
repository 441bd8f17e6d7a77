"""`otklik executors import` on a real database: whole or not at all, twice the same, nothing deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from models.pack import RegionPack, load_pack
from otklik.executor_export import exported, write_export
from otklik.executor_files import ABSENCES, COMPETENCE, EXECUTORS
from otklik.executor_import import Imported, import_executors
from otklik.install import install_pack
from routing import routing_stage
from routing.in_force import competence_at, stored_competence
from tests.integration.problems import problem_found

Connection = psycopg.Connection[Any]
NOW = datetime.now(UTC)
TODAY = NOW.astimezone(load_pack("omsk").zone).date()
SNOW = "05.020"


Tables = dict[str, tuple[Sequence[str], list[dict[str, str]]]]


def tables_of(connection: Connection, pack: RegionPack) -> Tables:
    found = exported(stored_competence(connection, pack), pack, TODAY)
    return {name: (columns, [dict(row) for row in rows]) for name, (columns, rows) in found.items()}


def take(connection: Connection, pack: RegionPack, folder: Path, tables: Mapping[str, Any]) -> Imported:
    path = folder / "executors.xlsx"
    write_export(path, tables, EXECUTORS)
    return import_executors(connection, pack, path, NOW)


def executor_of(connection: Connection, problem: object) -> tuple[str, str | None]:
    row = connection.execute(
        """SELECT e.code, h.code FROM assignments s JOIN executors e ON e.id = s.executor_id
           LEFT JOIN executors h ON h.id = s.handler_id WHERE s.problem_id = %s AND s.ended_at IS NULL""",
        (problem,),
    ).fetchone()
    assert row is not None
    return row[0], row[1]


def test_what_was_exported_comes_back_and_changes_nothing_the_second_time(
    connection: Connection, pack: RegionPack, tmp_path: Path
) -> None:
    tables = tables_of(connection, pack)
    first = take(connection, pack, tmp_path, tables)
    assert first.findings == () and first.changes["rows"] == len(tables[COMPETENCE][1])
    before = competence_at(connection, pack, TODAY)
    assert not any(take(connection, pack, tmp_path, tables).changes.values())
    assert not any(take(connection, pack, tmp_path, tables_of(connection, pack)).changes.values())
    assert competence_at(connection, pack, TODAY) == before
    [(imports,)] = connection.execute("SELECT count(*) FROM executor_imports").fetchall()
    assert imports == 1


def test_one_wrong_row_is_told_by_its_line_and_nothing_is_written(
    connection: Connection, pack: RegionPack, tmp_path: Path
) -> None:
    tables = tables_of(connection, pack)
    tables[EXECUTORS][1][0]["name"] = "Другое название"
    tables[COMPETENCE][1][3]["body"] = "nobody"
    tables[ABSENCES][1].append(
        {"person": "omsk-city", "first_day": "2026-12-01", "last_day": "2026-11-01", "deputy": "", "reason": ""}
    )
    told = take(connection, pack, tmp_path, tables)
    assert [(finding.line, finding.message) for finding in told.findings] == [
        (2, "'omsk-city' is no person here"),
        (2, "last_day is before first_day"),
        (5, "there is no executor 'nobody'"),
    ]
    assert connection.execute("SELECT FROM executors WHERE name = 'Другое название'").fetchone() is None
    assert connection.execute("SELECT FROM competences").fetchone() is None


def test_the_stage_routes_by_the_imported_table_from_its_next_batch_on(
    connection: Connection, pack: RegionPack, tmp_path: Path
) -> None:
    stage, topic = routing_stage(load_pack), pack.topic_by_code[SNOW]
    before, found = problem_found(connection, "omsk", topic, municipality="Омск г.о.")
    stage.handle(connection, [found])
    assert executor_of(connection, before)[0] == "omsk-city"
    tables = tables_of(connection, pack)
    for row in tables[COMPETENCE][1]:
        if row["topic"] == SNOW and row["municipality"] == "Омск г.о.":
            row["body"] = "min-transport"
    outcome = take(connection, pack, tmp_path, tables)
    assert outcome.findings == ()
    after, found = problem_found(connection, "omsk", topic, municipality="Омск г.о.")
    stage.handle(connection, [found])
    assert executor_of(connection, after) == ("min-transport", None)
    assert executor_of(connection, before)[0] == "omsk-city"


def test_who_is_gone_from_the_file_ends_and_stays_on_record(
    connection: Connection, pack: RegionPack, tmp_path: Path
) -> None:
    tables = tables_of(connection, pack)
    columns, rows = tables[EXECUTORS]
    tables[EXECUTORS] = (
        columns,
        [
            row | {"deputies": row["deputies"].replace("p-roads-2", "p-roads-head")}
            for row in rows
            if row["code"] != "p-roads-2"
        ],
    )
    assert take(connection, pack, tmp_path, tables).changes["executors_ended"] == 1
    stood = connection.execute("SELECT valid_to FROM executors WHERE code = 'p-roads-2'").fetchone()
    assert stood == (TODAY - timedelta(days=1),)
    install_pack(connection, pack)  # a renewed pack does not bring him back
    assert "p-roads-2" not in competence_at(connection, pack, TODAY).body_by_code
    assert "p-roads-2" in competence_at(connection, pack, TODAY - timedelta(days=1)).body_by_code


def test_a_row_that_changed_leaves_the_old_one_with_its_last_day(
    connection: Connection, pack: RegionPack, tmp_path: Path
) -> None:
    take(connection, pack, tmp_path, tables_of(connection, pack))
    tables = tables_of(connection, pack)
    for row in tables[COMPETENCE][1]:
        if row["topic"] == SNOW and row["municipality"] == "Омск г.о.":
            row["machine"] = "no"
    assert take(connection, pack, tmp_path, tables).changes["rows_ended"] == 1
    yesterday = competence_at(connection, pack, TODAY - timedelta(days=1)).answer(SNOW, "Омск г.о.")
    now = competence_at(connection, pack, TODAY).answer(SNOW, "Омск г.о.")
    assert yesterday is not None and yesterday.row.machine
    assert now is not None and not now.row.machine and now.row.valid_from == TODAY


def test_a_person_who_is_away_is_passed_over(connection: Connection, pack: RegionPack, tmp_path: Path) -> None:
    tables = tables_of(connection, pack)
    tables[ABSENCES][1].append(
        {
            "person": "p-roads-1",
            "first_day": str(TODAY),
            "last_day": str(TODAY + timedelta(days=9)),
            "deputy": "",
            "reason": "отпуск",
        }
    )
    assert take(connection, pack, tmp_path, tables).changes["absences"] == 1
    problem, found = problem_found(connection, "omsk", pack.topic_by_code[SNOW], municipality="Омск г.о.")
    routing_stage(load_pack).handle(connection, [found])
    assert executor_of(connection, problem) == ("omsk-city", "p-roads-2")


def test_equal_persons_share_the_load_by_what_each_can_carry(connection: Connection, pack: RegionPack) -> None:
    stage, taken = routing_stage(load_pack), []
    for _ in range(10):
        problem, found = problem_found(connection, "omsk", pack.topic_by_code[SNOW], municipality="Омск г.о.")
        stage.handle(connection, [found])
        taken.append(executor_of(connection, problem)[1])
    assert (taken.count("p-roads-1"), taken.count("p-roads-2")) == (6, 4)
