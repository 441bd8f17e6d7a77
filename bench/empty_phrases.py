"""How well replies that say nothing are told from answers: `python -m bench.empty_phrases [--part PART] [--wrong]`.

The examples (bench/empty_phrases.jsonl) were written for this by the house, one half to work with (`tune`), the other
set aside (`aside`) and not looked at while rules were changed. They are no sample of real replies: what stands here is
how the rules do on clear cases, not how often an official writes so.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from models.places import PlaceLevel
from resolution.replies.emptiness.rules import flags_of
from resolution.replies.grammar import Spot
from resolution.replies.records import Outcome, Section

EXAMPLES = Path(__file__).with_name("empty_phrases.jsonl")
NOBODY = UUID(int=0)


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    for part in (options.part,) if options.part else ("tune", "aside"):
        rows = [row for row in examples() if row["part"] == part]
        print(json.dumps({"part": part, **measured(rows)}, ensure_ascii=False))
        if options.wrong:
            for row, found in ((row, flagged(row)) for row in rows):
                if bool(found) != (row["label"] == "empty"):
                    print(f"  {row['label']}: {row['words']} {found}")
    return 0


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m bench.empty_phrases", description=__doc__)
    made.add_argument("--part", choices=["tune", "aside"], help="one half alone")
    made.add_argument("--wrong", action="store_true", help="show what was told wrongly")
    return made


def examples() -> list[dict[str, Any]]:
    return [json.loads(line) for line in EXAMPLES.read_text(encoding="utf-8").splitlines()]


def flagged(row: dict[str, Any]) -> list[str]:
    """Codes of the flags of one example."""
    about = Section(
        problem_id=NOBODY,
        source=None,
        outcome=Outcome(row["outcome"]),
        topic=row["topic"],
        group="",
        spot=Spot(PlaceLevel.HOUSE, street=row["street"], house=row["house"]),
        quote=row["quote"],
        words=row["words"],
    )
    return [flag.code for flag in flags_of(about, 0)]


def measured(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Precision and recall of «says nothing» with Wilson's intervals of 95 %."""
    found = [(bool(flagged(row)), row["label"] == "empty") for row in rows]
    both = sum(told and true for told, true in found)
    told, true = sum(told for told, _ in found), sum(true for _, true in found)
    return {
        "examples": len(rows),
        "empty": true,
        "precision": share(both, told),
        "recall": share(both, true),
        "good_ones_flagged": share(told - both, len(rows) - true),
    }


def share(part: int, of: int) -> dict[str, Any]:
    """A share with Wilson's interval of 95 % (Wilson 1927, JASA 22, 209-212)."""
    if not of:
        return {"share": None, "of": 0}
    z, p = 1.96, part / of
    centre, spread = p + z * z / (2 * of), z * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    low, high = (centre - spread) / (1 + z * z / of), (centre + spread) / (1 + z * z / of)
    return {"share": round(p, 3), "interval": [round(max(0.0, low), 3), round(min(1.0, high), 3)], "of": of}


if __name__ == "__main__":
    sys.exit(main())
