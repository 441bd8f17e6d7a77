"""Replays the log and compares it with the tables: what must agree, does it?"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from ingest import FileStore
from models.events import Event
from otklik import verify_store as store
from otklik.verify_rules import AppealRow, Difference, compare_appeal
from streams import Connection

SHOWN = 20
"""Differences of each check that are kept word for word; all are counted."""


@dataclass
class Report:
    """What was compared and what differs. `found` counts the differences by check."""

    counts: dict[str, int]
    found: Counter[str] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        return not self.found

    def add(self, difference: Difference) -> None:
        self.found[difference.check] += 1
        if self.found[difference.check] <= SHOWN:
            self.differences.append(difference)


def verify(connection: Connection, files: FileStore, *, deep: bool = False) -> Report:
    """Compare everything in one read-only transaction, beside a running system. `deep` reads every attachment too."""
    connection.rollback()
    store.begin(connection)
    report = Report(store.counts(connection))
    for check in (
        _appeals(connection),
        store.positions(connection),
        store.offsets(connection),
        _files(connection, files, deep),
    ):
        for difference in check:
            report.add(difference)
    connection.rollback()
    return report


def _appeals(connection: Connection) -> Iterator[Difference]:
    for key, row, events in _side_by_side(store.appeals(connection), store.events(connection)):
        yield from compare_appeal(row, key, events)


def _side_by_side(
    rows: Iterator[AppealRow], logged: Iterator[tuple[UUID, list[Event]]]
) -> Iterator[tuple[UUID, AppealRow | None, list[Event]]]:
    """Both sides by appeal; each side is in the order of ids, and either may lack one."""
    row, log = next(rows, None), next(logged, None)
    while row is not None or log is not None:
        if log is None or (row is not None and row.id < log[0]):
            assert row is not None
            yield row.id, row, []
            row = next(rows, None)
        elif row is None or log[0] < row.id:
            yield log[0], None, log[1]
            log = next(logged, None)
        else:
            yield row.id, row, log[1]
            row, log = next(rows, None), next(logged, None)


def _files(connection: Connection, files: FileStore, deep: bool) -> Iterator[Difference]:
    for attachment, digest in store.digests(connection):
        path = files.path(digest)
        if not path.is_file():
            yield Difference("files", str(attachment), "the file is not in the store")
        elif deep and hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            yield Difference("files", str(attachment), "the file's bytes are not what was received")
