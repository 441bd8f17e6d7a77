"""What is held back so that neither the model at work nor the new one has seen it.

- Corrections: the newest part, by groups of near-duplicates. A group is held only where none of its texts is among
  those the model at work was learnt from, and none stands in the base file.
- Base file: groups of near-duplicates dealt into folds; each row is judged by models that were trained without its
  fold. The model at work has usually read the whole file, so its twin speaks for it there: the same training on what
  it was learnt from, without the fold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.learning.corrections import Correction, as_table
from nlp.learning.reading import Prints, prints_of
from nlp.topics.clusters import grouped_folds, near_duplicates
from nlp.topics.table import Labelled

FOLDS = 5
HELD = 0.3
"""Share of the corrections that is held back, the newest."""

Places = NDArray[np.int64]


@dataclass(frozen=True)
class Material:
    """The base file's rows, then the corrections'. `fold` of a row: 0 to FOLDS - 1, also for a correction that is a
    near-duplicate of rows of that fold; -1 for a correction that stands by itself."""

    table: Labelled
    base: int
    """Rows of the base file."""
    clusters: Places
    fold: Places
    held: Places
    """Corrections held back, as places in the table."""
    known_to_old: NDArray[np.bool_]
    """Corrections, as rows of the table, that the model at work was learnt from."""

    @property
    def corrected(self) -> Places:
        """The corrections that are learnt from while comparing, as places in the table."""
        return np.setdiff1d(np.arange(self.base, len(self.table)), self.held)

    def rows(self, places: Places) -> Labelled:
        return picked(self.table, places)


def picked(table: Labelled, places: Places) -> Labelled:
    """Some rows of a table."""
    groups = None if table.groups is None else tuple(table.groups[at] for at in places)
    return Labelled(tuple(table.texts[at] for at in places), tuple(table.labels[at] for at in places), groups)


def material(base: Labelled, rows: Sequence[Correction], seen: Prints | None) -> Material:
    """What to train on and what to hold back. `seen`: the texts of the model at work, where they were noted.

    A row of the base file whose very text an operator has corrected gives way to the correction. A base file without
    groups makes corrections without groups: the two are learnt together.
    """
    corrected = as_table(rows)
    prints = prints_of(corrected.texts)
    kept = np.flatnonzero(~np.isin(prints_of(base.texts), prints))
    base = picked(base, kept)
    both = None if base.groups is None else (*base.groups, *(corrected.groups or ()))
    table = Labelled((*base.texts, *corrected.texts), (*base.labels, *corrected.labels), both)
    clusters = near_duplicates(table.texts)
    of_base = np.arange(len(table)) < len(base)
    known = ~of_base
    known[len(base) :] = np.isin(prints, seen) if seen is not None else False
    fold = np.full(len(table), -1, np.int64)
    fold[: len(base)] = grouped_folds(clusters[: len(base)], FOLDS)
    fold_of = dict(zip(clusters[: len(base)].tolist(), fold[: len(base)].tolist(), strict=True))
    fold[len(base) :] = [fold_of.get(cluster, -1) for cluster in clusters[len(base) :].tolist()]
    held = _newest(clusters, np.flatnonzero(~of_base), set(clusters[of_base | known].tolist()))
    return Material(table, len(base), clusters, fold, held, known)


def _newest(clusters: Places, corrections: Places, barred: set[int]) -> Places:
    """Whole clusters of the newest corrections (they stand in order of time), HELD of them all where there are enough.

    A cluster is as new as its newest correction.
    """
    wanted = round(HELD * len(corrections))
    chosen: set[int] = set()
    taken = 0
    for at in corrections[::-1]:
        cluster = int(clusters[at])
        if taken >= wanted:
            break
        if cluster not in barred and cluster not in chosen:
            chosen.add(cluster)
            taken += int((clusters[corrections] == cluster).sum())
    return corrections[np.isin(clusters[corrections], list(chosen))]
