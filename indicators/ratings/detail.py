"""From what the expectation of one who is rated comes: his topics and months beside those of the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from indicators.ratings.cells import Cells, Indexes, Numbers, summed
from indicators.ratings.components import Component
from indicators.ratings.shrink import counted


@dataclass(frozen=True, slots=True)
class Beside:
    """Own cases and total, and those of the others. `month` None: of the whole period, what stood before it too."""

    topic: str
    month: date | None
    cases: float
    total: float
    others_cases: float
    others_total: float


@dataclass(frozen=True, slots=True)
class Detail:
    """The others over all topics; each topic of his; each month of each topic (none for what stands at the end)."""

    others_cases: float
    others_total: float
    topics: list[Beside]
    months: list[Beside]


def detail(cells: Cells, component: Component, who: int) -> Detail:
    """The sums that indicators.ratings.shrink.expectation weighs for one who is rated."""
    cases, total = counted(cells, component)
    pair, pairs = cells.pair[: cells.used], len(cells.pair_who)
    pair_cases, pair_total = summed(pair, cases, pairs), summed(pair, total, pairs)
    if component.stock:
        pair_cases = np.maximum(pair_cases, 0)
        pair_total = np.clip(pair_total, 0, pair_cases)
    own = np.array(cells.pair_who, np.intp) == who
    topics = _beside(cells, own, pair_cases, pair_total, np.array(cells.pair_topic, np.intp), [None] * pairs)
    months: list[Beside] = []
    if not component.stock:
        season = cells.season[: cells.used]
        own_cells = cells.who[: cells.used] == who
        months = _beside(cells, own_cells, cases, total, season, [cells.season_month[one] for one in season])
    mine = cells.who[: cells.used] == who
    return Detail(float(cases[~mine].sum()), float(total[~mine].sum()), topics, months)


def _beside(
    cells: Cells, own: np.typing.NDArray[np.bool_], cases: Numbers, total: Numbers, group: Indexes, months: list[object]
) -> list[Beside]:
    """The rows of `own` with cases, each beside the others of its group (a topic, or a month of one)."""
    size = int(group.max()) + 1 if len(group) else 0
    all_cases, all_total = summed(group, cases, size), summed(group, total, size)
    found = []
    for at in np.flatnonzero(own & (cases > 0)):
        of = int(group[at])
        month = months[at]
        topic = cells.season_topic[of] if month is not None else of
        found.append(
            Beside(
                cells.topics[topic],
                month if isinstance(month, date) else None,
                float(cases[at]),
                float(total[at]),
                float(all_cases[of] - cases[at]),
                float(all_total[of] - total[at]),
            )
        )
    return found
