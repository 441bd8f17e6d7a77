"""Executors, absences and decision rows of a file into the database: all is checked before anything is written."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from models.finding import Finding
from models.pack import RegionPack
from otklik.executor_files import ABSENCES, COMPETENCE, EXECUTORS, NumberedRow, read_tables
from routing.check import municipalities_of, read_rows, table_findings
from routing.competence import Competence, Row
from routing.executor_store import end_executors, note_import, write_absences, write_executors, write_rows
from routing.executors import Absence, Body, Structure, valid
from routing.in_force import stored_competence
from routing.structure_check import (
    Placed,
    absence_findings,
    executor_findings,
    read_absences,
    read_executors,
)


@dataclass
class Draft:
    """What a file holds; None for a table that it does not have."""

    executors: list[Placed] | None = None
    absences: list[tuple[int, Absence]] | None = None
    rows: list[Row] | None = None
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True)
class Imported:
    """What came of an import; `changes` counts what was written, `left_open` problems with executors that ended."""

    findings: Sequence[Finding]
    changes: Mapping[str, int] = field(default_factory=dict)
    left_open: int = 0


def import_executors(
    connection: psycopg.Connection[Any], pack: RegionPack, path: Path, now: datetime, *, dry: bool = False
) -> Imported:
    """Take a file in, in the caller's transaction; where anything is wrong nothing is written.

    What the region has and a table of the file has not ends yesterday (by the region's days); tables that the file does
    not have stay. The same file again changes nothing. Raises FileError, OSError.
    """
    tables = read_tables(path)
    # one import at a time in a region
    connection.execute("SELECT FROM regions WHERE id = %s FOR UPDATE", (pack.id,))
    today = now.astimezone(pack.zone).date()
    stand = stored_competence(connection, pack)
    draft = drafted(path.name, tables, pack)
    draft.findings.extend(_check(path.name, draft, stand, pack, now))
    if draft.findings or dry:
        return Imported(draft.findings)
    changes: dict[str, int] = {}
    if draft.executors is not None:
        bodies = [body for _, _, body in draft.executors]
        changes["executors"] = write_executors(connection, pack.id, bodies, "import")
        changes["executors_ended"] = end_executors(connection, pack.id, {body.code for body in bodies}, today)
    if draft.absences is not None:
        found = [absence for _, absence in draft.absences]
        changes["absences"] = write_absences(connection, pack.id, found, today)
    if draft.rows is not None:
        changes["rows"], changes["rows_ended"] = write_rows(connection, pack.id, draft.rows, today)
    if any(changes.values()):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        note_import(connection, pack.id, path.name, digest, changes, now)
    return Imported((), changes, _left_open(connection, pack.id, today.isoformat()))


def drafted(file: str, tables: Mapping[str, list[NumberedRow]], pack: RegionPack) -> Draft:
    """The tables as records; what cannot be read is among the findings."""
    draft = Draft()
    try:
        if EXECUTORS in tables:
            draft.executors = []
            draft.findings.extend(read_executors(file, tables[EXECUTORS], draft.executors))
        if ABSENCES in tables:
            draft.absences = []
            draft.findings.extend(read_absences(file, tables[ABSENCES], draft.absences))
        if COMPETENCE in tables:
            draft.rows = []
            draft.findings.extend(read_rows(file, tables[COMPETENCE], draft.rows))
            draft.rows = [named(row, pack) for row in draft.rows]
    except KeyError as error:
        draft.findings.append(Finding(file, 1, f"no column {error}"))
    return draft


def check_tables(
    tables: Mapping[str, tuple[Sequence[str], Sequence[Mapping[str, str]]]], pack: RegionPack, now: datetime
) -> list[Finding]:
    """What is wrong in tables as exported, each a file of its own. Lines are counted as a CSV of it has them."""
    draft = Draft()
    for name, (_, rows) in tables.items():
        one = drafted(name, {name: list(enumerate(rows, start=2))}, pack)
        draft.findings.extend(one.findings)
        draft.executors = draft.executors if one.executors is None else one.executors
        draft.absences = draft.absences if one.absences is None else one.absences
        draft.rows = draft.rows if one.rows is None else one.rows
    return [*draft.findings, *_check("competence", draft, Competence((), (), pack.topics), pack, now)]


def named(row: Row, pack: RegionPack) -> Row:
    """The row with its topic's or group's name, where it leaves it out: the name is there for people."""
    if row.name:
        return row
    groups = {topic.code.partition(".")[0]: topic.group for topic in pack.topics}
    topic = pack.topic_by_code.get(row.topic)
    return replace(row, name=topic.name if topic else groups.get(row.topic, ""))


def _check(file: str, draft: Draft, stand: Competence, pack: RegionPack, now: datetime) -> list[Finding]:
    """What is wrong with the tables, taken together with those that stay as they are."""
    today = now.astimezone(pack.zone).date()
    bodies = stand.bodies if draft.executors is None else tuple(body for _, _, body in draft.executors)
    structure = Structure(tuple(body for body in bodies if _not_over(body, today.isoformat())))
    found: list[Finding] = []
    if draft.executors is not None:
        found.extend(executor_findings(draft.executors, municipalities_of(pack)))
    absences = draft.absences
    if absences is None:
        absences = [(0, absence) for absence in stand.absences if absence.last_day >= today]
    found.extend(absence_findings(file if draft.absences is not None else "absences", absences, structure))
    rows = draft.rows
    if rows is None:
        rows = [named(row, pack) for row in stand.rows if valid(today, None, row.valid_to)]
    # a file of executors alone may take away one whom the table still names
    found.extend(table_findings(pack, file if draft.rows is not None else "competence", rows, structure))
    return found


def _not_over(body: Body, today: str) -> bool:
    return body.valid_to is None or body.valid_to.isoformat() >= today


def _left_open(connection: psycopg.Connection[Any], region: str, today: str) -> int:
    row = connection.execute(
        """SELECT count(*) FROM assignments s
           LEFT JOIN executors h ON h.id = s.handler_id JOIN executors e ON e.id = s.executor_id
           JOIN problems p ON p.id = s.problem_id
           WHERE s.region_id = %s AND s.ended_at IS NULL AND p.state IN ('assigned', 'planned', 'reported')
               AND (e.valid_to < %s OR h.valid_to < %s)""",
        (region, today, today),
    ).fetchone()
    return int(row[0]) if row is not None else 0
