"""How well problems are told apart: pieces of one text, in different problems or not, predicted against given."""

from __future__ import annotations

import json
import re
import time
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from models.pack import load_pack
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
    """Rows {"id", "text", "problems": [piece, ...]} of a JSONL file; the ids may lack.

    Raises ValueError naming the line and id of the first bad row, or where there is nothing to measure; OSError.
    """
    cases = []
    for number, line in enumerate(path.read_bytes().removeprefix(BOM_UTF8).split(b"\n"), 1):
        if line.strip():
            try:
                cases.append(_case(json.loads(line), number))
            except (ValueError, RecursionError) as error:
                raise ValueError(f"line {number}: {error}") from error
    if not any(case.pieces for case in cases):
        raise ValueError("no row with a problem, nothing to measure" if cases else "the file is empty")
    return cases


def _case(row: object, number: int) -> SplitCase:
    if not isinstance(row, dict):
        raise ValueError("not an object with id, text and problems")
    name = str(row.get("id", number))
    text, problems = row.get("text"), row.get("problems")
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"id {name}: no text")
    if not isinstance(problems, list) or not all(isinstance(piece, str) for piece in problems):
        raise ValueError(f"id {name}: problems are not a list of pieces of the text")
    for at, piece in enumerate(problems, 1):
        try:
            located(text, piece)
        except ValueError as error:
            raise ValueError(f"id {name}, problem {at}: {error}") from error
    return SplitCase(name, text, tuple(problems))


def count(case: SplitCase, predicted: Sequence[tuple[Span, ...]]) -> SplitCounts:
    """Pairs of pieces of one text. A text with one piece that is split counts as one wrong pair."""
    owners = [_owner(located(case.text, piece), predicted) for piece in case.pieces]
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


def evaluate_split(path: Path, region: str | None = None) -> dict[str, float | int]:
    """Measure the splitter of a region pack (omsk's, if none is named) on rows {"id", "text", "problems"} of JSONL.

    Raises as read_cases, and PackError where there is no such pack.
    """
    splitter = Splitter.load(load_pack(region or "omsk").model_folder / "split")
    return evaluate_cases(read_cases(path), lambda text: splitter.split(text, words_of(text)))


def located(text: str, piece: str) -> Span:
    """Where the piece stands, white space and line ends of any kind being equal. Raises ValueError if it does not."""
    at = text.find(piece) if piece.strip() else -1
    if at >= 0:
        return Span(at, at + len(piece))
    words = piece.split()
    found = re.search(r"\s+".join(map(re.escape, words)), text) if words else None
    if found is None:
        raise ValueError("the piece is not in the text" if words else "the piece is empty")
    return Span(found.start(), found.end())


def _owner(piece: Span, predicted: Sequence[tuple[Span, ...]]) -> int:
    """Index of the predicted problem that covers most of the piece, or of the nearest one."""

    def closeness(spans: tuple[Span, ...]) -> tuple[int, int]:
        covered = sum(max(0, min(span.end, piece.end) - max(span.start, piece.start)) for span in spans)
        away = min(max(span.start - piece.end, piece.start - span.end, 0) for span in spans)
        return covered, -away

    return max(range(len(predicted)), key=lambda at: closeness(predicted[at]), default=-1)
