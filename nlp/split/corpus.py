"""What the splitter learns from: appeals with one problem, annotated appeals, and texts composed of several."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from scipy.sparse.csgraph import connected_components
from sklearn.feature_extraction.text import TfidfVectorizer

from nlp.split.compose import compose

Composer = Callable[[Sequence[str], Random], tuple[str, list[int]]]
FOLDS = 3
DUPLICATE = 0.6
"""Cosine of character n-grams above which two texts are one: they always stand on the same side."""
LABELS = (("omsk", "group"), ("omsk", "topic"), ("kursk", "topic"), ("ryazan", "topic"))
"""Source and column of each label space."""
LENGTHS = (15, 1500)
"""Characters of texts that are joined."""


@dataclass(frozen=True, slots=True)
class Appeal:
    """One text of a source, with its labels by column, the number of its near-duplicate group, and its fold."""

    id: str
    source: str
    text: str
    labels: Mapping[str, str]
    group: int
    fold: int


@dataclass(frozen=True, slots=True)
class Annotation:
    """Pieces (start, end) of each problem of an appeal; `sample` tells how it came to be annotated."""

    id: str
    problems: tuple[tuple[tuple[int, int], ...], ...]
    sample: str

    @property
    def is_test(self) -> bool:
        """Half of the annotation measures only: nothing is chosen on it."""
        return _hashed(self.id) % 2 == 1


@dataclass(frozen=True, slots=True)
class Composed:
    """A text of several appeals, the offsets at which they begin, and the source of the first of them."""

    text: str
    starts: tuple[int, ...]
    source: str


def read_appeals(paths: Iterable[Path]) -> list[Appeal]:
    """Appeals of CSV files (columns id, text and labels), each file a source named like it."""
    found = []
    for path in paths:
        with path.open(encoding="utf-8", newline="") as file:
            found += [(path.stem, row) for row in csv.DictReader(file) if row["text"].strip()]
    groups = _groups([row["text"] for _, row in found])
    return [
        Appeal(row["id"], source, row["text"], row, group, _hashed(str(group)) % FOLDS)
        for (source, row), group in zip(found, groups, strict=True)
    ]


def read_annotation(path: Path) -> dict[str, Annotation]:
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        problems = tuple(tuple((start, end) for start, end in pieces) for pieces in row["problems"])
        found[row["id"]] = Annotation(row["id"], problems, row["sample"])
    return found


def composed(
    appeals: Sequence[Appeal], size: int, random: Random, main_source: str, compose: Composer = compose
) -> list[Composed]:
    """`size` joined texts of two, sometimes three appeals: of one topic, one group, one source or any two."""
    usable = [appeal for appeal in appeals if LENGTHS[0] < len(appeal.text) < LENGTHS[1]]
    pools: dict[tuple[str, str], list[Appeal]] = defaultdict(list)
    for appeal in usable:
        for key in _pools_of(appeal):
            pools[key].append(appeal)
    found: list[Composed] = []
    while len(found) < size:
        first = random.choice(usable if random.random() < 0.4 else pools["source", main_source])
        parts = [first]
        for _ in range(1 if random.random() < 0.88 else 2):
            keys = _pools_of(first)
            key = random.choices(keys, (8, 22, 60))[0]
            parts.append(random.choice(usable if random.random() < 0.1 else pools[key]))
        if len({part.group for part in parts}) == len(parts):
            text, starts = compose([part.text for part in parts], random)
            if text:
                found.append(Composed(text, tuple(starts), first.source))
    return found


def _pools_of(appeal: Appeal) -> list[tuple[str, str]]:
    """Keys of the appeals like this one, from the most like it."""
    labels = appeal.labels
    group = labels.get("group") or labels.get("category") or labels.get("executor", "")
    return [
        ("topic", appeal.source + labels["topic"]),
        ("group", appeal.source + group),
        ("source", appeal.source),
    ]


def _groups(texts: Sequence[str]) -> list[int]:
    """Number of the near-duplicate group of each text."""
    grams = TfidfVectorizer(analyzer="char_wb", ngram_range=(4, 5), min_df=2, sublinear_tf=True).fit_transform(texts)
    alike = (grams @ grams.T).tocsr()
    alike.data = (alike.data > DUPLICATE).astype("int8")
    alike.eliminate_zeros()
    return [int(group) for group in connected_components(alike, directed=False)[1]]


def _hashed(text: str) -> int:
    return int.from_bytes(hashlib.sha1(text.encode(), usedforsecurity=False).digest()[:8], "big")
