"""What the topic model sees of a text: n-grams of characters, lemmas, pairs of lemmas, the mean of its word vectors.

The character n-grams are those of scikit-learn's `char_wb` (inside words, edges padded with a space). They depend on
the word form alone, so that they are looked up once a form and cached: making a text's vector is then one pass of
array operations, about ten times faster than a vectoriser that cuts every text anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Protocol

import numpy as np
from navec import Navec
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from nlp.words import Word

SHORTEST, LONGEST = 2, 5
"""Lengths of the character n-grams."""

RARE = (3, 2, 3)
"""An n-gram, a lemma, a pair of lemmas seen in fewer texts than this is left out of the vocabulary."""

BLOCKS = (1.0, 1.0, 0.3, 0.5)
"""Weights in the likeness of two texts: n-grams, lemmas, pairs of lemmas, word vectors."""

LENT = 0.5
"""The same for what other regions lend."""

OPENING = 40
"""Words at the beginning of a longer text that count twice: people say there what it is about."""

VECTOR_LENGTH = 300
CACHED_FORMS = 100_000
NEW_FORMS = 4_096
"""Forms whose n-grams are kept for a moment: the region's vocabulary and the lent one ask for the same in turn."""
NOTHING = np.zeros(VECTOR_LENGTH, dtype=np.float32)

Floats = NDArray[np.float32]


@lru_cache(maxsize=1)
def word_vectors() -> Navec:
    """The navec vectors (250,000 lemmas and forms of Russian news) that arrive inside the natasha package."""
    package = find_spec("natasha")  # found, not imported: all of natasha would take 50 MB for one file
    assert package is not None and package.origin is not None  # a dependency of this project
    folder = Path(package.origin).parent / "data" / "emb"
    return Navec.load(str(next(folder.glob("navec_*.tar"))))


@lru_cache(maxsize=NEW_FORMS)
def grams_of(form: str) -> list[str]:
    """The character n-grams of one word form, as scikit-learn's `char_wb` cuts them; a short word gives itself once."""
    padded = f" {form} "
    found: list[str] = []
    for length in range(SHORTEST, LONGEST + 1):
        if length >= len(padded):
            found.append(padded)
            break
        found += [padded[at : at + length] for at in range(len(padded) - length + 1)]
    return found


def spoken(words: Iterable[Word]) -> list[Word]:
    """The words and numbers among the tokens: punctuation says nothing about a topic."""
    return [word for word in words if word.lower[0].isalnum()]


def pairs_of(words: Sequence[Word]) -> list[str]:
    """Neighbouring lemmas, «не работать»."""
    return [f"{one.lemma} {next_one.lemma}" for one, next_one in pairwise(words)]


@dataclass(frozen=True, slots=True)
class Rows:
    """Vectors of texts: `sparse` (n, vocabulary) of n-grams, lemmas and pairs, `dense` of word vectors."""

    sparse: csr_matrix
    dense: Floats

    def gram(self, other: Rows) -> Floats:
        """Likeness of each row with each row of `other`, (n, m); 1 for a text with itself."""
        return np.asarray((self.sparse @ other.sparse.T).toarray() + self.dense @ other.dense.T, np.float32)


class Lent(Protocol):
    """Vectors of texts that come from elsewhere."""

    def vectors(self, texts: Sequence[Sequence[Word]]) -> Floats:
        """Unit vectors (n, any length) of texts given as their tokens."""


