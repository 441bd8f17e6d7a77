"""From which probability of the executor the machine may assign: measured on labelled appeals it has not seen.

    python -m bench.assign_threshold omsk.csv --region omsk

Topics come from a model trained on the other folds (near-duplicates on one side). Right is the executor whom the table
names for the topic and municipality that people gave the appeal. Two ways to know the place are measured: as people
gave it, and not at all (the region's prior alone); the truth of a running system lies between. What an operator must
confirm by the table is left out of what the machine assigns, as it is at work.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from bench.machine import machine
from models.pack import RegionPack, load_pack
from models.topics import TopicDecision, TopicGuess
from nlp.topics import calibration
from nlp.topics.clusters import grouped_folds, near_duplicates
from nlp.topics.lesson import Tree, prepare, ways_to_see
from nlp.topics.measures import unseen_measures
from nlp.topics.table import Labelled, read_records
from nlp.words import words_of
from routing.competence import Competence
from routing.suggest import suggest_at

FOLDS = 5
THRESHOLDS = (0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.98)


def decisions(table: Labelled, pack: RegionPack) -> list[TopicDecision]:
    """What a model that has not seen a text decides of it, for each text."""
    known = {topic.name: topic.group for topic in pack.topics}
    tree = Tree.of(table, known)
    words = [words_of(text) for text in table.texts]
    # the pack's own region is among the lenders: they are left out, as they are wherever they have read the texts
    features = ways_to_see(words)[0]
    scores = prepare(words, features, table, tree, known).unseen(grouped_folds(near_duplicates(table.texts), FOLDS))
    right = np.array([tree.labels.index(label) for label in table.labels])
    (tempering,) = calibration.temper([scores], tree.group_of, right)
    found = tempering.probabilities(scores, tree.group_of)
    (least, _), _ = unseen_measures(table, tree, found, 1)
    by_group = found @ np.eye(len(tree.groups))[tree.group_of]
    codes = {topic.name: topic for topic in pack.topics}
    made = []
    for topics, groups in zip(found, by_group, strict=True):
        best = [codes[tree.labels[at]] for at in np.argsort(-topics)[:3]]
        chances = sorted(topics, reverse=True)
        guesses = [TopicGuess(topic.code, topic.name, topic.group, p) for topic, p in zip(best, chances, strict=False)]
        sure = float(groups.max())
        made.append(TopicDecision(tuple(guesses), tree.groups[int(groups.argmax())], min(sure, 1.0), sure >= least))
    return made


def interval(right: int, of: int) -> str:
    """Share and its 95 % interval (Wilson, JASA 22, 1927)."""
    if not of:
        return "-"
    z, share = 1.96, right / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    spread = z * np.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return f"{share:.1%} ({middle - spread:.1%}-{middle + spread:.1%})"


def print_curve(
    name: str, found: Sequence[TopicDecision], truth: Sequence[str], odds: Sequence[dict[str, float]], pack: RegionPack
) -> None:
    competence = Competence.of_pack(pack)
    given = [suggest_at(competence, topic, where) for topic, where in zip(found, odds, strict=True)]
    best = [
        (each.guesses[0].probability, each.guesses[0].body.code == right)
        for each, right in zip(given, truth, strict=True)
        if each.guesses
    ]
    print(f"{name}: first executor right {interval(sum(right for _, right in best), len(truth))} of {len(truth)}")
    for least in THRESHOLDS:
        at_least = [right for probability, right in best if probability >= least]
        strict = replace(competence, threshold=least)
        assigned = [
            suggestion.executor.code == right
            for topic, where, right in zip(found, odds, truth, strict=True)
            if (suggestion := suggest_at(strict, topic, where)).executor is not None
        ]
        print(
            f"  from {least:.2f}: probability reaches it {len(at_least) / len(truth):.0%}, right there "
            f"{interval(sum(at_least), len(at_least))}; the machine assigns {len(assigned) / len(truth):.0%}, right "
            f"{interval(sum(assigned), len(assigned))}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="CSV with text, topic, group, municipality")
    parser.add_argument("--region", default="omsk")
    options = parser.parse_args()
    pack = load_pack(options.region)
    competence = Competence.of_pack(pack)
    codes = {topic.name: topic.code for topic in pack.topics}
    rows = [
        row
        for row in read_records(options.file, ["text", "topic", "group", "municipality"])
        if row["text"].strip() and row["topic"] in codes and competence.municipality(row["municipality"])
    ]
    table = Labelled(
        tuple(row["text"] for row in rows), tuple(row["topic"] for row in rows), tuple(row["group"] for row in rows)
    )
    found = decisions(table, pack)
    answers = [competence.answer(codes[row["topic"]], competence.municipality(row["municipality"])) for row in rows]
    truth = [answer.body.code if answer is not None and answer.body is not None else "" for answer in answers]
    print(machine())
    print_curve("place as people gave it", found, truth, [{row["municipality"]: 1.0} for row in rows], pack)
    print_curve("place not known", found, truth, [{} for _ in rows], pack)


if __name__ == "__main__":
    main()
