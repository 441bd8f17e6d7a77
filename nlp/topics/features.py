"""What the topic model sees of a text: n-grams of characters, lemmas, pairs of lemmas, the mean of its word vectors.

The n-grams depend on the word form alone, so that they are looked up once a form and cached, all new forms of a batch
at once: making the vectors of a batch is then one pass of array operations, about ten times faster than a vectoriser
that cuts every text anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from nlp.topics.grams import GramTable, Positions, grams_of
from nlp.topics.spoken import VECTOR_LENGTH, Floats, Spoken, pairs_of, spoken
from nlp.words import Word

RARE = (3, 2, 3)
"""An n-gram, a lemma, a pair of lemmas seen in fewer texts than this is left out of the vocabulary."""

BLOCKS = (1.0, 1.0, 0.3, 0.5)
"""Weights in the likeness of two texts: n-grams, lemmas, pairs of lemmas, word vectors."""

LENT = 0.5
"""The same for what other regions lend."""

CACHED_FORMS = 100_000
MOST_NUMBERS = 2**31
"""Below it four bytes hold a number, and are sorted in half the time of eight."""


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

    def vectors(self, texts: Spoken) -> Floats:
        """Unit vectors (n, any length) of texts."""


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
    _gram_at: GramTable = field(init=False, repr=False)
    _lemma_at: dict[str, int] = field(init=False, repr=False)
    _pair_at: dict[str, int] = field(init=False, repr=False)
    _block_of: NDArray[np.int64] = field(init=False, repr=False)
    _forms: dict[str, Positions] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._gram_at = GramTable(self.grams)
        self._lemma_at = {lemma: at for at, lemma in enumerate(self.lemmas, start=len(self.grams))}
        before = len(self.grams) + len(self.lemmas)
        self._pair_at = {pair: at for at, pair in enumerate(self.pairs, start=before)}
        self._block_of = np.repeat([0, 1, 2], [len(self.grams), len(self.lemmas), len(self.pairs)])

    @classmethod
    def learn(cls, texts: Sequence[Sequence[Word]], rare: Sequence[int] = RARE) -> Features:
        """The vocabulary of these texts; `rare` as RARE."""
        texts_with: tuple[Counter[str], ...] = (Counter(), Counter(), Counter())
        for text in texts:
            words = spoken(text)
            texts_with[0].update({gram for form in {word.lower for word in words} for gram in grams_of(form)})
            texts_with[1].update({word.lemma for word in words})
            texts_with[2].update(set(pairs_of([word.lemma for word in words])))
        kept = [
            sorted(name for name, seen in block.items() if seen >= least)
            for block, least in zip(texts_with, rare, strict=True)
        ]
        seen = [block[name] for block, names in zip(texts_with, kept, strict=True) for name in names]
        idf = (np.log((1 + len(texts)) / (1 + np.array(seen, np.float64))) + 1).astype(np.float32)
        features = cls(tuple(kept[0]), tuple(kept[1]), tuple(kept[2]), idf, np.zeros(VECTOR_LENGTH, np.float32))
        features.centre = features._sums(Spoken.of(texts)).mean(axis=0, dtype=np.float32)
        return features

    @property
    def size(self) -> int:
        return len(self.idf)

    @property
    def _whole(self) -> float:
        return sum(BLOCKS) + (LENT if self.lent is not None else 0)

    def rows(self, texts: Sequence[Sequence[Word]]) -> Rows:
        """The vectors of texts given as their tokens."""
        return self.rows_of(Spoken.of(texts))

    def rows_of(self, texts: Spoken) -> Rows:
        """The vectors of texts that were read already."""
        return Rows(self._sparse(texts), self._dense(texts))

    def at(self, word: Word) -> Positions:
        """Positions of a word's features in the vocabulary, repeated ones included."""
        found = self._forms.get(word.lower)
        if found is None:
            self._look_up({word.lower: word.lemma})
            found = self._forms[word.lower]
        return found

    def _look_up(self, lemma_of: Mapping[str, str]) -> None:
        """Keep the positions of the features of all these forms."""
        new = [form for form in lemma_of if form not in self._forms]
        if len(self._forms) + len(new) > CACHED_FORMS:
            self._forms.clear()
            new = list(lemma_of)
        for form, grams in zip(new, self._gram_at.find(new), strict=True):
            own = self._lemma_at.get(lemma_of[form])
            self._forms[form] = grams if own is None else np.append(grams, np.int32(own))

    def lemma_at(self, word: Word) -> int | None:
        """Position of a word's lemma in the vocabulary, None where it is not in it."""
        return self._lemma_at.get(word.lemma)

    def _sparse(self, texts: Spoken) -> csr_matrix:
        """Sublinear TF-IDF, each block of unit length times the root of its weight."""
        keys = self._keys(texts)
        # one sort of numbers for all texts takes a fifth of the time of csr_matrix.sum_duplicates
        keys.sort()
        first = np.flatnonzero(np.diff(keys, prepend=-1))
        counts = np.diff(first, append=len(keys)).astype(np.float32)
        keys = keys[first]
        begins = np.arange(len(texts) + 1, dtype=keys.dtype) * keys.dtype.type(self.size)
        starts = np.searchsorted(keys, begins)
        of_text = np.repeat(np.arange(len(texts)), np.diff(starts))
        columns = (keys - begins[of_text]).astype(np.int32)
        rows = csr_matrix((counts, columns, starts.astype(np.int32)), shape=(len(texts), self.size))
        rows.data = (1 + np.log(rows.data)) * self.idf[rows.indices]
        block = of_text * 3 + self._block_of[rows.indices]
        length = np.sqrt(np.bincount(block, rows.data**2, minlength=3 * len(texts)))
        weight = np.sqrt(np.array(BLOCKS[:3]) / self._whole)
        scale = np.tile(weight, len(texts)) / np.maximum(length, 1e-9)
        rows.data = (rows.data * scale[block]).astype(np.float32)
        return rows

    def _keys(self, texts: Spoken) -> NDArray[np.signedinteger[Any]]:
        """The features of all texts, repeated ones included: number of the text times `size` plus the position."""
        self._look_up(texts.lemma_of)
        pieces = list(map(self._forms.__getitem__, chain.from_iterable(texts.forms)))
        ends = np.cumsum([0, *map(len, pieces)])[np.cumsum([0, *map(len, texts.forms)])]
        number = np.dtype(np.int32 if len(texts) * self.size < MOST_NUMBERS else np.int64)
        begins = np.arange(len(texts), dtype=number) * number.type(self.size)
        keys = np.repeat(begins, np.diff(ends)) + np.concatenate([np.zeros(0, np.int32), *pieces])
        found = [
            begin + at
            for begin, lemmas in zip(begins.tolist(), texts.lemmas, strict=True)
            for pair in (pairs_of(lemmas) if self._pair_at else ())
            if (at := self._pair_at.get(pair)) is not None
        ]
        return np.concatenate([keys, np.array(found, number)])

    def _dense(self, texts: Spoken) -> Floats:
        sums = self._sums(texts) - self.centre
        length = np.linalg.norm(sums, axis=1, keepdims=True)
        own = sums * (np.sqrt(BLOCKS[3] / self._whole) / np.maximum(length, 1e-9))
        if self.lent is None:
            return np.asarray(own, np.float32)
        return np.hstack([own, self.lent.vectors(texts) * np.sqrt(LENT / self._whole)], dtype=np.float32)

    def _sums(self, texts: Spoken) -> Floats:
        """Sum of the IDF-weighted vectors of the lemmas of each text, each lemma once."""
        weights = np.append(self.idf, self.idf.max(initial=1))
        return texts.sums(weights[[self._lemma_at.get(lemma, self.size) for lemma in texts.distinct]].tolist())
