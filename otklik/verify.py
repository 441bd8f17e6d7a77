"""Replays the log and compares it with the tables: what must agree, does it?"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import TypeVar
from uuid import UUID

from indicators.rows import Region
from ingest import FileStore
from models.pack import RegionPack, load_pack
from otklik import verify_indicators, verify_instructions
from otklik import verify_store as store
from otklik.verify_clocks import compare_clocks
from otklik.verify_heat import compare_heat
from otklik.verify_incidents import compare_incidents
from otklik.verify_resolution import compare_resolution
from otklik.verify_rules import Difference, compare_appeal
from sla.clock import Rules
from streams import Connection

SHOWN = 20
"""Differences of each check that are kept word for word; all are counted."""

Left = TypeVar("Left")
Right = TypeVar("Right")


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


def verify(
    connection: Connection,
    files: FileStore,
    rules_of: Callable[[str], Rules],
    *,
    deep: bool = False,
    pack_of: Callable[[str], RegionPack] = load_pack,
) -> Report:
    """Compare everything in one read-only transaction, beside a running system. `deep` reads every attachment too."""
    connection.rollback()
    store.begin(connection)
    report = Report(store.counts(connection))
    for check in (
        _appeals(connection),
        _clocks(connection, rules_of),
        verify_instructions.compare(connection),
        store.positions(connection),
        store.offsets(connection),
        _files(connection, files, deep),
        compare_incidents(connection),
        compare_resolution(connection),
        verify_indicators.compare(connection, cache(lambda region: Region(pack_of(region)))),
        compare_heat(connection, pack_of),
    ):
        for difference in check:
            report.add(difference)
    connection.rollback()
    return report


def _appeals(connection: Connection) -> Iterator[Difference]:
    rows = ((row.id, row) for row in store.appeals(connection))
    for key, row, events in _side_by_side(rows, store.events(connection)):
        yield from compare_appeal(row, key, events or [])


def _clocks(connection: Connection, rules_of: Callable[[str], Rules]) -> Iterator[Difference]:
    for _, table, events in _side_by_side(store.clocks(connection), store.events_taken(connection, "sla")):
        yield from compare_clocks(table or {}, events or [], rules_of)


def _side_by_side(
    ones: Iterator[tuple[UUID, Left]], others: Iterator[tuple[UUID, Right]]
) -> Iterator[tuple[UUID, Left | None, Right | None]]:
    """Both sides by id; each side is in the order of ids, and either may lack one."""
    one, other = next(ones, None), next(others, None)
    while one is not None or other is not None:
        if other is None or (one is not None and one[0] < other[0]):
            assert one is not None
            yield one[0], one[1], None
            one = next(ones, None)
        elif one is None or other[0] < one[0]:
            yield other[0], None, other[1]
            other = next(others, None)
        else:
            yield one[0], one[1], other[1]
            one, other = next(ones, None), next(others, None)


def _files(connection: Connection, files: FileStore, deep: bool) -> Iterator[Difference]:
    for attachment, digest in store.digests(connection):
        path = files.path(digest)
        if not path.is_file():
            yield Difference("files", str(attachment), "the file is not in the store")
        elif deep and hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            yield Difference("files", str(attachment), "the file's bytes are not what was received")
