"""What a region and the country need, reckoned from what was measured: `python -m bench.scaling [FILE]`.

FILE holds what `python -m bench.pipeline` printed (bench/measured/pipeline.json: one object). Prints the tables of
docs/scaling.md; --write puts them there; --json prints the figures. Every assumption is a field of Demand.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MEASURED = Path(__file__).with_name("measured") / "pipeline.json"
PAGE = Path(__file__).resolve().parents[1] / "docs" / "scaling.md"
BEGIN, END = "<!-- python -m bench.scaling --write -->", "<!-- end -->"
STAGES = ("nlp", "routing", "sla")


@dataclass(frozen=True)
class Demand:
    """Who sends how much. `peak_day` times the average day; `busiest_hour`: share of a day's appeals.

    `busy`: how far a processor may be filled at the peak; `growth` a year, `years` ahead.
    """

    name: str
    appeals_a_year: float
    growth: float = 0.35
    years: int = 0
    peak_day: float = 10.0
    busiest_hour: float = 0.15
    busy: float = 0.6
    kafka_replicas: int = 3
    kafka_days: int = 30
    photos_an_appeal: float = 0.5
    photo_bytes: float = 2e6

    @property
    def appeals(self) -> float:
        """In the year that is reckoned."""
        return self.appeals_a_year * (1 + self.growth) ** self.years

    @property
    def kept(self) -> float:
        """All appeals since the beginning, the year that is reckoned included."""
        return sum(self.appeals_a_year * (1 + self.growth) ** year for year in range(self.years + 1))

    @property
    def peak(self) -> float:
        """Appeals a second in the busiest hour of a peak day."""
        return self.appeals / 365 * self.peak_day * self.busiest_hour / 3600


def needs(demand: Demand, cost: Mapping[str, float]) -> dict[str, float]:
    """Processors, workers, partitions and disk for a demand, from the cost of one appeal by part."""
    milliseconds = {name.removesuffix("_ms"): value for name, value in cost.items() if name.endswith("_ms")}
    workers = {
        f"workers_{stage}": math.ceil(demand.peak * milliseconds[stage] / 1000 / demand.busy) for stage in STAGES
    }
    kept_bytes = cost["tables_bytes"] + cost["log_bytes"]
    return {
        "appeals_a_year": round(demand.appeals),
        "appeals_a_second_at_peak": round(demand.peak, 2),
        "processors": round(demand.peak * sum(milliseconds.values()) / 1000 / demand.busy, 2),
        **workers,
        # twice the workers of the widest stage, so that a kill or a slow partition leaves nobody idle; a power of two
        "partitions": max(8, 2 ** math.ceil(math.log2(2 * max(workers.values())))),
        "database_gb": round(demand.kept * kept_bytes / 1e9, 1),
        "photos_gb": round(demand.kept * demand.photos_an_appeal * demand.photo_bytes / 1e9),
        "kafka_gb": round(
            demand.appeals / 365 * demand.kafka_days * cost.get("kafka_bytes", 0.0) * demand.kafka_replicas / 1e9, 1
        ),
        "wal_gb_on_a_peak_day": round(demand.appeals / 365 * demand.peak_day * cost["wal_bytes"] / 1e9, 1),
        "hours_for_a_years_backlog_on_two_processors": round(
            demand.appeals * sum(milliseconds.values()) / 1000 / 2 / 3600, 1
        ),
    }


DEMANDS = (
    Demand("region, 1 M a year", 1e6),
    Demand("region in 5 years", 1e6, years=5),
    Demand("country, 30 M a year", 30e6),
    Demand("country in 5 years, +35 %", 30e6, years=5),
    Demand("country in 5 years, +40 %", 30e6, growth=0.40, years=5),
)


def table(columns: Mapping[str, Mapping[str, float]]) -> str:
    """A Markdown table, one column a demand."""
    names = next(iter(columns.values())).keys()
    lines = ["| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    lines += [f"| {name} | " + " | ".join(f"{each[name]:,}" for each in columns.values()) + " |" for name in names]
    return "\n".join(lines)


def cost_table(cost: Mapping[str, float]) -> str:
    """What one appeal costs by part."""
    lines = ["| of one appeal | |", "|---|---|"]
    for unit, words in (("_ms", "ms of a processor"), ("_bytes", "bytes")):
        parts = sorted((name for name in cost if name.endswith(unit)), key=lambda name: -cost[name])
        lines += [f"| {name.removesuffix(unit)}, {words} | {cost[name]:,.2f} |" for name in parts]
        if unit == "_ms":
            lines.append(f"| all, {words} | {sum(cost[name] for name in parts):,.2f} |")
    return "\n".join(lines)


def tables(measured: Mapping[str, Any]) -> str:
    """Both tables of the page, with what they come from."""
    machine = measured["machine"]
    return (
        f"Engine {measured['engine']}, {measured['nlp_workers']} nlp workers, {measured['appeals']} appeals of "
        f"{measured['texts']} texts, {machine['cores']} cores, load {machine['load_before']} before it began: "
        f"{measured['appeals_per_second']} appeals/s, {measured['appeals_per_processor_second']} a "
        "processor-second.\n\n"
        f"{cost_table(measured['cost'])}\n\n"
        f"{table({demand.name: needs(demand, measured['cost']) for demand in DEMANDS})}"
    )


def written(page: str, inside: str) -> str:
    """The page with its tables replaced."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n{inside}\n{END}{rest.partition(END)[2]}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.scaling", description="What the measured cost comes to.")
    parser.add_argument("file", type=Path, nargs="?", default=MEASURED, help="what bench.pipeline printed")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/scaling.md")
    chosen = parser.parse_args()
    measured: dict[str, Any] = json.loads(chosen.file.read_text(encoding="utf-8"))
    if chosen.write:
        PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), tables(measured)), encoding="utf-8")
    if chosen.json:
        print(json.dumps({demand.name: needs(demand, measured["cost"]) for demand in DEMANDS}, ensure_ascii=False))
    else:
        print(tables(measured))


if __name__ == "__main__":
    main()
