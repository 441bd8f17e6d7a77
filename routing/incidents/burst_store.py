"""The SQL of bursts: counts by hour, and the alarms raised."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from streams.contract import Connection

if TYPE_CHECKING:
    from routing.incidents.alarms import Burst, Series
    from routing.incidents.records import Trace


def add(connection: Connection, counts: Mapping[tuple[Series, datetime], int]) -> None:
    """Add to the counts, in one order, so that no two workers wait for each other."""
    ordered = sorted(counts.items())
    rows = [(*series, hour, problems) for (series, hour), problems in ordered]
    columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[], [], [], [], []]
    connection.execute(
        """
        INSERT INTO problem_counts AS standing (region_id, group_name, place, hour, problems)
        SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::integer[])
        ON CONFLICT (region_id, group_name, place, hour) DO UPDATE SET problems = standing.problems + excluded.problems
        """,
        columns,
    )


def with_many(
    connection: Connection, latest: Mapping[Series, Trace], hours: int, least: int, quiet_hours: int
) -> list[Series]:
    """Those with `least` problems or more in the last `hours` hours and no alarm in the quiet time before."""
    ordered = sorted(latest)
    rows = connection.execute(
        """
        SELECT asked.number FROM unnest(%(regions)s::text[], %(groups)s::text[], %(places)s::text[],
            %(times)s::timestamptz[]) WITH ORDINALITY asked (region_id, group_name, place, at, number)
        WHERE (SELECT sum(c.problems) FROM problem_counts c
               WHERE (c.region_id, c.group_name, c.place) = (asked.region_id, asked.group_name, asked.place)
                 AND c.hour > asked.at - %(hours)s * interval '1 hour' AND c.hour <= asked.at) >= %(least)s
          AND NOT EXISTS (SELECT FROM bursts b
               WHERE (b.region_id, b.group_name, b.place) = (asked.region_id, asked.group_name, asked.place)
                 AND b.reached_at > asked.at - %(quiet)s * interval '1 hour')
        ORDER BY asked.number
        """,
        {
            "regions": [each.region for each in ordered],
            "groups": [each.group for each in ordered],
            "places": [each.place for each in ordered],
            "times": [latest[each].sent_at for each in ordered],
            "hours": hours,
            "least": least,
            "quiet": quiet_hours,
        },
    )
    return [ordered[number - 1] for (number,) in rows]


def history(connection: Connection, series: Collection[Series], since: datetime) -> dict[Series, dict[datetime, int]]:
    """Problems by hour of each series from `since` on."""
    ordered = sorted(series)
    found: dict[Series, dict[datetime, int]] = {each: {} for each in ordered}
    rows = connection.execute(
        """
        SELECT asked.number, c.hour, c.problems FROM unnest(%s::text[], %s::text[], %s::text[])
            WITH ORDINALITY asked (region_id, group_name, place, number)
        JOIN problem_counts c USING (region_id, group_name, place) WHERE c.hour >= %s
        """,
        [
            [each.region for each in ordered],
            [each.group for each in ordered],
            [each.place for each in ordered],
            since,
        ],
    )
    for number, hour, problems in rows:
        found[ordered[number - 1]][hour] = problems
    return found


def first_sent(connection: Connection, region: str) -> datetime:
    """When the first appeal that the region accepted was sent: before it nothing is known of what is usual."""
    row = connection.execute(
        "SELECT sent_at FROM appeals WHERE region_id = %s ORDER BY accepted_at, id LIMIT 1", [region]
    ).fetchone()
    assert row is not None
    sent_at: datetime = row[0]
    return sent_at


def write(connection: Connection, alarms: Iterable[Burst], now: datetime) -> list[Burst]:
    """Write the alarms; returns those that were not raised before."""
    raised = []
    for each in alarms:
        done = connection.execute(
            """
            INSERT INTO bursts (id, region_id, group_name, place, municipality, hours, reached_at, problems, expected,
                                probability, detected_at)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
            """,
            [
                *(each.id, *each.series, each.municipality, each.hours, each.reached_at, each.problems),
                *(each.level.expected, each.probability, now),
            ],
        )
        if done.rowcount == 1:
            raised.append(each)
    return raised
