"""What a topic model is learnt from: the tree of labels, the likeness of texts and names, the solution for a part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nlp.topics.features import Features, Rows
from nlp.topics.ridge import Doubles, balanced, solve
from nlp.topics.shared import shared
from nlp.topics.spoken import Floats, Spoken
from nlp.topics.table import Labelled
from nlp.words import Word, words_of

REGULARISATION = 1.0
BALANCE = 0.6
"""Power of `balanced`: between accuracy (0) and equal voices of all labels (1)."""

NAME_WEIGHT = 1.5
"""The name of a label is a text of that label, worth this many texts: all that is known of the rare ones."""


@dataclass(frozen=True, slots=True)
class Tree:
    """Labels and their groups; without groups each label is a group of its own."""

    labels: tuple[str, ...]
    groups: tuple[str, ...]
    group_of: NDArray[np.int64]

    @classmethod
    def of(cls, table: Labelled, known: Mapping[str, str]) -> Tree:
        """The labels of the table and those that are `known` besides (label -> group)."""
        group_of = {**known, **table.group_of()} if table.groups is not None else {}
        labels = tuple(sorted(set(table.labels) | set(group_of)))
        names = [group_of.get(label, label) for label in labels]
        groups = tuple(sorted(set(names)))
        return cls(labels, groups, np.array([groups.index(name) for name in names], np.int64))

    @property
    def flat(self) -> bool:
        """Whether groups say nothing that labels do not."""
        return len(self.groups) == len(self.labels)

    def targets(self, label_at: NDArray[np.int64]) -> Doubles:
        """Indicators (n, labels + groups) of texts with these labels; (n, labels) where the tree is flat."""
        labels = np.eye(len(self.labels))[label_at]
        return labels if self.flat else np.hstack([labels, np.eye(len(self.groups))[self.group_of[label_at]]])


@dataclass(frozen=True)
class Lesson:
    """`n` texts, then the names of all labels; `likeness` among all of them, `targets` as of Tree."""

    tree: Tree
    n: int
    label_at: NDArray[np.int64]
    known: NDArray[np.bool_]
    """Labels whose names may be used even where no text of theirs is at hand."""
    rows: Rows
    likeness: Floats
    targets: Doubles
    regularisation: float = REGULARISATION
    name_weight: float = NAME_WEIGHT

    def coefficients(self, texts: NDArray[np.int64]) -> tuple[NDArray[np.int64], Floats, Doubles]:
        """What these texts teach: places of the texts and names used, their coefficients, the mean target."""
        present = self.known.copy()
        present[self.label_at[texts]] = True
        names = np.flatnonzero(present) + self.n
        used = np.concatenate([texts, names])
        mean = self.targets[texts].mean(axis=0)
        targets = self.targets[used] - mean
        likeness = self.likeness[np.ix_(used, used)]
        count = len(self.tree.labels)
        heads = [(self.label_at, targets[:, :count])]
        if not self.tree.flat:
            heads.append((self.tree.group_of[self.label_at], targets[:, count:]))
        found = [
            solve(
                likeness,
                columns,
                np.concatenate([balanced(classes[texts], BALANCE), np.full(len(names), self.name_weight)]),
                self.regularisation,
            )
            for classes, columns in heads
        ]
        return used, np.hstack(found), mean

    def unseen(self, folds: NDArray[np.int64]) -> Doubles:
        """Scores of each text by a solution that has not seen its fold, in the columns of `targets`."""
        scores = np.zeros((self.n, self.targets.shape[1]), np.float64)
        for fold in np.unique(folds):
            asked = np.flatnonzero(folds == fold)
            used, found, mean = self.coefficients(np.flatnonzero(folds != fold))
            scores[asked] = self.likeness[np.ix_(asked, used)] @ found + mean
        return scores


def ways_to_see(texts: Sequence[Sequence[Word]]) -> list[Features]:
    """The vocabulary of these texts; and the same with what the regions lend that have not read them, if any."""
    alone = Features.learn(texts)
    representation = shared()
    lenders = representation.lenders(texts)
    if not lenders:
        return [alone]
    loan = representation.loan(lenders)
    loan.centre = loan.scores(Spoken.of(texts)).mean(axis=0)
    return [alone, replace(alone, lent=loan)]


def prepare(
    texts: Sequence[Sequence[Word]], features: Features, table: Labelled, tree: Tree, known: Mapping[str, str]
) -> Lesson:
    """Vectors, likeness and targets of the texts and of the labels' names."""
    rows = features.rows([*texts, *(words_of(label) for label in tree.labels)])
    at = {label: place for place, label in enumerate(tree.labels)}
    label_at = np.array([at[label] for label in table.labels], np.int64)
    targets = tree.targets(np.concatenate([label_at, np.arange(len(tree.labels))]))
    is_known = np.array([label in known for label in tree.labels], dtype=bool)
    return Lesson(tree, len(texts), label_at, is_known, rows, rows.gram(rows), targets)
