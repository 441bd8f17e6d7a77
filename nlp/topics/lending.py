"""Makes the shared representation:  python -m nlp.topics.lending FOLDER NAME=FILE.csv ..."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from nlp.topics.features import Features
from nlp.topics.lesson import Tree, prepare
from nlp.topics.shared import Shared, fingerprints
from nlp.topics.spoken import Floats
from nlp.topics.table import Labelled, read_labelled
from nlp.words import Word, words_of

DIRECTIONS = 48
"""Main directions kept of each source's topics."""

RARE = 4
"""An n-gram or lemma of fewer texts than this, of all sources together, is left out."""


def make_shared(tables: Mapping[str, Labelled]) -> Shared:
    """The representation learnt from labelled texts of several sources, by source name."""
    texts = {name: [words_of(text) for text in table.texts] for name, table in tables.items()}
    everything = [text for source in texts.values() for text in source]
    features = Features.learn(everything, rare=(RARE, RARE, sys.maxsize))
    parts = [_directions(features, texts[name], table, everything) for name, table in tables.items()]
    return Shared(
        features,
        np.hstack(parts),
        {name: part.shape[1] for name, part in zip(tables, parts, strict=True)},
        {name: np.unique(fingerprints(source)) for name, source in texts.items()},
    )


def _directions(
    features: Features, texts: Sequence[Sequence[Word]], table: Labelled, everything: Sequence[Sequence[Word]]
) -> Floats:
    """Weights (vocabulary + 300, directions): scores for the source's topics, turned to where all texts differ most."""
    tree = Tree.of(table, {})
    lesson = prepare(texts, features, table, tree, {})
    used, found, _ = lesson.coefficients(np.arange(lesson.n))
    found = found[:, : len(tree.labels)]
    weights = np.concatenate([lesson.rows.sparse[used].T @ found, lesson.rows.dense[used].T @ found])
    rows = features.rows(everything)
    scores = rows.sparse @ weights[: features.size] + rows.dense @ weights[features.size :]
    _, _, turned = np.linalg.svd(scores - scores.mean(axis=0), full_matrices=False)
    return np.asarray(weights @ turned[:DIRECTIONS].T, np.float32)


def main(arguments: Sequence[str]) -> None:
    folder, *sources = arguments
    files = {name: Path(path) for name, _, path in (source.partition("=") for source in sources)}
    tables = {name: read_labelled(path, "topic") for name, path in files.items()}
    made = make_shared(tables)
    made.save(Path(folder))
    card = {
        "version": made.version,
        "data": {
            name: f"{files[name].name}: {len(table)} texts, {len(set(table.labels))} topics"
            for name, table in tables.items()
        },
        "command": "python -m nlp.topics.lending FOLDER "
        + " ".join(f"{name}={path.name}" for name, path in files.items()),
        "method": f"per source a kernel ridge over n-grams, lemmas and word vectors, brought down to its {DIRECTIONS} "
        f"main directions; n-grams and lemmas of fewer than {RARE} texts left out",
        "holds": "weights, n-grams and lemmas of the texts, and four bytes of each text's digest; no text",
    }
    text = json.dumps(card, ensure_ascii=False, indent=1)
    (Path(folder) / "card.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
