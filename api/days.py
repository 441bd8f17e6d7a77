"""Days as requests name them: far from the ends of the calendar, where adding a month to one breaks."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from annotated_types import Ge, Le

FIRST, LAST = date(1900, 1, 1), date(2199, 12, 31)
"""No appeal is older, no plan reaches further."""
Day = Annotated[date, Ge(FIRST), Le(LAST)]
