"""Puts a region pack's rows into the database: the region, its topics, its executors. Again and again the same."""

from __future__ import annotations

from datetime import date
from typing import Any

import psycopg

from models.pack import RegionPack
from routing.competence import bodies_of_pack
from routing.executor_store import write_absences, write_executors
from routing.executors import ABSENCES, absences_of
from routing.in_force import last_import


def install_pack(connection: psycopg.Connection[Any], pack: RegionPack) -> None:
    """Write or renew the pack's rows in the caller's transaction. What left the pack stays: problems refer to it."""
    connection.execute(
        """INSERT INTO regions (id, name, time_zone, created_at) VALUES (%s, %s, %s, now())
           ON CONFLICT (id) DO UPDATE SET name = excluded.name, time_zone = excluded.time_zone
           WHERE (regions.name, regions.time_zone) IS DISTINCT FROM (excluded.name, excluded.time_zone)""",
        [pack.id, pack.name, str(pack.about["time_zone"])],
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            """INSERT INTO topics (region_id, code, group_name, name) VALUES (%s, %s, %s, %s)
               ON CONFLICT (region_id, code) DO UPDATE SET group_name = excluded.group_name, name = excluded.name
               WHERE (topics.group_name, topics.name) IS DISTINCT FROM (excluded.group_name, excluded.name)""",
            [(pack.id, topic.code, topic.group, topic.name) for topic in pack.topics],
        )
    write_executors(connection, pack.id, list(bodies_of_pack(pack)), "pack")
    if not last_import(connection, pack.id):
        write_absences(connection, pack.id, absences_of(pack.optional_rows(ABSENCES)), date.min)
