"""SQL of the letter: counts of a week out of the facts and terms of problems. Days are the region's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from psycopg import Connection

from indicators.reports.letter import Flow, SpotLine, Verdicts

WEEK = timedelta(weeks=1)
YEAR = 52 * WEEK
BEFORE = 4
"""Weeks before the one of the letter that are its usual level."""
OPEN = "state IN ('found', 'queued', 'assigned', 'planned', 'reported')"
SPOTS = 5


@dataclass(frozen=True)
class Week:
    """Which week of which region is counted; `now` bounds nothing: what is open is open as it stands."""

    region: str
    monday: date
    zone: ZoneInfo

    @property
    def values(self) -> dict[str, Any]:
        return {
            "region": self.region,
            "monday": self.monday,
            "end": self.monday + WEEK,
            "before": self.monday - BEFORE * WEEK,
            "last_year": self.monday - YEAR,
            "zone": self.zone.key,
        }


def first_day(connection: Connection[Any], region: str) -> date | None:
    """The first day of which something is known."""
    row = connection.execute("SELECT min(day) FROM problem_facts WHERE region_id = %s", [region]).fetchone()
    return row[0] if row else None


def arrivals(connection: Connection[Any], week: Week) -> list[tuple[date, str, str, int]]:
    """(Monday, group, topic name, problems) of the week, of the four before and of the same one of last year."""
    return connection.execute(
        """SELECT date_trunc('week', f.day)::date, f.group_name, coalesce(t.name, f.topic), count(*)
           FROM problem_facts f LEFT JOIN topics t ON t.region_id = f.region_id AND t.code = f.topic
           WHERE f.region_id = %(region)s AND f.state <> 'dismissed'
               AND (f.day >= %(before)s AND f.day < %(end)s
                    OR f.day >= %(last_year)s AND f.day < %(last_year)s::date + 7)
           GROUP BY 1, 2, 3""",
        week.values,
    ).fetchall()


def by_week(connection: Connection[Any], week: Week, weeks: int) -> dict[date, int]:
    """Problems by week, of so many weeks to this one, and of the same ones a year before."""
    rows = connection.execute(
        """SELECT date_trunc('week', day)::date, count(*) FROM problem_facts
           WHERE region_id = %(region)s AND state <> 'dismissed'
               AND (day >= %(since)s AND day < %(end)s
                    OR day >= %(since)s::date - %(year)s AND day < %(end)s::date - %(year)s)
           GROUP BY 1""",
        week.values | {"since": week.monday - (weeks - 1) * WEEK, "year": YEAR.days},
    ).fetchall()
    return dict(rows)


def closings(connection: Connection[Any], week: Week) -> tuple[Flow, int, dict[str, int]]:
    """Solved (with the week before and last year's), answered in the week, and closed by group."""
    rows = connection.execute(
        """SELECT date_trunc('week', closed_day)::date, state, group_name, count(*) FROM problem_facts
           WHERE region_id = %(region)s AND state IN ('solved', 'answered')
               AND (closed_day >= %(monday)s::date - 7 AND closed_day < %(end)s
                    OR closed_day >= %(last_year)s AND closed_day < %(last_year)s::date + 7)
           GROUP BY 1, 2, 3""",
        week.values,
    ).fetchall()
    solved = dict.fromkeys((week.monday, week.monday - WEEK, week.monday - YEAR), 0)
    answered, groups = 0, dict[str, int]()
    for monday, state, group, count in rows:
        if monday == week.monday:
            groups[group] = groups.get(group, 0) + count
        if state == "solved":
            solved[monday] += count
        elif monday == week.monday:
            answered += count
    last_year = solved[week.monday - YEAR] or None
    return Flow(solved[week.monday], solved[week.monday - WEEK], last_year), answered, groups


def standing(connection: Connection[Any], week: Week) -> dict[str, tuple[int, int]]:
    """By group: what is open now, and of that with a term that ran out."""
    rows = connection.execute(
        f"""SELECT f.group_name, count(*), count(*) FILTER (WHERE EXISTS (
                SELECT FROM problem_terms t
                WHERE t.problem_id = f.problem_id AND t.breached_at IS NOT NULL AND t.stopped_at IS NULL))
            FROM problem_facts f WHERE f.region_id = %(region)s AND {OPEN} GROUP BY 1""".encode(),
        week.values,
    ).fetchall()
    return {group: (open_now, overdue) for group, open_now, overdue in rows}


def reopened(connection: Connection[Any], week: Week) -> int:
    """Problems that the author found not solved in the week."""
    row = connection.execute(
        """SELECT count(*) FROM problem_facts WHERE region_id = %(region)s AND said_solved = false
               AND (verdict_at AT TIME ZONE %(zone)s)::date >= %(monday)s
               AND (verdict_at AT TIME ZONE %(zone)s)::date < %(end)s AND reopenings > 0""",
        week.values,
    ).fetchone()
    return row[0] if row else 0


def verdicts(connection: Connection[Any], week: Week) -> Verdicts:
    row = connection.execute(
        """SELECT count(*), avg(score)::float, count(*) FILTER (WHERE NOT said_solved) FROM problem_facts
           WHERE region_id = %(region)s AND score IS NOT NULL
               AND (verdict_at AT TIME ZONE %(zone)s)::date >= %(monday)s
               AND (verdict_at AT TIME ZONE %(zone)s)::date < %(end)s""",
        week.values,
    ).fetchone()
    return Verdicts(*row) if row else Verdicts(0, None, 0)


def punctuality(connection: Connection[Any], week: Week) -> list[tuple[str, str, int, int]]:
    """(topic name, group, ended, late): terms of solution that ended in the week and the four before."""
    return connection.execute(
        """SELECT coalesce(n.name, f.topic), f.group_name, count(*), count(*) FILTER (WHERE t.late)
           FROM problem_terms t JOIN problem_facts f ON f.problem_id = t.problem_id
               LEFT JOIN topics n ON n.region_id = f.region_id AND n.code = f.topic
           WHERE t.region_id = %(region)s AND t.clock = 'solve'
               AND (t.stopped_at AT TIME ZONE %(zone)s)::date >= %(before)s
               AND (t.stopped_at AT TIME ZONE %(zone)s)::date < %(end)s
           GROUP BY 1, 2""",
        week.values,
    ).fetchall()


def spots(connection: Connection[Any], week: Week) -> tuple[SpotLine, ...]:
    """Hot spots that were seen in the week, the most surprising first."""
    rows = connection.execute(
        """SELECT group_name, municipality, appeals, expected, first_day::text FROM hot_spots
           WHERE region_id = %(region)s AND seen_on >= %(monday)s AND first_day < %(end)s
               AND (ended_on IS NULL OR ended_on >= %(end)s)
           ORDER BY appeals / greatest(expected, 0.5) DESC, id LIMIT %(most)s""",
        week.values | {"most": SPOTS},
    ).fetchall()
    return tuple(SpotLine(*row) for row in rows)
