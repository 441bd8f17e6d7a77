"""What complaints of other regions teach: scores for their topics, made into one short vector of a text.

A region's own thousand texts do not show that «кочегарка» and «котельная» are one matter; three regions' texts do
more of it. Each source region is a ridge solution over its own topics, brought down to its main directions. A region
never borrows from a source that has read its own texts (that would be learning from its own answers): sources carry
fingerprints, and one whose texts overlap with those at hand is left out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from nlp.topics.features import Features
from nlp.topics.one_byte import from_bytes, to_bytes
from nlp.topics.spoken import Floats, Spoken
from nlp.words import Word

FOLDER = Path(__file__).parent / "shared_weights"
WEIGHTS, ABOUT = "weights.safetensors", "shared.json"
OVERLAP = 0.02
"""A source is left out when more than this share of the texts at hand are among those it was learnt from."""


def fingerprints(texts: Sequence[Sequence[Word]]) -> NDArray[np.uint32]:
    """Four bytes of a text's digest: enough to notice that a file was read before, too few to tell what it said."""
    digests = [hashlib.blake2b(" ".join(word.lower for word in text).encode(), digest_size=4) for text in texts]
    return np.array([int.from_bytes(digest.digest(), "big") for digest in digests], np.uint32)


@dataclass
class Loan:
    """The directions of some sources, ready for a borrower, whose mean vector `centre` is taken off."""

    sources: tuple[str, ...]
    version: str
    features: Features
    weights: Floats
    centre: Floats

    def scores(self, texts: Spoken) -> Floats:
        """Directions (n, their number) of texts as they come."""
        rows = self.features.rows_of(texts)
        size = self.features.size
        return np.asarray(rows.sparse @ self.weights[:size] + rows.dense @ self.weights[size:], np.float32)

    def vectors(self, texts: Spoken) -> Floats:
        """The same, centred and of unit length."""
        centred = self.scores(texts) - self.centre
        return np.asarray(centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-9), np.float32)


@dataclass
class Shared:
    """`weights` (vocabulary + 300, directions of all sources); `sources` name -> number of directions, in order."""

    features: Features
    weights: Floats
    sources: Mapping[str, int]
    read: Mapping[str, NDArray[np.uint32]]
    """Fingerprints of the texts of each source."""
    stored: InitVar[NDArray[np.int8] | None] = None
    """The weights of one byte each, where the caller has just read them."""
    version: str = field(init=False)

    def __post_init__(self, stored: NDArray[np.int8] | None) -> None:
        numbers = to_bytes(self.weights)[0] if stored is None else stored
        self.version = hashlib.sha256(numbers.tobytes()).hexdigest()[:12]

    @cached_property
    def columns(self) -> Mapping[str, NDArray[np.int64]]:
        """The columns of each source."""
        ends = np.cumsum(list(self.sources.values()))
        return {name: np.arange(end - self.sources[name], end) for name, end in zip(self.sources, ends, strict=True)}

    def lenders(self, texts: Sequence[Sequence[Word]]) -> tuple[str, ...]:
        """The sources that have not read these texts."""
        mine = fingerprints(texts)
        return tuple(name for name in self.sources if np.isin(mine, self.read[name]).mean() <= OVERLAP)

    def loan(self, sources: Sequence[str], centre: Floats | None = None) -> Loan:
        """What these sources lend; `centre` as the borrower has learnt it."""
        wanted = np.concatenate([self.columns[name] for name in sources])
        weights = np.ascontiguousarray(self.weights[:, wanted])
        empty = np.zeros(len(wanted), np.float32)
        return Loan(tuple(sources), self.version, self.features, weights, empty if centre is None else centre)

    def save(self, folder: Path) -> None:
        """Write the folder; no pickle."""
        folder.mkdir(parents=True, exist_ok=True)
        weights, scale = to_bytes(self.weights)
        tensors: dict[str, NDArray[np.generic]] = {
            "weights": weights,
            "scale": scale,
            "idf": self.features.idf,
            "centre": self.features.centre,
            **{f"read.{name}": prints for name, prints in self.read.items()},
        }
        save_file(tensors, str(folder / WEIGHTS))
        (folder / WEIGHTS).chmod(0o644)
        about = {"sources": dict(self.sources), "grams": self.features.grams, "lemmas": self.features.lemmas}
        (folder / ABOUT).write_text(json.dumps(about, ensure_ascii=False) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Shared:
        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        tensors = load_file(str(folder / WEIGHTS))
        features = Features(tuple(about["grams"]), tuple(about["lemmas"]), (), tensors["idf"], tensors["centre"])
        read = {name: tensors[f"read.{name}"] for name in about["sources"]}
        weights = from_bytes(tensors["weights"], tensors["scale"])
        return cls(features, weights, about["sources"], read, tensors["weights"])


def shared() -> Shared:
    """The representation that comes with the product, read anew: who borrows keeps only what was lent."""
    return Shared.load(FOLDER)
