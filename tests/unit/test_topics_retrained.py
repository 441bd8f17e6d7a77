"""A model retrained with corrections keeps its second opinion where the installation has one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from models.topics import Topic
from nlp.learning.corrections import Correction
from nlp.learning.retrain import Outcome, retrain
from nlp.topics.table import Labelled
from nlp.topics.training import train
from tests.corrected import DOGS, TOPICS, dogs
from tests.sentence_meanings import meanings
from tests.topic_texts import complaints

NOON = datetime(2026, 2, 3, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    texts, labels, groups = zip(*complaints(120), strict=True)
    base = Labelled(texts, labels, groups)
    topic = Topic("01.001", DOGS, TOPICS[DOGS])
    rows = [Correction(UUID(int=at), text, topic, NOON + timedelta(minutes=at)) for at, text in enumerate(dogs(80))]
    return retrain(base, rows, train(base, TOPICS)[0], None, TOPICS, vectors=meanings)


def test_what_takes_over_has_a_second_opinion_of_the_corrected_topic(outcome: Outcome) -> None:
    assert outcome.model is not None
    assert outcome.model.second is not None
    texts = dogs(5, seed=9)

    scores = outcome.model.second.sight.rows(meanings(texts)) @ outcome.model.second.weights

    best = scores[:, : len(outcome.model.labels)].argmax(axis=1)
    assert {outcome.model.labels[at] for at in best} == {DOGS}


def test_its_figures_stand_beside_those_of_the_fast_model(outcome: Outcome) -> None:
    assert {"label", "group", "label with vectors", "group with vectors"} <= outcome.measured.keys()
