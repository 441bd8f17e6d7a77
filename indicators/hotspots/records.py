"""What hot spots are looked for in, and what was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

Trace = tuple[int, int]
"""(cell, days before the last day) of one appeal."""


@dataclass(frozen=True, slots=True)
class Found:
    """One hot spot of one run. `probability`: by chance alone, over everything looked at."""

    group: str
    method: str
    cells: tuple[int, ...]
    first: date
    last: date
    appeals: int
    expected: float
    probability: float


@dataclass(frozen=True)
class Observed:
    """Appeals of one group: `history` by cell in the year before the window, `window` by cell and day of the window."""

    history: Mapping[int, int]
    window: Mapping[Trace, int]

    @property
    def now(self) -> int:
        return sum(self.window.values())

    @property
    def before(self) -> int:
        return sum(self.history.values())
