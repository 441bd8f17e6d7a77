"""The bodies at both ends of the ratings, for the letter."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
from psycopg import Connection

from indicators.period import Period
from indicators.ratings.current import Current
from indicators.ratings.policy import RatingPolicy
from indicators.ratings.store import Level
from indicators.reports.letter import RatedLine
from models.pack import RegionPack

EACH = 4
"""Bodies at each end; where there are no more than twice as many, all of them."""


def bodies(connection: Connection[Any], pack: RegionPack, day: date) -> tuple[RatedLine, ...]:
    """Bodies with enough problems in the three months to a day, best first: the first and the last few."""
    period = Period.quarter_to(day)
    ratings = Current(pack.id, Level.BODIES, period, RatingPolicy.of_pack(pack)).ratings(connection)
    named = [int(index) for index in np.argsort(-ratings.score, kind="stable") if ratings.enough[index]]
    shown = named if len(named) <= 2 * EACH else [*named[:EACH], *named[-EACH:]]
    names: dict[str, str] = dict(
        connection.execute("SELECT code, name FROM executors WHERE region_id = %s", [pack.id]).fetchall()
    )
    return tuple(
        RatedLine(
            name=names.get(ratings.names[index], ratings.names[index]),
            score=round(float(ratings.score[index]), 1),
            low=round(float(ratings.low[index]), 1),
            high=round(float(ratings.high[index]), 1),
            problems=round(float(ratings.problems[index])),
        )
        for index in shown
    )
