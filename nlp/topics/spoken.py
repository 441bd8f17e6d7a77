"""What is counted of texts: their words, pairs of words and word vectors, read once for every vocabulary."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.util import find_spec
from itertools import chain, pairwise
from pathlib import Path
from typing import Self

import numpy as np
from navec import Navec
from navec.navec import META, PQ, PQ_, VOCAB, Meta, Tar, Vocab
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from nlp.words import Word

OPENING = 40
"""Words at the beginning of a longer text that count twice: people say there what it is about."""

VECTOR_LENGTH = 300
KEPT = 50_000
"""Lemmas whose vectors are kept, 60 MB; all are forgotten when there are more."""

Floats = NDArray[np.float32]


class Codes(PQ):  # type: ignore[misc]
    """The vectors without what navec reckons for likenesses of words: .4 s and 70 MB at the load, and nobody asks."""

    def precompute(self) -> None:
        self.qdims = np.arange(self.qdim)


@lru_cache(maxsize=1)
def word_vectors() -> Navec:
    """The navec vectors (250,000 lemmas and forms of Russian news) that arrive inside the natasha package."""
    package = find_spec("natasha")  # found, not imported: all of natasha would take 50 MB for one file
    assert package is not None and package.origin is not None  # a dependency of this project
    folder = Path(package.origin).parent / "data" / "emb"
    with Tar(str(next(folder.glob("navec_*.tar")))) as tar:
        meta = Meta.from_file(tar.load(META))
        Meta.check_protocol(meta.protocol)
        return Navec(meta, Vocab.from_file(tar.load(VOCAB)), Codes.from_file(tar.load(PQ_)))


def spoken(words: Iterable[Word]) -> list[Word]:
    """The words and numbers among the tokens: punctuation says nothing about a topic."""
    return [word for word in words if word.lower[0].isalnum()]


def pairs_of(lemmas: Sequence[str]) -> list[str]:
    """Neighbouring lemmas, «не работать»."""
    return list(map(" ".join, pairwise(lemmas)))


class KeptVectors:
    """The vectors of lemmas asked for so far, put together from what navec keeps: 100 bytes, each the number of one of
    256 triples of its place. Row 0 is of no lemma."""

    def __init__(self) -> None:
        self.rows = np.zeros((KEPT + 1, VECTOR_LENGTH), np.float32)  # memory is taken where it is written to
        self._number: dict[str, int] = {}
        self._used = 1

    def numbers(self, lemmas: Sequence[str]) -> dict[str, int]:
        """The row of each lemma, 0 where it has no vector. Rows hold until the next call."""
        if len(self._number) + len(lemmas) > KEPT:
            self._number, self._used = {}, 1
            if len(lemmas) > len(self.rows) - 1:
                self.rows = np.zeros((len(lemmas) + 1, VECTOR_LENGTH), np.float32)
        new = [lemma for lemma in lemmas if lemma not in self._number]
        if new:
            self._keep(new)
        return self._number

    def _keep(self, new: list[str]) -> None:
        navec = word_vectors()
        places = navec.vocab.word_ids
        known = [lemma for lemma in new if lemma in places]
        triples = navec.pq.codes
        of_place = np.arange(triples.shape[0]) * triples.shape[1]
        codes = navec.pq.indexes[[places[lemma] for lemma in known]]
        end = self._used + len(known)
        self.rows[self._used : end] = triples.reshape(-1, triples.shape[2])[of_place + codes].reshape(-1, VECTOR_LENGTH)
        self._number.update(dict.fromkeys(new, 0))
        self._number.update(zip(known, range(self._used, end), strict=True))
        self._used = end


@lru_cache(maxsize=1)
def kept_vectors() -> KeptVectors:
    """Those of the process: every vocabulary asks for the same lemmas."""
    return KeptVectors()


@dataclass(frozen=True)
class Spoken:
    """Some texts: the `forms` of each one's words and numbers, the opening of a longer one twice, with the `lemmas` of
    the same words; and `named`, the lemmas of its words, each once."""

    forms: list[list[str]]
    lemmas: list[list[str]]
    named: list[list[str]]

    @classmethod
    def of(cls, texts: Sequence[Sequence[Word]]) -> Self:
        """What is counted of texts given as their tokens."""
        read = cls([], [], [])
        for text in texts:
            forms, lemmas, named = [], [], []
            for _, _, lower, lemma in text:
                if lower[0].isalnum():
                    forms.append(lower)
                    lemmas.append(lemma)
                    if lower[0].isalpha():
                        named.append(lemma)
            if len(forms) > OPENING:
                forms = forms[:OPENING] + forms
                lemmas = lemmas[:OPENING] + lemmas
            read.forms.append(forms)
            read.lemmas.append(lemmas)
            # in the order of the text: sums of floats depend on the order, and that of a set is another in every run
            read.named.append(list(dict.fromkeys(named)))
        return read

    def __len__(self) -> int:
        return len(self.forms)

    @cached_property
    def lemma_of(self) -> dict[str, str]:
        """Every form with its lemma."""
        return dict(zip(chain.from_iterable(self.forms), chain.from_iterable(self.lemmas), strict=True))

    @cached_property
    def distinct(self) -> list[str]:
        """The lemmas of all words."""
        return list(dict.fromkeys(chain.from_iterable(self.named)))

    def sums(self, weights: Sequence[float]) -> Floats:
        """Sum of the vectors of each text's `named` (n, VECTOR_LENGTH), each times the weight of its lemma. The weights
        stand in the order of `distinct`."""
        kept = kept_vectors()
        number = kept.numbers(self.distinct)
        weight = dict(zip(self.distinct, weights, strict=True))
        named = [[lemma for lemma in text if number[lemma]] for text in self.named]
        every = list(chain.from_iterable(named))
        rows = csr_matrix(
            (
                np.array([weight[lemma] for lemma in every], np.float32),
                np.array([number[lemma] for lemma in every], np.int32),
                np.cumsum([0, *map(len, named)], dtype=np.int32),
            ),
            shape=(len(named), len(kept.rows)),
        )
        return np.asarray(rows @ kept.rows, np.float32)
