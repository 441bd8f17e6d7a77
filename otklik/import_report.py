"""What an import tells at its end, for people and as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from otklik.import_store import Outcome
from otklik.importing import Progress


@dataclass(frozen=True)
class ImportReport:
    """`seconds` run from the first row to the last appeal routed; `reading_seconds` to the last one accepted."""

    file: str
    progress: Progress
    outcome: Outcome
    reading_seconds: float
    seconds: float
    waited: bool
    rejected_file: Path | None
    was_finished: bool

    def to_json(self) -> dict[str, Any]:
        """Shares are of the problems found; null where there is nothing to take a share of."""
        done, outcome = self.progress, self.outcome
        told: dict[str, Any] = {
            "file": self.file,
            "rows": done.rows,
            "appeals_added": done.created,
            "appeals_here_before": done.known,
            "rows_rejected": done.rejected,
            "rejected_file": str(self.rejected_file) if self.rejected_file else None,
            "accepted_per_second": _rate(done.created, self.reading_seconds),
        }
        if not self.waited:
            return told
        return told | {
            "seconds": round(self.seconds, 2),
            "appeals_per_second": _rate(done.created, self.seconds),
            "appeals": outcome.appeals,
            "problems": outcome.problems,
            "assigned_by_machine": outcome.assigned,
            "assigned_by_machine_share": _share(outcome.assigned, outcome.problems),
            "before_operator": outcome.queued,
            "before_operator_share": _share(outcome.queued, outcome.problems),
            "dismissed": outcome.dismissed,
            "dismissed_share": _share(outcome.dismissed, outcome.appeals),
            "quarantined": outcome.quarantined,
        }

    def print(self, console: Console) -> None:
        """The same for a person."""
        done, outcome = self.progress, self.outcome
        table = Table(show_header=False, box=None, pad_edge=False)
        table.add_column()
        table.add_column(justify="right")
        table.add_column()
        table.add_row("rows read", f"{done.rows}", "")
        table.add_row("appeals added", f"{done.created}", _speed(done.created, self.reading_seconds, "accepted"))
        table.add_row("appeals here before", f"{done.known}", "")
        table.add_row("rows rejected", f"{done.rejected}", Text(str(self.rejected_file or "")))
        if self.waited:
            table.add_row("appeals analysed and routed", f"{outcome.appeals}", self._routed())
            table.add_row("problems found", f"{outcome.problems}", "")
            table.add_row(
                "assigned by the machine", f"{outcome.assigned}", _percent(outcome.assigned, outcome.problems)
            )
            table.add_row("put before an operator", f"{outcome.queued}", _percent(outcome.queued, outcome.problems))
            table.add_row("appeals dismissed", f"{outcome.dismissed}", _percent(outcome.dismissed, outcome.appeals))
            table.add_row("appeals quarantined", f"{outcome.quarantined}", "")
        if done.rows and done.rejected == done.rows:
            console.print(
                f"No row of {self.file} was taken: each was rejected for the reason given. Nothing was added.",
                highlight=False,
                markup=False,
            )
        elif self.was_finished and not done.created:
            console.print(f"{self.file} was imported before; nothing was added.", highlight=False, markup=False)
        console.print(table)

    def _routed(self) -> str:
        return _speed(self.progress.created, self.seconds, "from row to executor")


def _rate(count: int, seconds: float) -> float | None:
    return round(count / seconds, 1) if count and seconds > 0 else None


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _percent(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else ""


def _speed(count: int, seconds: float, what: str) -> str:
    rate = _rate(count, seconds)
    return "" if rate is None else f"{rate} appeals/s {what} ({seconds:.1f} s)"
