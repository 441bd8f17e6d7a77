"""A new topic model out of the base file and the corrections, measured against the one at work."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nlp.learning.corrections import Correction
from nlp.learning.holding import FOLDS, Material, Places, material
from nlp.learning.reading import Prints
from nlp.learning.verdict import Answers, Part, Verdict, compare, verdict
from nlp.topics import TableError, TopicModel, training
from nlp.topics.second import Vectors
from nlp.topics.table import Labelled

MOST = 6000
"""Rows learnt from: the exact solution takes memory by their square. Corrections go first, the newest of them."""


@dataclass(frozen=True)
class Outcome:
    """What came of a retraining. `model` (with `measured`, for its card) is there where it deserves to take over: it
    is learnt from all of `table`, the held rows too."""

    base: Part
    corrections: Part | None
    verdict: Verdict
    table: Labelled
    corrected: int
    """Corrections among the rows of the table."""
    model: TopicModel | None
    measured: Mapping[str, Any]


def base_of(files: Sequence[Labelled], known: Mapping[str, str]) -> tuple[Labelled, int]:
    """The rows of the files under topics of the region (`known`: topic -> group), and how many had other labels.

    The region's tree is what the engine answers in: groups are taken from it. Raises TableError where no row is left.
    """
    rows = [(text, label) for file in files for text, label in zip(file.texts, file.labels, strict=True)]
    kept = [(text, label, known[label]) for text, label in rows if label in known]
    if not kept:
        raise TableError("no row of the base file carries a topic of the region; the first one: " + rows[0][1])
    texts, labels, groups = zip(*kept, strict=True)
    return Labelled(texts, labels, groups), len(rows) - len(kept)


def retrain(
    base: Labelled,
    rows: Sequence[Correction],
    old: TopicModel,
    seen: Prints | None,
    known: Mapping[str, str],
    say: Callable[[str], None] = lambda _: None,
    vectors: Vectors | None = None,
) -> Outcome:
    """Compare on held rows, and train on everything where the rule of promotion says so.

    `seen`: fingerprints of what `old` was learnt from, None where unknown. `rows` stand in order of time. With
    `vectors` what takes over has a second opinion too; the comparison is of the fast models, which answer first and
    choose what is looked at twice. Raises TableError where there is too little to train on.
    """
    rows = rows[-MOST // 2 :]
    held = material(base.sample(MOST - len(rows)), rows, seen)
    on_base = _on_base(held, known, say)
    on_corrections = _on_corrections(held, old, known, say) if len(held.held) else None
    decision = verdict(on_base, on_corrections)
    model: TopicModel | None = None
    measured: Mapping[str, Any] = {}
    if decision.promote:
        say("training on all rows")
        model, measured = training.train(held.table, known, vectors=vectors)
        if model.version == old.version:
            decision, model = Verdict(False, "the new model is the one at work"), None
    return Outcome(on_base, on_corrections, decision, held.table, len(rows), model, measured)


def _on_base(held: Material, known: Mapping[str, str], say: Callable[[str], None]) -> Part:
    """The base file, each row by models trained without its fold: with the corrections, and without those that the
    model at work has not seen."""
    before, after, order = [], [], []
    of_base = np.arange(held.base)
    for fold in range(FOLDS):
        say(f"base file: part {fold + 1} of {FOLDS}")
        asked = of_base[held.fold[of_base] == fold]
        others = held.fold != fold
        rest = of_base[others[of_base]]
        learnt = held.corrected[others[held.corrected]]
        twin = np.concatenate([rest, learnt[held.known_to_old[learnt]]])
        without = training.train(held.rows(twin), known)[0]
        with_them = training.train(held.rows(np.concatenate([rest, learnt])), known)[0]
        before.append(answers(without, held.rows(asked)))
        after.append(answers(with_them, held.rows(asked)))
        order.append(asked)
    places = np.concatenate(order)
    return _part("base", held, places, Answers.joined(before), Answers.joined(after))


def _on_corrections(held: Material, old: TopicModel, known: Mapping[str, str], say: Callable[[str], None]) -> Part:
    """The held corrections: by the model at work itself, and by one trained on everything that is not held."""
    say("corrections")
    learnt = np.setdiff1d(np.arange(len(held.table)), held.held)
    new = training.train(held.rows(learnt), known)[0]
    asked = held.rows(held.held)
    return _part("corrections", held, held.held, answers(old, asked), answers(new, asked))


def _part(name: str, held: Material, places: Places, old: Answers, new: Answers) -> Part:
    return compare(name, held.rows(places).labels, held.clusters[places], old, new)


def answers(model: TopicModel, asked: Labelled) -> Answers:
    """What a model says of rows with known labels and groups."""
    found = model.probabilities(asked.texts)
    by_group = model.group_probabilities(found)
    groups = [model.groups[at] for at in by_group.argmax(axis=1)]
    return Answers(
        label=tuple(model.labels[at] for at in found.argmax(axis=1)),
        group_right=np.array([mine == right for mine, right in zip(groups, asked.groups or asked.labels, strict=True)]),
        decided=by_group.max(axis=1) >= model.group_threshold,
    )
