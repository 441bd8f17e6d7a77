"""The yardstick of bench.streams: psycopg alone, writing and reading the same bytes with a durable position."""

from __future__ import annotations

import multiprocessing
import select
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from multiprocessing.connection import Connection as Pipe
from typing import Any

import orjson
import psycopg

TABLES = """
CREATE TABLE bare_events (LIKE stream_events INCLUDING ALL);
CREATE TABLE bare_position (position bigint NOT NULL);
INSERT INTO bare_position VALUES (0)
"""
COLUMNS = "stream, partition, position, region_id, key, event, appended_at"


def row(position: int, content: Mapping[str, Any]) -> list[object]:
    """The same row as the engine writes, all in one partition."""
    return ["bare", 0, position, "omsk", "key", orjson.dumps(content).decode(), datetime.now(UTC)]


def append(connection: psycopg.Connection[Any], position: int, contents: Sequence[Mapping[str, Any]]) -> None:
    """One batch from `position` on, by COPY, committed."""
    with connection.cursor().copy(f"COPY bare_events ({COLUMNS}) FROM STDIN") as copy:
        for number, content in enumerate(contents, position):
            copy.write_row(row(number, content))
    connection.commit()


def take(connection: psycopg.Connection[Any], at_once: int) -> list[Any]:
    """One batch, its JSON parsed, and the position behind it committed."""
    (position,) = connection.execute("SELECT position FROM bare_position FOR UPDATE").fetchone() or (0,)
    rows = connection.execute(
        """SELECT position, event::text FROM bare_events
           WHERE stream = 'bare' AND partition = 0 AND position >= %s ORDER BY position LIMIT %s""",
        [position, at_once],
    ).fetchall()
    contents = [orjson.loads(content) for _, content in rows]
    if rows:
        connection.execute("UPDATE bare_position SET position = %s", [rows[-1][0] + 1])
    connection.commit()
    return contents


def _listen(url: str, number: int, pipe: Pipe) -> None:
    with psycopg.connect(url, autocommit=True) as listening, psycopg.connect(url) as connection:
        listening.execute("LISTEN bare")
        pipe.send("ready")
        found: list[float] = []
        while len(found) < number:
            select.select([listening.fileno()], [], [], 1)
            for _ in listening.notifies(timeout=0):
                pass
            contents = take(connection, 100)
            came = time.time()
            found += [came - content["sent"] for content in contents]
    pipe.send(found)


def latencies(url: str, number: int, pace: float) -> list[float]:
    """Seconds from before the insert of one row to its reader in another process, woken by NOTIFY."""
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    reader = multiprocessing.get_context("spawn").Process(target=_listen, args=(url, number, theirs))
    reader.start()
    if ours.recv() != "ready":
        raise RuntimeError("the reader did not start")
    with psycopg.connect(url) as connection:
        (position,) = connection.execute("SELECT count(*) FROM bare_events").fetchone() or (0,)
        for sent in range(position, position + number):
            values = row(sent, {"sent": time.time()})
            connection.execute(f"INSERT INTO bare_events ({COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s)", values)
            connection.execute("SELECT pg_notify('bare', '')")
            connection.commit()
            time.sleep(pace)
    found: list[float] = ours.recv()
    reader.join()
    return found
