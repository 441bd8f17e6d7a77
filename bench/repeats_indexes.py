"""The ways to find candidates that were not taken, measured beside the one that was: `--rivals` of bench.repeats."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import psycopg

from bench.repeats_texts import problems
from nlp.repeats.keys import keys_of
from nlp.repeats.store import CANDIDATES, HOLDERS

Connection = psycopg.Connection[Any]
TRIALS = 60
INSERTED = 20
"""Transactions of 100 rows."""
RELATIONS = ("problem_keys", "problem_keys_pkey", "problem_signatures", "similar_problems", "appeals", "problems")

COPIED = """CREATE TABLE rival AS
    SELECT s.seq, s.keys, a.text FROM problem_signatures s
    JOIN problems p ON p.id = s.problem_id JOIN appeals a ON a.id = p.appeal_id WHERE s.seq <= %s"""
KEYS_TABLE = """CREATE TABLE rival_keys AS SELECT DISTINCT k AS key, seq FROM rival, unnest(keys) AS k"""
RIVALS: dict[str, tuple[str, str, str]] = {
    # name: (index, query, insert)
    "key table, btree": (
        "CREATE UNIQUE INDEX rival_index ON rival_keys (key, seq)",
        f"""SELECT k.seq FROM unnest(%(keys)s::bigint[]) AS asked (key) CROSS JOIN LATERAL (
                SELECT seq FROM rival_keys WHERE key = asked.key ORDER BY seq DESC LIMIT {HOLDERS}) k
            GROUP BY k.seq ORDER BY count(*) DESC, k.seq DESC LIMIT {CANDIDATES}""",
        "INSERT INTO rival_keys SELECT DISTINCT k, %(seq)s FROM unnest(%(keys)s::bigint[]) AS k",
    ),
    "int[] with GIN": (
        "CREATE INDEX rival_index ON rival USING gin (keys) WITH (fastupdate = off)",
        f"SELECT seq FROM rival WHERE keys && %(keys)s::bigint[] ORDER BY seq DESC LIMIT {CANDIDATES}",
        "INSERT INTO rival VALUES (%(seq)s, %(keys)s, '')",
    ),
    "text with pg_trgm GIN": (
        "CREATE INDEX rival_index ON rival USING gin (text gin_trgm_ops) WITH (fastupdate = off)",
        f"""SELECT seq FROM rival WHERE text %% %(text)s ORDER BY similarity(text, %(text)s) DESC LIMIT {CANDIDATES}""",
        "INSERT INTO rival VALUES (%(seq)s, NULL, %(text)s)",
    ),
}


def sizes(connection: Connection) -> dict[str, float]:
    """Megabytes of the tables and of the index, the indexes of a table apart."""
    return {name: megabytes(connection, name) for name in RELATIONS}


def megabytes(connection: Connection, relation: str) -> float:
    row = connection.execute("SELECT pg_relation_size(%s)", [relation]).fetchone()
    assert row is not None
    return round(float(row[0]) / 2**20, 1)


def compare(connection: Connection, count: int, texts: Sequence[str]) -> dict[str, object]:
    """Build time, size, query and insert times of each way on the first `count` problems."""
    connection.execute("SET maintenance_work_mem = '256MB'")
    connection.execute("SET pg_trgm.similarity_threshold = 0.5")
    connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    connection.execute(COPIED, [count])
    connection.execute(KEYS_TABLE)
    new = [(keys_of(each).filed, each.text) for each in problems(texts, TRIALS + 100 * INSERTED, 5)]
    return {name: one(connection, count, new, *ways) for name, ways in RIVALS.items()}


def one(
    connection: Connection, count: int, new: Sequence[tuple[list[int], str]], index: str, query: str, insert: str
) -> dict[str, object]:
    started = time.perf_counter()
    connection.execute(index.encode())
    built = time.perf_counter() - started
    connection.execute("ANALYZE")
    queries = sorted(timed(connection, query, {"keys": keys, "text": text}) for keys, text in new[:TRIALS])
    size = megabytes(connection, "rival_index")
    inserted = []
    for start in range(TRIALS, len(new), 100):
        rows = [
            {"seq": count + start + number, "keys": keys, "text": text}
            for number, (keys, text) in enumerate(new[start : start + 100])
        ]
        begun = time.perf_counter()
        with connection.transaction(), connection.cursor() as cursor:
            cursor.executemany(insert.encode(), rows)
        inserted.append(time.perf_counter() - begun)
    connection.execute("DROP INDEX rival_index")
    return {
        "build_seconds": round(built, 1),
        "index_megabytes": size,
        "query_ms_p50": round(1000 * queries[len(queries) // 2], 2),
        "query_ms_p95": round(1000 * queries[int(0.95 * len(queries))], 2),
        "insert_ms_a_row": round(10 * sorted(inserted)[len(inserted) // 2], 3),
    }


def timed(connection: Connection, query: str, values: dict[str, object]) -> float:
    started = time.perf_counter()
    connection.execute(query.encode(), values).fetchall()
    return time.perf_counter() - started
