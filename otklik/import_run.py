"""Runs an import from end to end: reads the file, waits for its appeals, shows how far it is."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

import ingest
from connectors.file import FileError, Source
from models.pack import RegionPack
from otklik.commands.root import CommandError
from otklik.import_report import ImportReport
from otklik.import_store import Journal, Outcome, outcome
from otklik.importing import AlreadyRunning, Import
from otklik.importing import Progress as Imported
from otklik.rejected_rows import RejectedRows, rejected_path
from otklik.settings import Settings
from otklik.wiring import file_store, limits
from streams import Connection

SHORTEST_LOOK = 0.2
"""Seconds between two looks at what became of the appeals; ten times the time of a look where that is longer."""
STALL_SECONDS = 180
"""Without any progress for so long, something is wrong that waiting does not mend."""
REASONS_SHOWN = 5
"""Of a whole run: the rest stands in the file of rejected rows."""
GO_ON = "what was accepted is kept: run the same command again to go on"


@dataclass
class Run:
    """One import command over one connection. `rejected` is where bad rows go; None: beside the file."""

    connection: Connection
    source: Source
    pack: RegionPack
    settings: Settings
    console: Console
    rejected: Path | None = None
    wait: bool = True
    check_workers: Callable[[], None] = lambda: None
    """Raises CommandError when the workers that this command started have given up."""

    def execute(self) -> ImportReport:
        """Read the file to its end and, if asked, wait for its appeals. Raises CommandError."""
        one = Import(
            self.connection,
            self.source,
            self.pack,
            file_store(self.settings),
            limits(self.settings),
            lambda: datetime.now(UTC),
        )
        journal = self._open(one)
        aside = self._aside(journal)
        started = time.monotonic()
        with _bar(self.console) as bar:
            progress = self._read(one, aside, bar)
            read = time.monotonic()
            result = self._await(bar) if self.wait else Outcome()
        return ImportReport(
            file=self.source.path.name,
            progress=progress,
            outcome=result,
            reading_seconds=read - started,
            seconds=time.monotonic() - started,
            waited=self.wait,
            rejected_file=aside.path if progress.rejected else None,
            was_finished=journal.finished,
        )

    def _open(self, one: Import) -> Journal:
        try:
            return one.open()
        except AlreadyRunning as error:
            raise CommandError(
                f"{self.source.path.name} is being imported by another process; nothing was done. Wait for it to end."
            ) from error

    def _aside(self, journal: Journal) -> RejectedRows:
        path = self.rejected or rejected_path(self.source.path, self.source.kind in ("csv", "xlsx"))
        return RejectedRows(path, self.source.header, resumed=journal.rows_done > 0)

    def _read(self, one: Import, aside: RejectedRows, bar: Progress) -> Imported:
        task = bar.add_task("reading", total=self.source.total or None, count=0)
        progress, shown = Imported(), 0
        try:
            for progress in one.run(aside):
                bar.update(task, completed=progress.position, count=progress.rows)
                shown = self._show(progress, shown, bar)
        except ingest.StorageFull as full:
            raise CommandError(f"stopped after {progress.rows} rows: {full}. Free some space; {GO_ON}.") from full
        except FileError as error:
            raise CommandError(f"stopped after {progress.rows} rows: {error}; {GO_ON} once it is mended.") from error
        except OSError as error:
            raise CommandError(
                f"stopped after {progress.rows} rows: rejected rows cannot be written to {aside.path} "
                f"({error.strerror}); {GO_ON}, with --rejected PATH."
            ) from error
        bar.update(task, completed=self.source.total or progress.position, total=self.source.total or progress.position)
        if progress.rejected > shown:
            more = progress.rejected - shown
            bar.console.print(f"and {more} more in {aside.path}", highlight=False, markup=False, soft_wrap=True)
        return progress

    def _show(self, progress: Imported, shown: int, bar: Progress) -> int:
        """The first reasons of the run, line by line; returns how many are shown by now."""
        fresh = progress.reasons[: max(0, REASONS_SHOWN - shown)]
        for line, reason in fresh:
            bar.console.print(f"line {line}: {reason}", highlight=False, markup=False, soft_wrap=True)
        return shown + len(fresh)

    def _await(self, bar: Progress) -> Outcome:
        """Look again and again until every appeal is routed, dismissed or in quarantine."""
        task = bar.add_task("routing", total=None, count=0)
        moved_at, before = time.monotonic(), -1
        while True:
            looked_at = time.monotonic()
            now = self._look()
            done = now.appeals - now.waiting
            bar.update(task, total=now.appeals, completed=done, count=done)
            if now.waiting == 0:
                return now
            if done + now.problems != before:
                moved_at, before = time.monotonic(), done + now.problems
            self.check_workers()
            if time.monotonic() - moved_at > STALL_SECONDS:
                raise CommandError(
                    f"{now.waiting} appeals of {now.appeals} wait and nothing moved for {STALL_SECONDS} s. They are "
                    "accepted and kept. Look at `otklik status` and the log of the workers."
                )
            time.sleep(max(SHORTEST_LOOK, 10 * (time.monotonic() - looked_at)))

    def _look(self) -> Outcome:
        try:
            return outcome(self.connection)
        except psycopg.errors.UndefinedTable:  # a file without one readable row leaves no appeal to watch
            return Outcome()
        finally:
            self.connection.rollback()


class _Rate(ProgressColumn):
    """Rows a second, since the task began."""

    def render(self, task: Task) -> Text:
        count, seconds = task.fields.get("count", 0), task.finished_time or task.elapsed or 0
        return Text(f"{count} rows, {count / seconds:.0f}/s" if seconds else f"{count} rows")


def _bar(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        _Rate(),
        TimeRemainingColumn(elapsed_when_finished=True),
        console=console,
    )
