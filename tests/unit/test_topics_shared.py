"""What regions lend one another, and that nobody learns from his own answers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from nlp.topics import ModelError, TopicModel
from nlp.topics.lending import make_shared
from nlp.topics.lesson import ways_to_see
from nlp.topics.shared import Shared, fingerprints, shared
from nlp.topics.spoken import Spoken
from nlp.topics.table import Labelled
from nlp.topics.training import train
from nlp.words import words_of
from tests.topic_texts import complaints


def table(number: int, seed: int) -> Labelled:
    texts, labels, groups = zip(*complaints(number, seed), strict=True)
    return Labelled(texts, labels, groups)


@pytest.fixture(scope="module")
def two_regions() -> Shared:
    return make_shared({"north": table(60, seed=11), "south": table(60, seed=12)})


def test_a_region_that_has_read_the_texts_lends_nothing(two_regions: Shared) -> None:
    own = [words_of(text) for text in table(60, seed=11).texts]
    strange = [words_of(text) for text in table(60, seed=13).texts]

    assert two_regions.lenders(own) == ("south",)
    assert two_regions.lenders(strange) == ("north", "south")


def test_no_region_of_the_product_lends_to_itself() -> None:
    representation = shared()

    assert set(representation.sources) == set(representation.read)
    for name, read in representation.read.items():
        assert len(read) > 1000, name


def test_a_fingerprint_keeps_nothing_but_identity() -> None:
    said, same, other = fingerprints([words_of("Нет света!"), words_of("нет  СВЕТА!"), words_of("Нет воды!")])

    assert said == same != other


def test_lent_vectors_are_alike_for_complaints_of_one_topic(two_regions: Shared) -> None:
    loan = two_regions.loan(("north", "south"))
    said = [words_of(text) for text in ("течёт крыша", "кровля протекает", "автобус не пришёл, ждали час")]
    roof, leak, bus = loan.vectors(Spoken.of(said))

    assert roof @ leak > roof @ bus


def test_a_saved_representation_is_the_same(two_regions: Shared, tmp_path: Path) -> None:
    two_regions.save(tmp_path)
    loaded = Shared.load(tmp_path)
    texts = Spoken.of([words_of("снег не чистят, гололёд")])

    assert loaded.version == two_regions.version
    assert loaded.sources == two_regions.sources
    assert np.array_equal(loaded.read["north"], two_regions.read["north"])
    assert np.allclose(loaded.loan(("south",)).vectors(texts), two_regions.loan(("south",)).vectors(texts), atol=0.05)


def test_texts_may_be_seen_alone_or_with_the_loan() -> None:
    ways = ways_to_see([words_of(text) for text in table(20, seed=5).texts])

    assert [features.lent is None for features in ways] == [True, False]


def test_a_model_made_with_another_representation_is_refused(tmp_path: Path) -> None:
    model = train(table(80, seed=2))[0]
    model.save(tmp_path)
    path = tmp_path / "model.json"
    about = json.loads(path.read_text(encoding="utf-8"))
    about["loan"] = {"sources": ["omsk"], "version": "of another year"}
    path.write_text(json.dumps(about), encoding="utf-8")

    with pytest.raises(ModelError, match="train it again"):
        TopicModel.load(tmp_path)
