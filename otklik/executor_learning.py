"""What a region learns from its own assignments: read them, learn, measure, keep; and give the stage what is kept.

`models/REGION/executors/VERSION/` in the data folder holds what was learnt: `learned.json` (experience as counts,
powers, figures) and, where there were texts enough, `text/`, a classifier of words. `current` names the version at
work.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from nlp.clean import clean
from nlp.learning.shelf import Shelf
from nlp.topics.model import TopicModel
from nlp.topics.table import Labelled
from nlp.topics.training import train
from otklik.data_folder import executors_learned
from otklik.executor_figures import WITNESSES, Past, all_weights, figures, unseen
from routing.competence import Competence
from routing.experience import Choice, Experience
from routing.learned import CAUTIOUS, Learned, Weights

FILE, TEXT = "learned.json", "text"
ENOUGH_TEXTS = 200
"""Below this many texts words are not learnt from: folds of forty texts say nothing of 60 executors."""
LEAST = 20
"""Below this many choices nothing is learnt."""
MOST = 6000
"""Texts learnt from at most, the newest: the exact solution takes memory by their square (nlp.train)."""


class NothingToLearn(Exception):
    """Too few choices; the message says how many there are."""


@dataclass(frozen=True)
class Lesson:
    """What was learnt. `measured` is empty where there were too few texts to hold some back."""

    learned: Learned
    model: TopicModel | None
    codes: Mapping[str, str]
    """The executors' codes by the names that are the model's labels."""
    measured: Mapping[str, Any]
    better: bool
    """Whether the true executors of unseen problems are more probable with it than by the table alone."""


# the last assignment of a problem, where a person made it: what was refused, undone or given on does not count
CHOICES = """
SELECT a.text, p.spans, p.topic_code, p.municipality, e.code, last.assigned_at
FROM problems p JOIN appeals a ON a.id = p.appeal_id
JOIN LATERAL (
    SELECT s.executor_id, s.assigned_by, s.assigned_at, s.ended_at, s.end_reason FROM assignments s
    WHERE s.problem_id = p.id ORDER BY s.assigned_at DESC, s.id DESC LIMIT 1
) last ON true
JOIN executors e ON e.id = last.executor_id
WHERE p.region_id = %s AND last.assigned_by <> 'machine' AND last.ended_at IS NULL AND p.state <> 'dismissed'
ORDER BY last.assigned_at
"""


def past_of(connection: psycopg.Connection[Any], region: str) -> list[Past]:
    """The problems that people of a region gave away, oldest first."""
    past = []
    for text, spans, topic, municipality, executor, _ in connection.execute(CHOICES, (region,)):
        words = " ".join(clean(text[start:end]).text for start, end in spans)
        past.append(Past(words, topic, municipality, executor))
    return past


def learn(past: Sequence[Past], competence: Competence) -> Lesson:
    """Learn from choices, the region's own table beside them. Raises NothingToLearn."""
    tops = {body.code: competence.structure.top(body.code) for body in competence.bodies}
    known = [replace(each, executor=top.code) for each in past if (top := tops.get(each.executor)) is not None]
    if len(known) < LEAST:
        raise NothingToLearn(f"people have chosen {len(known)} executors so far; {LEAST} are needed to learn from")
    experience = Experience.of(Choice(each.topic, each.municipality, each.executor) for each in known)
    texts = [each for each in known if each.text.strip()][-MOST:]
    if len(texts) < ENOUGH_TEXTS or len({each.executor for each in texts}) < 2:
        return Lesson(Learned(experience, CAUTIOUS, version=_version(experience, "")), None, {}, {}, better=True)
    found = unseen(texts, lambda _: _table(competence))
    weights = all_weights(found)
    measured = figures(found, competence.threshold)
    names = {body.code: body.name for body in competence.bodies}
    # the executor's name is a text of his: it is all that is known of the rare ones
    table = Labelled(tuple(each.text for each in texts), tuple(names[each.executor] for each in texts), None)
    model, _ = train(table, label="executor")
    better = measured[" + ".join(WITNESSES)]["log_loss"] < measured["table"]["log_loss"]
    codes = {body.name: body.code for body in competence.bodies}
    learned = Learned(experience, weights, _reader(model, codes), _version(experience, model.version))
    return Lesson(learned, model, codes, measured, better)


def _table(competence: Competence) -> Callable[[Past, Sequence[tuple[str, float]]], Mapping[str, float]]:
    def of(each: Past, likely: Sequence[tuple[str, float]]) -> Mapping[str, float]:
        summed: dict[str, float] = {}
        for topic, chance in likely:
            answer = competence.answer(topic, each.municipality)
            if answer is not None and answer.body is not None:
                summed[answer.body.code] = summed.get(answer.body.code, 0.0) + chance
        return summed

    return of


def _reader(model: TopicModel, codes: Mapping[str, str]) -> Callable[[Sequence[str]], list[Mapping[str, float]]]:
    at = [(place, codes[name]) for place, name in enumerate(model.labels) if name in codes]

    def read(texts: Sequence[str]) -> list[Mapping[str, float]]:
        cleaned = [clean(text).text for text in texts]
        return [{code: float(row[place]) for place, code in at} for row in model.probabilities(cleaned)]

    return read


def _version(experience: Experience, text: str) -> str:
    counted = sorted(
        (choice.topic, choice.municipality, choice.executor, times) for choice, times in experience.choices.items()
    )
    return "executors-" + hashlib.sha256(json.dumps([counted, text]).encode()).hexdigest()[:12]


def keep(folder: Path, lesson: Lesson, now: datetime) -> None:
    """Write a version and let workers take it from their next batch on."""
    version = lesson.learned.version
    told = {
        "version": version,
        "made": now.isoformat(),
        "weights": asdict(lesson.learned.weights),
        "experience": [
            [choice.topic, choice.municipality, choice.executor, times]
            for choice, times in lesson.learned.experience.choices.items()
        ],
        "codes": dict(lesson.codes),
        "measured": lesson.measured,
    }

    def write(made: Path) -> None:
        if lesson.model is not None:
            lesson.model.save(made / TEXT)
        (made / FILE).write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    shelf = Shelf(folder)
    shelf.keep(version, write)
    shelf.point(version)


@dataclass
class LearnedExecutors:
    """What each region has learnt, read again when the pointer moves: one short read a batch."""

    data_folder: Path
    _held: dict[str, tuple[str, Learned]] = field(default_factory=dict)

    def of(self, region: str) -> Learned | None:
        """None where nothing was learnt yet. Raises OSError, ModelError where a version is broken."""
        folder = executors_learned(self.data_folder, region)
        version = Shelf(folder).pointed()
        if not version:
            return None
        held = self._held.get(region)
        if held is None or held[0] != version:
            held = version, load(folder / version)
            self._held[region] = held
        return held[1]


def load(folder: Path) -> Learned:
    """A version as kept."""
    told = json.loads((folder / FILE).read_text(encoding="utf-8"))
    experience = Experience({Choice(*parts): times for *parts, times in told["experience"]})
    model = TopicModel.load(folder / TEXT) if (folder / TEXT).is_dir() else None
    read = _reader(model, told["codes"]) if model is not None else None
    return Learned(experience, Weights(**told["weights"]), read, str(told["version"]))