@dataclass
class Features:
    """A vocabulary learnt from texts. Positions: n-grams, then lemmas, then pairs; `idf` has the same positions.

    `centre` is the mean word vector of the texts it was learnt from; it is taken off, so that what all appeals
    have in common does not make them alike. `lent` adds columns to the dense part.
    """

    grams: tuple[str, ...]
    lemmas: tuple[str, ...]
    pairs: tuple[str, ...]
    idf: Floats
    centre: Floats
    lent: Lent | None = None
    _gram_at: dict[str, int] = field(init=False, repr=False)
    _lemma_at: dict[str, int] = field(init=False, repr=False)
    _pair_at: dict[str, NDArray[np.int32]] = field(init=False, repr=False)
    _block_of: NDArray[np.int64] = field(init=False, repr=False)
    _forms: dict[str, NDArray[np.int32]] = field(init=False, repr=False, default_factory=dict)
    _vectors: dict[str, Floats] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._gram_at = {gram: at for at, gram in enumerate(self.grams)}
        self._lemma_at = {lemma: at for at, lemma in enumerate(self.lemmas, start=len(self.grams))}
        before = len(self.grams) + len(self.lemmas)
        self._pair_at = {pair: np.array([at], np.int32) for at, pair in enumerate(self.pairs, start=before)}
        self._block_of = np.repeat([0, 1, 2], [len(self.grams), len(self.lemmas), len(self.pairs)])

    @classmethod
    def learn(cls, texts: Sequence[Sequence[Word]], rare: Sequence[int] = RARE) -> Features:
        """The vocabulary of these texts; `rare` as RARE."""
        texts_with: tuple[Counter[str], ...] = (Counter(), Counter(), Counter())
        for text in texts:
            words = spoken(text)
            texts_with[0].update({gram for form in {word.lower for word in words} for gram in grams_of(form)})
            texts_with[1].update({word.lemma for word in words})
            texts_with[2].update(set(pairs_of(words)))
        kept = [
            sorted(name for name, seen in block.items() if seen >= least)
            for block, least in zip(texts_with, rare, strict=True)
        ]
        seen = [block[name] for block, names in zip(texts_with, kept, strict=True) for name in names]
        idf = (np.log((1 + len(texts)) / (1 + np.array(seen, np.float64))) + 1).astype(np.float32)
        features = cls(tuple(kept[0]), tuple(kept[1]), tuple(kept[2]), idf, NOTHING)
        features.centre = features._sums(texts).mean(axis=0, dtype=np.float32)
        return features

    @property
    def size(self) -> int:
        return len(self.idf)

    @property
    def _whole(self) -> float:
        return sum(BLOCKS) + (LENT if self.lent is not None else 0)

    def rows(self, texts: Sequence[Sequence[Word]]) -> Rows:
        """The vectors of texts given as their tokens."""
        return Rows(self._sparse(texts), self._dense(texts))

    def at(self, word: Word) -> NDArray[np.int32]:
        """Positions of a word's features in the vocabulary, repeated ones included."""
        found = self._forms.get(word.lower)
        if found is None:
            known = self._gram_at.get
            places = [at for gram in grams_of(word.lower) if (at := known(gram)) is not None]
            if word.lemma in self._lemma_at:
                places.append(self._lemma_at[word.lemma])
            if len(self._forms) >= CACHED_FORMS:
                self._forms.clear()
            found = self._forms[word.lower] = np.array(places, dtype=np.int32)
        return found

    def lemma_at(self, word: Word) -> int | None:
        """Position of a word's lemma in the vocabulary, None where it is not in it."""
        return self._lemma_at.get(word.lemma)

    def _sparse(self, texts: Sequence[Sequence[Word]]) -> csr_matrix:
        """Sublinear TF-IDF, each block of unit length times the root of its weight."""
        pieces: list[NDArray[np.int32]] = [np.zeros(0, np.int32)]
        ends = [0]
        known = self._forms.get
        for text in texts:
            words = spoken(text)
            if len(words) > OPENING:
                words = words[:OPENING] + words
            mine = [at if (at := known(word.lower)) is not None else self.at(word) for word in words]
            mine += [self._pair_at[pair] for pair in pairs_of(words) if pair in self._pair_at]
            pieces.extend(mine)
            ends.append(ends[-1] + sum(map(len, mine)))
        # one sort of numbers for all texts takes a fifth of the time of csr_matrix.sum_duplicates
        keys = np.repeat(np.arange(len(texts)) * self.size, np.diff(ends)) + np.concatenate(pieces)
        keys.sort()
        first = np.flatnonzero(np.diff(keys, prepend=-1))
        of_text, columns = np.divmod(keys[first], max(self.size, 1))
        counts = np.diff(first, append=len(keys)).astype(np.float32)
        starts = np.searchsorted(of_text, np.arange(len(texts) + 1))
        rows = csr_matrix((counts, columns.astype(np.int32), starts.astype(np.int32)), shape=(len(texts), self.size))
        rows.data = (1 + np.log(rows.data)) * self.idf[rows.indices]
        block = of_text * 3 + self._block_of[rows.indices]
        length = np.sqrt(np.bincount(block, rows.data**2, minlength=3 * len(texts)))
        weight = np.sqrt(np.array(BLOCKS[:3]) / self._whole)
        scale = np.tile(weight, len(texts)) / np.maximum(length, 1e-9)
        rows.data = (rows.data * scale[block]).astype(np.float32)
        return rows

    def _dense(self, texts: Sequence[Sequence[Word]]) -> Floats:
        sums = self._sums(texts) - self.centre
        length = np.linalg.norm(sums, axis=1, keepdims=True)
        own = sums * (np.sqrt(BLOCKS[3] / self._whole) / np.maximum(length, 1e-9))
        if self.lent is None:
            return np.asarray(own, np.float32)
        return np.hstack([own, self.lent.vectors(texts) * np.sqrt(LENT / self._whole)], dtype=np.float32)

    def _sums(self, texts: Sequence[Sequence[Word]]) -> Floats:
        """Sum of the IDF-weighted vectors of the lemmas of each text, each lemma once."""
        sums = np.zeros((len(texts), VECTOR_LENGTH), np.float32)
        for row, text in zip(sums, texts, strict=True):
            # in the order of the text: sums of floats depend on the order, and that of a set is another in every run
            for lemma in dict.fromkeys([word.lemma for word in text if word.lower[0].isalpha()]):
                row += self._vector(lemma)
        return sums

    def _vector(self, lemma: str) -> Floats:
        found = self._vectors.get(lemma)
        if found is None:
            known = word_vectors()
            at = self._lemma_at.get(lemma)
            weight = self.idf[at] if at is not None else self.idf.max(initial=1)
            if len(self._vectors) >= CACHED_FORMS:
                self._vectors.clear()
            found = self._vectors[lemma] = known[lemma] * weight if lemma in known else NOTHING
        return found
