"""The counts of the heat map derived anew from the facts, against the table."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from psycopg.rows import tuple_row

from indicators import heat
from models.pack import RegionPack
from otklik.verify_rules import Difference
from streams import Connection

REGIONS = "SELECT DISTINCT region_id FROM heat_groups UNION SELECT DISTINCT region_id FROM problem_facts ORDER BY 1"


def compare_heat(connection: Connection, pack_of: Callable[[str], RegionPack]) -> Iterator[Difference]:
    """Counts that are not what the facts of their region give."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        regions = [region for (region,) in cursor.execute(REGIONS)]
    for region in regions:
        for where, what in heat.compare(connection, pack_of(region)):
            yield Difference("heat map", f"{region}: {where}", what)
