"""How well problems are told apart: pieces of one text, in different problems or not, predicted against given."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from models.pack import REGIONS
from models.text import Span
from nlp.split import Splitter
from nlp.words import words_of

Split = Callable[[str], list[tuple[Span, ...]]]


@dataclass(frozen=True, slots=True)
class SplitCase:
    """A text and, for each of its problems, an exact piece of the text inside it."""

    id: str
    text: str
    pieces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SplitCounts:
    """Of one text: whether the number of problems is right; pairs told apart rightly, wrongly, and missed."""

    right_number: bool
    true_pairs: int
    false_pairs: int
    missed_pairs: int


def read_cases(path: Path) -> list[SplitCase]:
    """Rows {"id", "text", "problems": [piece, ...]} of a JSONL file. Raises ValueError naming the bad line."""
    cases = []
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                pieces = tuple(str(piece) for piece in row["problems"])
                cases.append(SplitCase(str(row.get("id", number)), str(row["text"]), pieces))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise ValueError(f"{path}, line {number}: not a row of id, text, problems ({error})") from error
    return cases


def count(case: SplitCase, predicted: Sequence[tuple[Span, ...]]) -> SplitCounts:
    """Pairs of pieces of one text. A text with one piece that is split counts as one wrong pair."""
    owners = [_owner(_located(case.text, piece), predicted) for piece in case.pieces]
    pairs = list(combinations(owners, 2))
    apart = sum(one != two for one, two in pairs)
    false_pairs = int(len(case.pieces) == 1 and len(predicted) > 1)
    return SplitCounts(len(predicted) == len(case.pieces), apart, false_pairs, len(pairs) - apart)


def summary(counts: Iterable[SplitCounts]) -> dict[str, float | int]:
    """n, right_number and pairwise_f1 with its precision and recall; 1.0 where there was no pair and none was made."""
    rows = list(counts)
    true, false = sum(row.true_pairs for row in rows), sum(row.false_pairs for row in rows)
    missed = sum(row.missed_pairs for row in rows)
    return {
        "n": len(rows),
        "right_number": round(sum(row.right_number for row in rows) / len(rows), 4) if rows else 0.0,
        "pairwise_f1": round(2 * true / (2 * true + false + missed), 4) if true + false + missed else 1.0,
        "pairwise_precision": round(true / (true + false), 4) if true + false else 1.0,
        "pairwise_recall": round(true / (true + missed), 4) if true + missed else 1.0,
    }


def evaluate_cases(cases: Sequence[SplitCase], split: Split) -> dict[str, float | int]:
    started = time.perf_counter()
    counts = [count(case, split(case.text)) for case in cases]
    return {**summary(counts), "seconds": round(time.perf_counter() - started, 3)}


def evaluate_split(path: Path, region: str = "omsk", root: Path = REGIONS) -> dict[str, float | int]:
    """Measure the splitter of a region pack on a JSONL file of rows {"id", "text", "problems"}."""
    splitter = Splitter.load(root / region / "model" / "split")
    return evaluate_cases(read_cases(path), lambda text: splitter.split(text, words_of(text)))


def _located(text: str, piece: str) -> Span:
    """Where the piece stands; the nearest thing if it was copied with other white space or case."""
    at = text.find(piece)
    if at < 0:
        at = text.lower().find(piece.strip().lower())
    return Span(at, at + len(piece)) if at >= 0 else Span(0, 0)


def _owner(piece: Span, predicted: Sequence[tuple[Span, ...]]) -> int:
    """Index of the predicted problem that covers most of the piece, or of the nearest one."""

    def closeness(spans: tuple[Span, ...]) -> tuple[int, int]:
        covered = sum(max(0, min(span.end, piece.end) - max(span.start, piece.start)) for span in spans)
        away = min(max(span.start - piece.end, piece.start - span.end, 0) for span in spans)
        return covered, -away

    return max(range(len(predicted)), key=lambda at: closeness(predicted[at]), default=-1)
