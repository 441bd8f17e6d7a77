"""A worker takes a promoted model between two batches, and every analysis says which model made it."""

from __future__ import annotations

import logging
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest

from models.events import Event, EventType, event
from models.identifiers import new_id
from models.pack import load_pack
from nlp.learning import changes
from nlp.learning.serving import Serving
from nlp.learning.versions import Versions, versions_of
from nlp.pipeline import Engine
from nlp.stage import nlp_stage
from nlp.topics import TopicModel
from nlp.topics.card import write_card
from otklik.install import install_pack
from tests.integration.problems import NOW

TEXT = "На улице Ленина третий день не горят фонари."


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.of_pack(load_pack("omsk"))


@pytest.fixture
def serving(engine: Engine, tmp_path: Path) -> Serving:
    versions = versions_of(tmp_path, "omsk", load_pack("omsk").model_folder)
    engine.take(TopicModel.load(versions.pack, engine.topics.model.codes))
    return Serving(engine, versions)


@pytest.fixture
def office(database_url: str) -> Any:
    with psycopg.connect(database_url, autocommit=True) as connection:
        with connection.transaction():
            install_pack(connection, load_pack("omsk"))
        yield connection


def another(versions: Versions) -> str:
    """A version that answers otherwise than the pack's."""
    model = TopicModel.load(versions.pack)
    model.weights = -model.weights
    model.__post_init__(None)

    def write(folder: Path) -> None:
        model.save(folder)
        write_card(folder, {"version": model.version}, date(2026, 2, 3), {})

    versions.keep(model.version, write)
    return model.version


def accepted(office: psycopg.Connection[Any]) -> Event:
    appeal = new_id()
    office.execute(
        """INSERT INTO appeals (id, region_id, number, channel, external_id, text, sent_at, accepted_at, state)
           VALUES (%s, 'omsk', %s, 'form', %s, %s, %s, %s, 'accepted')""",
        [appeal, str(appeal), str(appeal), TEXT, NOW, NOW],
    )
    return event(EventType.APPEAL_ACCEPTED, "omsk", appeal, NOW, channel="form", sent_at=NOW.isoformat())


def handled(office: psycopg.Connection[Any], serving: Serving) -> tuple[str, Any]:
    """One batch of one appeal: the version noted with it, and the guesses."""
    told = accepted(office)
    with office.transaction():
        nlp_stage(lambda _: serving.up_to_date()).handle(office, [told])
    row = office.execute(
        """SELECT model_version, topic_guesses FROM appeals JOIN problems ON problems.appeal_id = appeals.id
           WHERE appeals.id = %s""",
        [told.key],
    ).fetchone()
    assert row is not None
    return row[0], row[1]


def test_the_next_batch_is_analysed_by_the_promoted_model_and_after_a_rollback_as_before(
    office: psycopg.Connection[Any], serving: Serving
) -> None:
    own, before = handled(office, serving)
    new = another(serving.versions)
    assert handled(office, serving) == (own, before)  # kept, but not promoted

    changes.promote(office, serving.versions, "omsk", new, by="boris", reason="trial", now=NOW)
    taken, otherwise = handled(office, serving)
    changes.rollback(office, serving.versions, "omsk", by="boris", reason="", now=NOW)

    assert taken == new
    assert otherwise != before
    assert handled(office, serving) == (own, before)


def test_a_version_that_cannot_be_read_is_told_once_and_the_model_at_hand_goes_on(
    office: psycopg.Connection[Any], serving: Serving, caplog: pytest.LogCaptureFixture
) -> None:
    own = serving.versions.of_pack()
    new = another(serving.versions)
    (serving.versions.folder / new / "weights.safetensors").write_bytes(b"torn")
    serving.versions.point(new)

    with caplog.at_level(logging.ERROR):
        assert [handled(office, serving)[0] for _ in range(2)] == [own, own]

    assert len(caplog.records) == 1
    assert f"{new} cannot be used, {own} goes on" in caplog.text
