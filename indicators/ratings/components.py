"""The components of a rating: what is counted, out of what, and which way is good."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    SHARE = "share"  # so many of so many
    MEAN = "mean"  # a mean of values


@dataclass(frozen=True, slots=True)
class Component:
    """`of` and `count` name counts of indicators.work whose sums are the number of cases and the total.

    `squares` is the sum of squares of a mean. `higher` is better; `stock` is what stands at the period's end.
    `pool`: by which of POOLS new authors are weighed (indicators.ratings.newcomers).
    """

    code: str
    kind: Kind
    of: tuple[str, ...]
    count: str
    title: str
    meaning: str
    squares: str = ""
    pool: str = "works"
    higher: bool = False
    stock: bool = False


COMPONENTS = (
    Component("plan", Kind.SHARE, ("plans",), "plans_late", "Планы не в срок", "планов, сроки которых вышли"),
    Component("solve", Kind.SHARE, ("terms",), "terms_late", "Решения не в срок", "сроков решения, которые вышли"),
    Component(
        "score", Kind.MEAN, ("verdicts",), "score_total", "Оценка авторов", "оценок", "score_squares",
        pool="verdicts", higher=True,
    ),
    Component("unsolved", Kind.SHARE, ("verdicts",), "unsolved", "«Не решено»", "оценок авторов", pool="verdicts"),
    Component("reopened", Kind.SHARE, ("solved", "explained"), "reopened", "Вернулись в работу", "закрытых проблем"),
    Component("flagged", Kind.SHARE, ("reports",), "flagged", "Негодные доказательства", "отчётов о решении"),
    Component("formal", Kind.SHARE, ("replies",), "formal", "Отписки", "ответов"),
    Component(
        "explained", Kind.SHARE, ("solved", "explained"), "explained", "Объяснили, а не решили", "закрытых проблем"
    ),
    Component(
        "backlog", Kind.SHARE, ("solved", "explained", "opened"), "overdue", "Лежит просроченным",
        "проблем, бывших в работе", stock=True,
    ),
    Component(
        "speed", Kind.MEAN, ("speeds",), "speed_total", "Доля срока, ушедшая на решение", "решённых проблем",
        "speed_squares",
    ),
    Component("wrongly", Kind.SHARE, ("received",), "refused_wrongly", "Отказы от своего", "полученных проблем"),
    Component("refused", Kind.SHARE, ("received",), "refused", "Отказы", "полученных проблем"),
)  # fmt: skip

POOLS = (
    Component(
        "works", Kind.SHARE, ("clean_solved",), "fresh_solved", "Новые авторы среди решённого", "решённых без нареканий"
    ),
    Component(
        "verdicts", Kind.SHARE, ("clean_verdicts",), "fresh_verdicts", "Новые авторы среди оценок",
        "оценок без нареканий",
    ),
)  # fmt: skip
"""Of what a cheat has more than citizens give: problems in which nothing speaks against him, and their verdicts."""
CLIENTELE = Component(
    "clientele", Kind.SHARE, ("stained",), "stained_new", "Новые авторы среди остального", "остальных проблем"
)
"""How many new authors he has otherwise."""
COUNTED = (*COMPONENTS, *POOLS, CLIENTELE)
"""All that is gathered from the cells."""

BY_CODE = {component.code: component for component in COMPONENTS}
