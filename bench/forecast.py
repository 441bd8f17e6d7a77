"""`python -m bench.forecast`: the forecast's error and its intervals on years with a known truth, beside naive guesses.

The counts are made (bench/forecast_town.py); real ones are judged by `otklik evaluate forecast FILE`.
"""

from __future__ import annotations

import json
import time
from datetime import date, timedelta

from bench.forecast_town import town
from indicators.forecast.backtest import backtest
from indicators.forecast.outcome import foretell, summary
from models.pack import load_pack
from sla.calendar import Calendar

SEEDS = (1, 2, 3)
WEEKS = 208
"""Four years, of which the last one is judged."""


def measure() -> dict[str, object]:
    """One JSON object: by seed the backtest, and the seconds that a whole weekly forecast takes."""
    calendar = Calendar.of_pack(load_pack("omsk"))

    def working_days(monday: date) -> int:
        return sum(calendar.is_working(monday + timedelta(days=day)) for day in range(7))

    told: dict[str, object] = {}
    for seed in SEEDS:
        series = town(WEEKS, seed, working_days)
        told[str(seed)] = summary(backtest(series, working_days, list(range(WEEKS - 64, WEEKS - 12, 4))))
    began = time.perf_counter()
    foretell(series, working_days)
    told["seconds"] = round(time.perf_counter() - began, 2)
    return told


if __name__ == "__main__":
    print(json.dumps(measure(), ensure_ascii=False))
