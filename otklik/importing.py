"""Imports a file batch by batch: each batch of appeals and how far the file is read move in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from uuid import UUID

import ingest
from connectors.file import Entry, Rejection, Source
from models.message import Message
from models.pack import RegionPack
from otklik.import_store import Journal, lock_file, move_journal, open_journal, watch_appeals
from otklik.rejected_rows import RejectedRows
from streams import Connection

BATCH = 500
"""Rows a transaction: large enough for speed, small enough that workers begin at once and a kill costs little."""


class AlreadyRunning(Exception):
    """Another process imports this very file into this region."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far this run is: every row read is one of created, known and rejected."""

    rows: int = 0
    position: int = 0
    created: int = 0
    """Appeals that this run added."""
    known: int = 0
    """Rows whose appeal was here before, by this very text."""
    rejected: int = 0
    reasons: tuple[tuple[int, str], ...] = ()
    """(line, reason) of the rows rejected in the last batch."""


@dataclass
class Import:
    """One file into one region over one connection, whose transactions are the import's own."""

    connection: Connection
    source: Source
    pack: RegionPack
    files: ingest.FileStore
    limits: ingest.Limits
    clock: Callable[[], datetime]
    batch: int = BATCH
    journal: Journal = field(init=False)

    def open(self) -> Journal:
        """Find or make the file's journal. Raises AlreadyRunning."""
        digest = file_digest(self.source.path)
        if not lock_file(self.connection, self.pack.id, digest):
            raise AlreadyRunning
        self.journal = open_journal(
            self.connection, self.pack.id, digest, self.source.path.name, mapping_of(self.source), self.clock()
        )
        self.connection.commit()
        return self.journal

    def run(self, aside: RejectedRows) -> Iterator[Progress]:
        """Import what is left, a Progress after each commit; rejected rows go to `aside`.

        Raises ingest.StorageFull, OSError, FileError; what was committed stays, and the next run goes on from there.
        """
        progress = Progress()
        for entries in _batches(self.source.entries(), self.batch):
            progress = self._take(progress, entries, aside)
            yield progress
        move_journal(self.connection, self.journal, progress.rows, progress.rejected, True, self.clock())
        self.connection.commit()

    def _take(self, progress: Progress, entries: Sequence[Entry], aside: RejectedRows) -> Progress:
        """One batch. Rows of an earlier run are judged again: they add nothing, and each is again taken or rejected."""
        now = self.clock()
        rejected: list[tuple[int, str, Sequence[str]]] = []
        good: list[tuple[Entry, Message]] = []
        for entry in entries:
            reason = self._reason_to_reject(entry, now)
            if reason:
                rejected.append((entry.line, reason, entry.cells))
            elif isinstance(entry.outcome, Message):
                good.append((entry, entry.outcome))
        accepted = ingest.accept_many(
            self.connection,
            [message for _, message in good],
            now=now,
            files=self.files,
            pack=self.pack,
            limits=self.limits,
        )
        watched: list[UUID] = []
        created = 0
        for (entry, message), one in zip(good, accepted, strict=True):
            if one.text_differs:
                rejected.append((entry.line, _taken(message), entry.cells))
                continue
            watched.append(one.appeal_id)
            created += one.created
        watch_appeals(self.connection, watched)
        progress = Progress(
            rows=progress.rows + len(entries),
            position=entries[-1].position,
            created=progress.created + created,
            known=progress.known + len(watched) - created,
            rejected=progress.rejected + len(rejected),
            reasons=tuple((line, reason) for line, reason, _ in sorted(rejected, key=lambda row: row[0])),
        )
        aside.add(sorted(rejected, key=lambda row: row[0]))
        if progress.rows > self.journal.rows_done:
            move_journal(self.connection, self.journal, progress.rows, progress.rejected, False, now)
        self.connection.commit()
        return progress

    def _reason_to_reject(self, entry: Entry, now: datetime) -> str:
        if isinstance(entry.outcome, Rejection):
            return entry.outcome.reason
        try:
            ingest.check(entry.outcome, self.pack.id, now, self.limits)
        except ingest.Refused as refused:
            return refused.reason
        return ""


def _batches(entries: Iterator[Entry], size: int) -> Iterator[list[Entry]]:
    while batch := list(islice(entries, size)):
        yield batch


def _taken(message: Message) -> str:
    return (
        f"the id {message.external_id!r} already belongs to an appeal with another text; "
        "give --source NAME to keep two sources apart"
    )


def file_digest(path: Path) -> str:
    """SHA-256 of the file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def mapping_of(source: Source) -> dict[str, object]:
    """Everything that decides how the file is understood: with another mapping it is another import."""
    options = source.options
    return {
        "kind": source.kind,
        "channel": options.channel.value,
        "columns": dict(source.columns.names) if source.columns else {},
        "hints": options.hints,
        "source": options.source,
        "encoding": source.encoding,
        "delimiter": options.delimiter,
    }
