"""The fault suite by hand: `python3 dev.py faults [--engine embedded|kafka] [--kills N] [--seed S] [--json FILE]`."""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.faults.run import run


def show(result: dict[str, Any]) -> None:
    table = Table("fault", "tried", "struck", title=f"{result['engine']}, seed {result['seed']}", title_justify="left")
    for name, what in result["faults"].items():
        table.add_row(name, str(what["tried"]), str(what["struck"]))
    console = Console()
    console.print(table)
    promises = Table("what must be true", "differences")
    for name, ids in result["differences"].items():
        promises.add_row(name, str(len(ids)) if ids else "none")
    console.print(promises)
    console.print(
        {
            name: result[name]
            for name in ("kills", "seconds", "accepted", "events", "reports", "letters", "put aside and replayed")
        }
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python3 dev.py faults", description="Kill everything and count what is left."
    )
    parser.add_argument("--engine", choices=["embedded", "kafka"], help="default: both, one after the other")
    parser.add_argument("--kills", type=int, default=200, help="kills of each engine's run (200)")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="repeats the schedule of a run")
    parser.add_argument("--json", type=Path, help="file for the results")
    asked = parser.parse_args()
    results = []
    for engine in [asked.engine] if asked.engine else ["embedded", "kafka"]:
        with tempfile.TemporaryDirectory(prefix="otklik-faults-", ignore_cleanup_errors=True) as folder:
            results.append(run(Path(folder), engine, asked.seed, asked.kills))
        show(results[-1])
        if asked.json:
            asked.json.write_text(json.dumps(results, ensure_ascii=False, indent=1))
    return int(any(ids for result in results for ids in result["differences"].values()))


if __name__ == "__main__":
    sys.exit(main())
