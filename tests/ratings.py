"""Executors that do better and worse, as lives of problems."""

from __future__ import annotations

import random
from collections.abc import Iterable

from models.identifiers import new_id
from tests.lives import Life


def work(
    executor: str,
    count: int,
    bad: float,
    *,
    topic: str = "01.001",
    chance: random.Random,
    region: str = "gorod",
    new: int = 2,
) -> Iterable[Life]:
    """`count` problems of one executor, over 80 days; the share `bad` of them late, returned and judged 2.

    All are of new authors but each of number `new`.
    """
    for number in range(count):
        day = 80 * number / count
        failed = chance.random() < bad
        author = {"author": str(new_id()), "identity": "stated", "known_days": 400 if number % new == 0 else 0}
        life = Life(region=region).found(day, topic, "Город г.о.", **author).assigned(day + 0.1, executor)
        planned = day + (4 if failed else 1)
        life.planned(planned, executor=executor).stopped("plan", day + 0.1, day + 3.1, planned)
        closed = day + (12 if failed else 4 + 4 * chance.random())
        life.reported(closed - 0.1, executor).solved(closed, executor).stopped("solve", day, day + 10, closed)
        life.replied(closed + 0.1)
        if chance.random() < 0.5:
            life.judged(closed + 1, 2 if failed else 5, not failed)
        yield life
