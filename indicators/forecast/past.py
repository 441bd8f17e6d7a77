"""How the forecasts that are kept came true."""

from __future__ import annotations

from datetime import date
from typing import Any

from psycopg import Connection

from indicators.forecast import store
from indicators.forecast.judgement import Right, judged
from indicators.forecast.series import monday

KEPT_IN_VIEW = 26


def past_forecasts(connection: Connection[Any], region: str, today: date) -> list[Right]:
    """Of the newest half year of forecasts those with a week behind them, newest first."""
    made = store.wholes(connection, region, KEPT_IN_VIEW)
    if not made:
        return []
    came = store.weekly(connection, region, "", "", min(row["first_week"] for row in made))
    found = (judged(row["first_week"], row["model"], row["weeks"], came, monday(today)) for row in made)
    return [each for each in found if each is not None]
