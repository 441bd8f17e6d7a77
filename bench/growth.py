"""Whether memory and time of the language engine stay bounded: `python -m bench.growth --texts 200000` and `--lengths`.

`--texts N`: the resident memory after every tenth of N made-up texts, each with words that no text had before, so that
every cache is filled and must let go. `--lengths`: microseconds a character for texts of 1,000, 10,000 and 100,000
characters of several kinds: equal figures mean that time is linear in the length.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.machine import machine
from models.analysis import SourceText
from models.pack import load_pack
from nlp.pipeline import BATCH, Engine

SENT = datetime(2026, 2, 2, 4, tzinfo=UTC)
POINTS = 10
SYLLABLES = "ба во гу де жи зо ку ле ми но пе ра со ту фи ха ца чи шо ща".split()
ENDINGS = ["ский", "ного", "ами", "ость", "ился", "ает", "ов", "ая"]
KINDS = {
    "plain": "На улице Ленина 5 третий день нет воды, звоните Ивановой Марии. ",
    "one word": "нетводынаулице",
    "latin": "Net vody na ulitse Lenina 5, pozvonite. ",
    "wrong layout": "Ytn djls yf ekbwt Ktybyf 5? gjpdjybnt/ ",
    "capitals": "НЕТ ВОДЫ НА УЛИЦЕ ЛЕНИНА 5! ",
    "emoji": "Нет воды 👨\u200d👩\u200d👧 🤦🏻\u200d♀️ ",
    "numbers": "12.12.12 8 913 ",
    "brackets": "((((",
}
LENGTHS = (1_000, 10_000, 100_000)


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    told: dict[str, Any] = {"machine": machine()}
    engine = Engine.of_pack(load_pack(options.region))
    if options.texts:
        told["resident_mb"] = memory(engine, options.texts)
    if options.lengths:
        told["microseconds_a_character"] = {kind: speeds(engine, piece) for kind, piece in KINDS.items()}
    sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=1) + "\n")
    return 0


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__)
    made.add_argument("--texts", type=int, default=0, help="how many made-up texts to analyse")
    made.add_argument("--lengths", action="store_true", help="time texts of growing length")
    made.add_argument("--region", default="omsk", help="region pack whose engine is measured")
    return made


def memory(engine: Engine, count: int) -> dict[int, int]:
    """Resident megabytes after so many texts."""
    seen: dict[int, int] = {0: resident()}
    done = 0
    texts = made_up(count)
    while some := [text for _, text in zip(range(BATCH), texts, strict=False)]:
        engine.analyse([SourceText(text, SENT) for text in some])
        done += len(some)
        if done * POINTS // count > (done - len(some)) * POINTS // count:
            seen[done] = resident()
            sys.stderr.write(f"{done} texts: {seen[done]} MB\n")
    return seen


def resident() -> int:
    """Megabytes of this process in memory now (Linux)."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 // 2**20


def made_up(count: int) -> Iterator[str]:
    """Complaints in which half of the words exist nowhere: the same ones in every run."""
    chance = random.Random(2026)
    for number in range(count):
        words = ["".join(chance.choices(SYLLABLES, k=3)) + chance.choice(ENDINGS) for _ in range(4)]
        yield f"На улице {words[0].capitalize()}, {number % 200} нет воды. {' '.join(words[1:])} не убирают снег!"


def speeds(engine: Engine, piece: str) -> dict[int, float]:
    found = {}
    for length in LENGTHS:
        text = (piece * (length // len(piece) + 1))[:length]
        repeats = max(1, 20_000 // length)
        engine.analyse([SourceText(text, SENT)])
        started = time.process_time()
        for _ in range(repeats):
            engine.analyse([SourceText(text, SENT)])
        found[length] = round((time.process_time() - started) * 1e6 / length / repeats, 2)
    return found


if __name__ == "__main__":
    sys.exit(main())
