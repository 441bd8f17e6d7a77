"""SQL of forecasts: the counts they are made of, and the forecasts that are kept."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from indicators.forecast.outcome import Outcome
from indicators.forecast.series import Series, monday, of_counts
from models.identifiers import derived_id

Row = dict[str, Any]
NO_GROUP, NO_PLACE = "Без группы", "Место не определено"
"""What a row is called whose problems have no group or no municipality: empty names mean all."""


def series(connection: Connection[Any], region: str, today: date) -> Series | None:
    """Whole weeks of the region's problems before the week of `today`, by day of acceptance; dismissed ones left out.

    A row of the answer is a week and not a day, but for the first week, whose first day tells whether it is whole.
    """
    rows = connection.execute(
        """WITH first AS (SELECT min(day) AS day FROM problem_facts WHERE region_id = %(region)s)
           SELECT greatest(date_trunc('week', f.day)::date, first.day) AS day, f.group_name, f.municipality, count(*)
           FROM problem_facts f, first
           WHERE f.region_id = %(region)s AND f.state <> 'dismissed' AND f.day < %(end)s
           GROUP BY 1, 2, 3""",
        {"region": region, "end": monday(today)},
    ).fetchall()
    return of_counts(((day, group or NO_GROUP, place or NO_PLACE, n) for day, group, place, n in rows), monday(today))


def save(connection: Connection[Any], region: str, outcome: Outcome, now: datetime) -> bool:
    """Keep a forecast; False where that week has one already, which stays."""
    made = derived_id(region, "forecast", outcome.first_week)
    added = connection.execute(
        """INSERT INTO forecasts (id, region_id, first_week, made_at, model, weeks_known, backtest)
           VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (region_id, first_week) DO NOTHING""",
        [made, region, outcome.first_week, now, outcome.model, outcome.weeks_known, Jsonb(outcome.backtest)],
    ).rowcount
    if not added:
        return False
    with connection.cursor() as cursor:
        cursor.executemany(
            """INSERT INTO forecast_rows (forecast_id, ordinal, region_id, group_name, municipality, method, wape,
                                          naive_wape, weeks) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)""",
            [
                (made, ordinal, region, row.group_name, row.municipality, row.method.value, row.wape, row.naive_wape,
                 Jsonb([asdict(week) for week in row.weeks]))
                for ordinal, row in enumerate(outcome.rows)
            ],
        )  # fmt: skip
    return True


def made_for(connection: Connection[Any], region: str, week: date) -> bool:
    """Whether the week of this Monday has a forecast."""
    found = connection.execute("SELECT FROM forecasts WHERE region_id = %s AND first_week = %s", [region, week])
    return found.fetchone() is not None


def latest(connection: Connection[Any], region: str, until: date | None = None) -> Row | None:
    """The last forecast, or the last one whose first week is not after `until`."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            """SELECT id, first_week, made_at, model, weeks_known, backtest FROM forecasts
               WHERE region_id = %s AND (%s::date IS NULL OR first_week <= %s) ORDER BY first_week DESC LIMIT 1""",
            [region, until, until],
        ).fetchone()


def rows_of(connection: Connection[Any], forecast: UUID) -> list[Row]:
    """The rows of a forecast in their order: the whole region first."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            """SELECT group_name, municipality, method, wape, naive_wape, weeks FROM forecast_rows
               WHERE forecast_id = %s ORDER BY ordinal""",
            [forecast],
        ).fetchall()


def wholes(connection: Connection[Any], region: str, most: int) -> list[Row]:
    """The newest forecasts of the whole region, each with its weeks: what is judged when the weeks have come."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            """SELECT f.first_week, f.made_at, f.model, r.method, r.weeks FROM forecasts f
                   JOIN forecast_rows r ON r.forecast_id = f.id AND r.group_name = '' AND r.municipality = ''
               WHERE f.region_id = %s ORDER BY f.first_week DESC LIMIT %s""",
            [region, most],
        ).fetchall()


def weekly(connection: Connection[Any], region: str, group: str, municipality: str, since: date) -> dict[date, int]:
    """Problems by week (Monday) from `since` on; empty names mean all."""
    rows = connection.execute(
        """SELECT date_trunc('week', day)::date, count(*) FROM problem_facts
           WHERE region_id = %(region)s AND state <> 'dismissed' AND day >= %(since)s
               AND (%(group)s = '' OR coalesce(nullif(group_name, ''), %(no_group)s) = %(group)s)
               AND (%(place)s = '' OR coalesce(nullif(municipality, ''), %(no_place)s) = %(place)s)
           GROUP BY 1""",
        {"region": region, "since": since, "group": group, "place": municipality, "no_group": NO_GROUP,
         "no_place": NO_PLACE},
    ).fetchall()  # fmt: skip
    return dict(rows)


def by_group(connection: Connection[Any], region: str, since: date, until: date) -> dict[str, int]:
    """Problems by group from `since` to the day before `until`."""
    rows = connection.execute(
        """SELECT coalesce(nullif(group_name, ''), %s), count(*) FROM problem_facts
           WHERE region_id = %s AND state <> 'dismissed' AND day >= %s AND day < %s GROUP BY 1""",
        [NO_GROUP, region, since, until],
    ).fetchall()
    return dict(rows)
