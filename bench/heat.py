"""How fast the heat map answers over so many problems, how large its counts are, and whether hot spots are found.

    python -m bench.heat [--problems 1000000] [--hot-spots 20] [--map]

A made-up Omsk region of three years: the pack's own streets, 303 topics with seasons, weekdays and bad days
(bench/heat_world.py). The figures of docs/measurements.md come from here.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import psycopg

from api.views.heat import public_pieces, staff_map
from bench.heat_world import LAST, fill
from indicators import heat
from indicators.heat import Choice
from indicators.heat.cells import centre
from indicators.heat.public import public_map
from indicators.period import Period
from models.pack import RegionPack, load_pack
from otklik.postgres import EmbeddedServer
from otklik.settings import Settings
from otklik.wiring import prepare
from streams.contract import Connection

SCREEN = 1400, 900
"""Pixels of the map on a desk."""
REGION = "omsk"


@contextmanager
def database() -> Iterator[psycopg.Connection[Any]]:
    """A fresh server with fsync on and an empty, migrated database."""
    with tempfile.TemporaryDirectory(prefix="otklik-bench-") as folder:
        server = EmbeddedServer(Path(folder))
        server.start()
        try:
            prepare(server.url(), Settings(data_folder=Path(folder)))
            with psycopg.connect(server.url()) as connection:
                yield connection
        finally:
            server.stop()


def heat_bench(connection: Connection, pack: RegionPack, last: Any = LAST, asked: int = 400) -> dict[str, object]:
    """Fill the counts from the facts that stand there; times of the answers of the map. Milliseconds."""
    began = time.perf_counter()
    heat.rebuild(connection, pack)
    connection.commit()
    filled = time.perf_counter() - began
    connection.execute("ANALYZE heat_counts, heat_areas, problem_facts")
    connection.commit()
    sizes = connection.execute(
        """SELECT pg_total_relation_size('problem_facts') >> 20,
            (pg_total_relation_size('heat_counts') + pg_total_relation_size('heat_areas')) >> 20,
            (SELECT count(*) FROM heat_counts)"""
    ).fetchone()
    assert sizes is not None
    months = heat.public_months(connection, pack.id, last)
    return {
        "filled_from_nothing_seconds": round(filled, 1),
        "facts_mb": sizes[0],
        "counts_mb": sizes[1],
        "count_rows": sizes[2],
        "tiles_ms": _times(connection, _tiles(connection, pack, last, asked)),
        "public_ms": _times(connection, _public(connection, pack, months[-12:], asked // 8)),
        "public_kept_ms": _times(connection, _public_kept(connection, pack, months[-1], asked // 8)),
    }


Question = tuple[str, Callable[[], object]]


def _tiles(connection: Connection, pack: RegionPack, last: Any, asked: int) -> Iterator[Question]:
    """Views of the map as people look: every zoom, places by how much happens there, any period, topics, states."""
    chance = np.random.default_rng(1)
    groups = sorted({topic.group for topic in pack.topics})
    rows = connection.execute(
        "SELECT cell, open + solved + answered FROM heat_counts WHERE region_id = %s AND resolution = 7", [pack.id]
    ).fetchall()
    weights = np.array([float(row[1]) for row in rows])
    places = chance.choice(len(rows), size=asked, p=weights / weights.sum())
    for place in places:
        zoom = int(chance.integers(6, 16))
        south, west, north, east = _view(centre(rows[place][0]), zoom)
        days = int(chance.choice([7, 30, 90, 365, 1090]))
        back = int(chance.integers(0, 60))
        period = Period(last - timedelta(days=days + back - 1), last - timedelta(days=back))
        kind = str(chance.choice(["all", "all", "group", "topic"]))
        choice = Choice(
            pack.id, period,
            group=str(chance.choice(groups)) if kind == "group" else "",
            topic=str(chance.choice([topic.code for topic in pack.topics])) if kind == "topic" else "",
        )  # fmt: skip
        state = str(chance.choice(["", "", "open", "solved"]))

        def ask(
            choice: Choice = choice, state: str = state, zoom: int = zoom, box: Any = (south, west, north, east)
        ) -> object:
            return orjson.dumps(staff_map(connection, pack, choice, state, heat.resolution_of(zoom), box))

        yield f"{kind}, {'over a year' if days > 365 else 'a year or less'}", ask


def _view(centre: tuple[float, float], zoom: int) -> tuple[float, float, float, float]:
    degrees = 360 / 256 / 2**zoom
    wide, high = SCREEN[0] * degrees, SCREEN[1] * degrees * 0.57
    return centre[0] - high / 2, centre[1] - wide / 2, centre[0] + high / 2, centre[1] + wide / 2


def _public(connection: Connection, pack: RegionPack, months: list[Any], asked: int) -> Iterator[Question]:
    chance = np.random.default_rng(2)
    groups = ["", "", *sorted({topic.group for topic in pack.topics})]
    for _ in range(asked):
        month, group, at = (
            months[int(chance.integers(len(months)))],
            str(chance.choice(groups)),
            int(chance.integers(5, 10)),
        )

        def ask(month: Any = month, group: str = group, at: int = at) -> object:
            pieces = public_map(connection, pack, heat.Asked(pack.id, month, group, heat.FLOOR, at))
            return orjson.dumps(public_pieces(pieces, "", heat.FLOOR, None))

        yield "public", ask


def _public_kept(connection: Connection, pack: RegionPack, month: Any, asked: int) -> Iterator[Question]:
    """The last month again and again, as most visitors ask."""
    maps = heat.PublicMaps()
    for number in range(asked):
        wanted = heat.Asked(pack.id, month, "", heat.FLOOR, 7)

        def ask(wanted: heat.Asked = wanted) -> object:
            return orjson.dumps(public_pieces(maps.of(connection, pack, wanted).pieces, "", heat.FLOOR, None))

        yield "first" if number == 0 else "again", ask


def _times(connection: Connection, questions: Iterator[Question]) -> dict[str, object]:
    """p50, p95, p99 of all and p95 by kind, each question asked once, in milliseconds."""
    taken: dict[str, list[float]] = {}
    for kind, ask in questions:
        began = time.perf_counter()
        ask()
        taken.setdefault(kind, []).append(1000 * (time.perf_counter() - began))
        connection.rollback()
    everything = np.array([each for times in taken.values() for each in times])
    p50, p95, p99 = (round(float(np.percentile(everything, at)), 1) for at in (50, 95, 99))
    kinds = {kind: round(float(np.percentile(times, 95)), 1) for kind, times in sorted(taken.items())}
    return {"asked": len(everything), "p50": p50, "p95": p95, "p99": p99, "p95_by_kind": kinds}


def main() -> None:
    """Print the figures as JSON."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--problems", type=int, default=1_000_000)
    arguments.add_argument(
        "--hot-spots", type=int, default=20, help="seeds of planted hot spots; 0: none are looked for"
    )
    arguments.add_argument("--map", action=argparse.BooleanOptionalAction, default=True)
    chosen = arguments.parse_args()
    print(json.dumps(measured(chosen.problems if chosen.map else 0, chosen.hot_spots), ensure_ascii=False, indent=1))


def measured(problems: int, nights: int) -> dict[str, object]:
    """Figures of the map over so many problems, and of the hot spots of so many nights; 0: none."""
    pack = load_pack(REGION)
    found: dict[str, object] = {}
    if problems:
        with database() as connection:
            began = time.perf_counter()
            fill(connection, pack, problems, seed=5)
            print(f"{problems} facts written in {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
            found["map"] = {"problems": problems} | heat_bench(connection, pack)
    if nights:
        from bench.heat_spots import spots_bench

        found["hot_spots"] = spots_bench(pack, nights)
    return found


if __name__ == "__main__":
    main()
