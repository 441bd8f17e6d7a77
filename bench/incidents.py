"""Incidents and bursts: `python -m bench.incidents --file omsk.csv [--only bursts|joins|speed]`. Prints JSON.

- bursts: the file's rows (created_at, group, municipality) are a real series; alarms that it gives as it is (some of
  them true), alarms of the same rows with their times dealt anew (all false), and the recall of bursts planted in it;
- joins: the file's texts go through the engine into a database, invented incidents are planted among them, and
  everything is routed: precision and recall over pairs of planted problems;
- speed: problems a second through the join with `--problems` problems in the tables.
"""

from __future__ import annotations

import argparse
import csv
import json
from datetime import datetime
from pathlib import Path

from bench.incidents_bursts import Told, false_alarms, in_order, planted
from bench.incidents_joins import joins
from bench.incidents_speed import speed
from bench.machine import machine, versions
from models.analysis import Analysis, SourceText
from models.pack import load_pack
from models.places import PlaceLevel
from nlp.pipeline import Engine
from routing.incidents import causes_of

PARTS = ("bursts", "joins", "speed")


def series(file: Path, region: str) -> list[Told]:
    """The rows of the file in the order of their times, with the points of houses that the engine finds in the texts.

    Empty and unknown municipalities are none.
    """
    pack, engine = load_pack(region), Engine.of_pack(load_pack(region))
    known = {each["name"] for each in pack.about["municipalities"]}
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    times = [datetime.fromisoformat(row["created_at"]).replace(tzinfo=pack.zone) for row in rows]
    read = engine.analyse([SourceText(row["text"], at) for row, at in zip(rows, times, strict=True)])
    return in_order(
        Told(at, row["group"], row["municipality"] if row["municipality"] in known else "", point_of(analysis))
        for row, at, analysis in zip(rows, times, read, strict=True)
    )


def point_of(analysis: Analysis) -> tuple[float, float] | None:
    """The point of the house that the first problem names."""
    place = analysis.problems[0].place if analysis.problems else None
    if place is None or place.level is not PlaceLevel.HOUSE or place.latitude is None or place.longitude is None:
        return None
    return place.latitude, place.longitude


def bursts(file: Path, region: str, each_way: int, times: int) -> dict[str, object]:
    told, causes = series(file, region), causes_of(load_pack(region).folder)
    return {
        "problems": len(told),
        "false": false_alarms(told, region, causes, times),
        "planted": planted(told, region, causes, each_way),
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.incidents", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--file", type=Path, required=True, help="CSV with created_at, text, group, municipality")
    parser.add_argument("--region", default="omsk", help="region pack (omsk)")
    parser.add_argument("--only", choices=PARTS, help="one part")
    parser.add_argument("--each-way", type=int, default=200, help="bursts planted of each size and length (200)")
    parser.add_argument("--times", type=int, default=20, help="how often the series is dealt anew (20)")
    parser.add_argument("--problems", type=int, default=1_000_000, help="in the tables, for speed (1,000,000)")
    parser.add_argument("--plant", type=int, default=60, help="incidents planted (60)")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1], help="one run of joins for each (1)")
    parser.add_argument(
        "--listing", type=Path, help="write there which real problems were joined, for a person to judge"
    )
    chosen = parser.parse_args()
    shown: dict[str, object] = {"machine": machine(), "versions": versions()}
    if chosen.only in (None, "bursts"):
        shown["bursts"] = bursts(chosen.file, chosen.region, chosen.each_way, chosen.times)
    if chosen.only in (None, "joins"):
        shown["joins"] = [
            joins(chosen.file, chosen.region, chosen.plant, seed, chosen.listing) for seed in chosen.seeds
        ]
    if chosen.only in (None, "speed"):
        shown["speed"] = speed(chosen.problems)
    print(json.dumps(shown, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
