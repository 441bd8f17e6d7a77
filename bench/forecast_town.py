"""A made-up region's weekly problems over years with a known truth: season, growth, holidays, floods of one cause."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np

from indicators.forecast.series import Counts, Series

SEASONS = {
    # group: (problems a week, depth of the season as a log, week of the peak, growth a year as a log)
    "Отопление и вода": (60, 0.9, 2, 0.05),
    "Дороги": (45, 0.5, 14, 0.10),
    "Снег и лёд": (25, 1.6, 4, 0.0),
    "Благоустройство": (30, 0.7, 26, 0.15),
    "Мусор": (20, 0.3, 20, 0.0),
    "Общественный транспорт": (22, 0.15, 40, 0.05),
    "Здравоохранение": (14, 0.3, 5, -0.05),
    "Образование": (7, 0.4, 36, 0.0),
    "Связь": (4, 0.0, 1, 0.0),
    "Экология": (2, 0.3, 30, 0.0),
}
"""Of our own making: the shape of a northern town's year, no region's figures."""
PLACES = 12
DAYS_OFF = 0.6
"""Of a day off there comes so much less than of a working day."""
NOISE = 0.04
"""Variance of a week's own chance as a share of its mean squared."""
FLOODS_A_YEAR = 3.0


def town(weeks: int, seed: int, working_days: Callable[[date], int], start: date = date(2022, 1, 3)) -> Series:
    """So many weeks from a Monday on; the same seed gives the same counts."""
    chance = np.random.default_rng(seed)
    sizes = 1 / np.arange(1, PLACES + 1) ** 1.5
    mondays = [start + timedelta(weeks=number) for number in range(weeks)]
    days = np.array([working_days(day) for day in mondays])
    calendar = (days + (7 - days) * (1 - DAYS_OFF)) / (5 + 2 * (1 - DAYS_OFF))
    counts = np.zeros((weeks, len(SEASONS), PLACES))
    for index, (mean, depth, peak, growth) in enumerate(SEASONS.values()):
        year = np.cos(2 * np.pi * (np.array([day.timetuple().tm_yday / 7 for day in mondays]) - peak) / 52.18)
        level = np.exp(np.cumsum(chance.normal(0, 0.015, weeks)) + growth * np.arange(weeks) / 52.18)
        own = chance.gamma(1 / NOISE, NOISE, weeks)
        whole = mean * level * calendar * np.exp(depth * year - depth**2 / 4) * own
        shares = chance.dirichlet(sizes * 30)
        counts[:, index] = chance.poisson(whole[:, None] * shares)
        _flood(counts[:, index], shares, mean, chance)
    return Series(start, tuple(SEASONS), tuple(f"Район {number}" for number in range(1, PLACES + 1)), counts)


def _flood(counts: Counts, shares: Counts, mean: float, chance: np.random.Generator) -> None:
    """Weeks in which one cause brings as much again as a usual week does, in one place."""
    for week in np.flatnonzero(chance.random(counts.shape[0]) < FLOODS_A_YEAR / 52):
        counts[week, chance.choice(len(shares), p=shares)] += chance.poisson(mean)
