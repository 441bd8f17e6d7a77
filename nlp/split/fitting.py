"""Fitting lemma vectors, by regression and discriminant analysis."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

import numpy as np
from navec import Navec
from scipy.linalg import eigh
from scipy.sparse import csr_matrix, diags, hstack
from sklearn.linear_model import LogisticRegression

from nlp.lemmas import lemma
from nlp.split.corpus import LABELS, Appeal
from nlp.split.units import Unit
from nlp.split.vectors import Floats, LemmaVectors
from nlp.words import Word

RAREST = 3
"""Texts that must hold a lemma for it to get topic weights."""
FEWEST = 4
"""Texts that a label must have to be learned."""
DIMENSIONS = 40
NAVEC_WORDS = 110_000
NAVEC_WEIGHT = 1.5
COMMON_IDF = 1.2
"""Lemmas below this idf (in nearly every text) say nothing of the sense."""

Text = tuple[Sequence[Word], Sequence[Unit]]


def general_vectors(known: frozenset[str]) -> dict[str, Floats]:
    """Vectors (300,) of navec for lemmas: the commonest words that are their own lemma, and those in `known`."""
    navec = Navec.load(str(files("natasha") / "data" / "emb" / "navec_news_v1_1B_250K_300d_100q.tar"))
    words = [word for word in navec.vocab.words if word.replace("-", "").isalpha() and word[0] >= "а"]
    counts = dict(zip(navec.vocab.words, navec.vocab.counts, strict=True))
    words.sort(key=lambda word: -counts[word])
    found: dict[str, Floats] = {}
    for word in words[:NAVEC_WORDS]:
        plain = word.replace("ё", "е")
        if plain not in found and (plain in known or lemma(word) == plain):
            found[plain] = navec[word]
    mean = np.mean(list(found.values()), axis=0)
    return {word: vector - mean for word, vector in found.items()}


def fit_vectors(appeals: Sequence[Appeal], texts: Sequence[Text], general: Mapping[str, Floats]) -> LemmaVectors:
    """Vectors learned from appeals, whose words and units stand in `texts` in the same order."""
    lemmas = [[word.lemma for word in words if word.lemma[0].isalpha()] for words, _ in texts]
    frequency = Counter(one for text in lemmas for one in set(text))
    topical = sorted(one for one, times in frequency.items() if times >= RAREST)
    every = [*topical, *(word for word in general if frequency[word] < RAREST)]
    index = {one: row for row, one in enumerate(every)}
    idf = np.log(len(appeals) / (np.array([frequency[one] for one in every]) + 0.6)) + 0.3
    idf = np.minimum(idf, np.log(len(appeals) / 2.6) + 0.3).astype(np.float32)
    weights = _topic_weights(appeals, lemmas, index, idf[: len(topical)])
    raw = np.zeros((len(every), weights.shape[1] + 300), dtype=np.float32)
    raw[: len(topical), : weights.shape[1]] = weights
    for row, one in enumerate(every):
        if one in general:
            raw[row, weights.shape[1] :] = general[one] * (NAVEC_WEIGHT * max(float(idf[row]) - COMMON_IDF, 0.0))
    senses, mean = _discriminant(raw, idf, texts, index)
    edges = _edges(texts, index, len(topical))
    return LemmaVectors(index, senses, mean, idf, edges)


def _topic_weights(
    appeals: Sequence[Appeal], lemmas: Sequence[Sequence[str]], index: Mapping[str, int], idf: Floats
) -> Floats:
    """Weights (topic lemmas, labels of all spaces) of logistic regressions over lemmas, times idf."""
    triples = [
        (row, index[one], times)
        for row, text in enumerate(lemmas)
        for one, times in Counter(text).items()
        if index.get(one, len(idf)) < len(idf)
    ]
    rows, columns, times = (np.array(values) for values in zip(*triples, strict=True))
    counts = csr_matrix((times, (rows, columns)), shape=(len(lemmas), len(idf)), dtype=np.float64)
    norms = np.sqrt(counts @ (idf.astype(np.float64) ** 2))
    scaled = diags(1.0 / np.maximum(norms, 1e-3)) @ counts @ diags(idf.astype(np.float64))
    parts = []
    for source, column in LABELS:
        here = [at for at, appeal in enumerate(appeals) if appeal.source == source]
        sizes = Counter(appeals[at].labels[column] for at in here)
        here = [at for at in here if sizes[appeals[at].labels[column]] >= FEWEST]
        model = LogisticRegression(C=40.0, max_iter=60, tol=1e-3)
        model.fit(scaled[here], [appeals[at].labels[column] for at in here])
        parts.append(model.coef_.T * idf[:, None])
    return np.hstack(parts).astype(np.float32)


def _discriminant(raw: Floats, idf: Floats, texts: Sequence[Text], index: Mapping[str, int]) -> tuple[Floats, Floats]:
    """Directions in which the halves of one text agree and texts differ (Fisher's discriminant, with a ridge)."""
    pairs = []
    for words, units in texts:
        if len(units) < 2:
            continue
        middle = units[len(units) // 2].first
        rows = [index.get(word.lemma, -1) for word in words]
        halves = [np.array([row for row in part if row >= 0]) for part in (rows[:middle], rows[middle:])]
        if min(map(len, halves)) > 1:
            pairs.append([raw[half].sum(axis=0) / np.sqrt((idf[half] ** 2).sum() + 1e-6) for half in halves])
    points = np.array(pairs)
    within = np.cov((points[:, 0] - points[:, 1]).T) / 2
    between = np.cov(points.reshape(-1, raw.shape[1]).T) - within
    ridge = np.trace(within) / len(within) * np.eye(len(within))
    size = len(within)
    _, directions = eigh(between, within + ridge, subset_by_index=(size - DIMENSIONS, size - 1))
    directions = directions.astype(np.float32)
    return raw @ directions, (points.mean(axis=(0, 1)) @ directions).astype(np.float32)


def _edges(texts: Sequence[Text], index: Mapping[str, int], size: int) -> Floats:
    """Weights of lemmas for units that begin and that end a text, against all other units."""
    begins, ends, first_rows, all_rows = [], [], [], []
    for words, units in texts:
        for at, unit in enumerate(units):
            known = [row for word in words[unit.first : unit.last] if (row := index.get(word.lemma, size)) < size]
            begins.append(at == 0)
            ends.append(at == len(units) - 1)
            first_rows.append(known[:3])
            all_rows.append(known)
    anywhere = _indicator([(row, 1 / np.sqrt(len(rows))) for row in rows] for rows in all_rows)(size)
    placed = [_indicator([(row, 1.0) for row in rows[at : at + 1]] for rows in first_rows)(size) for at in range(3)]
    start = LogisticRegression(C=0.5, max_iter=100, tol=1e-3).fit(hstack([*placed, anywhere]).tocsr(), begins)
    end = LogisticRegression(C=0.5, max_iter=100, tol=1e-3).fit(anywhere, ends)
    return np.hstack([start.coef_.reshape(4, size).T, end.coef_.T]).astype(np.float32)


def _indicator(entries: Any) -> Any:
    """A maker of the sparse matrix with these (column, value) entries in each row."""
    listed = list(entries)

    def matrix(size: int) -> csr_matrix:
        rows = [at for at, row in enumerate(listed) for _ in row]
        columns = [column for row in listed for column, _ in row]
        values = [value for row in listed for _, value in row]
        return csr_matrix((values, (rows, columns)), shape=(len(listed), size))

    return matrix
