"""What an importer did not believe: rows with their reasons, for a report file."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nlp.places.imports.errors import SourceError
from nlp.places.records import Point

COLUMNS = ("reason", "settlement", "street", "house", "latitude", "longitude", "source")


@dataclass(frozen=True, slots=True)
class Reject:
    """One thing of a source that was left out, or whose point was; `source` tells where it stands («way 123»)."""

    reason: str
    settlement: str = ""
    street: str = ""
    house: str = ""
    point: Point | None = None
    source: str = ""


@dataclass
class Rejects:
    """All that was rejected while a source was read."""

    rows: list[Reject] = field(default_factory=list)

    def add(self, reject: Reject) -> None:
        self.rows.append(reject)

    def counts(self) -> Mapping[str, int]:
        """How many by reason, the most first."""
        return dict(Counter(row.reason for row in self.rows).most_common())

    def write_report(self, path: Path | None) -> None:
        """Write what there is, before the pack is changed. Raises SourceError where it cannot be written."""
        if path is None or not self.rows:
            return
        try:
            self.write(path)
        except OSError as error:
            raise SourceError(f"the report of rejects cannot be written: {error}") from error

    def write(self, path: Path) -> None:
        """Write one CSV line for each, those of one reason together."""
        order = {reason: place for place, reason in enumerate(self.counts())}
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            for row in sorted(self.rows, key=lambda each: order[each.reason]):
                point = row.point or ("", "")
                writer.writerow([row.reason, row.settlement, row.street, row.house, *point, row.source])
