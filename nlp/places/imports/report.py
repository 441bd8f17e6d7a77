"""What an importer did to a pack."""

from __future__ import annotations

from dataclasses import dataclass, field

from nlp.places.imports.draft import Draft
from nlp.places.imports.rejects import Rejects


@dataclass
class ImportReport:
    """What was added to a pack's geography, and what was rejected."""

    settlements: int = 0
    streets: int = 0
    houses: int = 0
    municipalities: int = 0
    """Borders taken from the source."""
    points_believed: int = 0
    rejects: Rejects = field(default_factory=Rejects)

    def count(self, draft: Draft, before: tuple[int, int, int]) -> None:
        """Fill in what the draft has gained since `before` was counted."""
        now = counted(draft)
        self.settlements, self.streets, self.houses = (after - was for after, was in zip(now, before, strict=True))


def counted(draft: Draft) -> tuple[int, int, int]:
    """How many settlements, streets and houses a draft holds."""
    streets = [street for each in draft.streets.values() for street in each.values()]
    return len(draft.settlements), len(streets), sum(len(street.houses) for street in streets)
