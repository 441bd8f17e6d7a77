"""Training a topic model and what it then says: on made-up complaints, so that quality here is high by design."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.evaluate.topics import evaluate_topics
from nlp.topics import ModelError, TableError, TopicModel
from nlp.topics.table import Labelled
from nlp.topics.training import train
from tests.topic_texts import TREE, complaints, write_csv


def table(rows: list[tuple[str, str, str]]) -> Labelled:
    texts, labels, groups = zip(*rows, strict=True)
    return Labelled(texts, labels, groups)


@pytest.fixture(scope="module")
def model() -> TopicModel:
    return train(table(complaints(300)), {"Пожар": "Безопасность"})[0]


def test_unseen_complaints_get_their_topics(model: TopicModel, tmp_path: Path) -> None:
    unseen = write_csv(tmp_path / "unseen.csv", complaints(100, seed=7))

    assert evaluate_topics(unseen, model)["accuracy"] > 0.9
    assert evaluate_topics(unseen, model, "group")["accuracy"] > 0.9


def test_probabilities_add_up_over_topics_and_groups(model: TopicModel) -> None:
    found = model.probabilities(["яма на дороге", "", "спасибо"])

    assert np.allclose(found.sum(axis=1), 1)
    assert np.allclose(model.group_probabilities(found).sum(axis=1), 1)


def test_a_clear_complaint_is_decided_with_its_words(model: TopicModel) -> None:
    [decision] = model.decide(["Здравствуйте! У нас батареи холодные, отопление отключили, тепла нет"])

    assert decision.best.name == "Нет отопления"
    assert decision.group == "ЖКХ"
    assert decision.decided
    assert "отопление" in decision.words or "батареи" in decision.words
    assert "здравствуйте" not in decision.words


def test_a_text_about_nothing_known_is_not_decided(model: TopicModel) -> None:
    [decision] = model.decide(["Когда откроется выставка кошек?"])

    assert not decision.decided
    assert len(decision.guesses) == 3


def test_a_topic_without_texts_is_known_by_its_name(model: TopicModel) -> None:
    [decision] = model.decide(["пожар! горит сарай, пожар"])

    assert "Пожар" in {guess.name for guess in decision.guesses}


def test_one_text_alone_gets_what_it_gets_among_others(model: TopicModel) -> None:
    texts = [text for text, _, _ in complaints(30, seed=3)]

    together = model.probabilities(texts)
    alone = np.concatenate([model.probabilities([text]) for text in texts])

    assert np.allclose(together, alone, atol=1e-5)


def test_a_saved_model_says_the_same_and_holds_no_pickle(model: TopicModel, tmp_path: Path) -> None:
    model.save(tmp_path / "model")
    loaded = TopicModel.load(tmp_path / "model", {"Ямы на дорогах": ("07.001", "Дорожное хозяйство")})
    texts = [text for text, _, _ in complaints(50, seed=5)]

    assert {path.suffix for path in (tmp_path / "model").iterdir()} == {".json", ".safetensors"}
    assert np.allclose(model.probabilities(texts), loaded.probabilities(texts), atol=0.03)
    [decision] = loaded.decide(["яма на дороге, выбоины на проезжей части"])
    assert (decision.best.code, decision.best.group) == ("07.001", "Дорожное хозяйство")


def test_a_loaded_model_keeps_its_version(model: TopicModel, tmp_path: Path) -> None:
    model.save(tmp_path)

    assert TopicModel.load(tmp_path).version == model.version


def test_the_same_data_give_the_same_model() -> None:
    rows = table(complaints(80))

    assert train(rows)[0].version == train(rows)[0].version


@pytest.mark.parametrize("rows", [complaints(3), [row for row in complaints(60) if row[1] == "Уборка снега"]])
def test_nothing_to_tell_apart_is_an_error(rows: list[tuple[str, str, str]]) -> None:
    with pytest.raises(TableError, match="at least 2 labels and 5 different texts"):
        train(table(rows))


def test_a_broken_model_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"model\.json"):
        TopicModel.load(tmp_path)
    (tmp_path / "model.json").write_text('{"kind": "topics", "format": 99}')
    with pytest.raises(ModelError, match="format 99"):
        TopicModel.load(tmp_path)


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=300))
def test_any_text_gets_an_answer(model: TopicModel, text: str) -> None:
    [decision] = model.decide([text])

    assert 0 <= decision.group_probability <= 1
    assert {guess.name for guess in decision.guesses} <= {*TREE, "Пожар"}
