"""Learning from corrections on a real database: what counts as one, what is promoted, and the way back."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from models.pack import RegionPack, load_pack
from models.text import Span
from nlp.learning import changes
from nlp.learning.corrections import corrections
from nlp.learning.versions import VersionError, Versions, versions_of
from nlp.topics import TableError, TopicModel
from otklik.commands.root import run_command_line
from otklik.install import install_pack
from otklik.learning import Learnt, learn
from routing.actions import split, undo
from routing.competence import Competence
from tests.corrected import BASE_ROWS, DOGS, TOPICS, correct, corrected, dogs, problem, region, topic_named
from tests.integration.problems import NOW
from tests.topic_texts import complaints, write_csv

Connection = psycopg.Connection[Any]
DAY = date(2026, 2, 3)
WAS = "Ямы на дорогах"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("region")


@pytest.fixture(scope="module")
def pack(folder: Path) -> RegionPack:
    return region(folder)


@pytest.fixture
def versions(pack: RegionPack, tmp_path: Path) -> Versions:
    return versions_of(tmp_path, pack.id, pack.model_folder)


@pytest.fixture
def office(database_url: str, pack: RegionPack) -> Any:
    """A connection that commits each statement, with the region installed."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        with connection.transaction():
            install_pack(connection, pack)
        yield connection


def learnt(office: Connection, pack: RegionPack, versions: Versions, *files: Path) -> Learnt:
    return learn(office, pack, versions, files, "topic", DAY, lambda _: None)


def test_the_latest_correction_of_a_problem_counts_and_an_undone_one_does_not(
    office: Connection, pack: RegionPack
) -> None:
    twice, undone, dismissed = (problem(office, pack, text, WAS) for text in dogs(3))
    correct(office, pack, twice, "Уборка снега", NOW)
    correct(office, pack, twice, DOGS, NOW + timedelta(minutes=1))
    correct(office, pack, undone, DOGS)
    undo(office, pack.id, undone, 2, by="anna", now=NOW, competence=Competence.of_pack(pack))
    correct(office, pack, dismissed, DOGS)
    office.execute("UPDATE problems SET state = 'dismissed' WHERE id = %s", [dismissed])

    found = corrections(office, pack.id, pack.topic_by_code)

    assert [(row.problem, row.topic.name) for row in found] == [(twice, DOGS)]


def test_a_text_corrected_many_times_is_one_row_with_the_last_word(office: Connection, pack: RegionPack) -> None:
    [text] = dogs(1)
    corrected(office, pack, [text] * 5, WAS, ["Уборка снега"] * 4 + [DOGS])

    [row] = corrections(office, pack.id, pack.topic_by_code)

    assert (row.topic.name, row.at) == (DOGS, NOW + timedelta(minutes=4))


def test_the_piece_that_an_operator_split_off_is_learnt_with_its_topic(office: Connection, pack: RegionPack) -> None:
    text = "Ямы на дороге. Собаки бросаются на детей."
    made = problem(office, pack, text, WAS)
    topic = topic_named(pack, DOGS)
    split(office, pack.id, made, 1, Span(15, len(text)), topic, by="anna", now=NOW)

    [row] = corrections(office, pack.id, pack.topic_by_code)

    assert (row.text, row.topic) == ("Собаки бросаются на детей.", topic)


def test_what_operators_teach_is_promoted_and_rollback_restores_the_answers_exactly(
    office: Connection, pack: RegionPack, versions: Versions, folder: Path
) -> None:
    corrected(office, pack, dogs(100), WAS, DOGS)
    asked = [*dogs(20, seed=77), *(text for text, _, _ in complaints(20, seed=78))]
    before = TopicModel.load(versions.folder_of(versions.current())).decide(asked)

    first = learnt(office, pack, versions, folder / "base.csv")

    part = first.outcome.corrections
    assert part is not None
    assert part.accuracy.better and part.accuracy.new > 0.9
    assert not first.outcome.base.accuracy.worse
    assert first.version == versions.current() != first.previous
    model = TopicModel.load(versions.folder_of(versions.current()))
    assert model.version == first.version
    assert [decision.best.name for decision in model.decide(asked[:20])] == [DOGS] * 20

    changes.rollback(office, versions, pack.id, by="boris", reason="", now=datetime.now(UTC))

    assert versions.current() == first.previous
    assert TopicModel.load(versions.folder_of(versions.current())).decide(asked) == before
    done = changes.changes(office, pack.id)
    assert [(change.kind, change.by) for change in done] == [("promote", "otklik train"), ("rollback", "boris")]


def test_the_next_time_only_what_the_model_has_not_seen_is_a_test_of_it(
    office: Connection, pack: RegionPack, versions: Versions, folder: Path
) -> None:
    texts = dogs(140)
    corrected(office, pack, texts[:100], WAS, DOGS)
    assert learnt(office, pack, versions, folder / "base.csv").version is not None

    again = learnt(office, pack, versions)  # the files are those of the last time

    assert again.version is None
    assert again.outcome.corrections is None
    corrected(office, pack, texts[100:], WAS, DOGS)
    later = learnt(office, pack, versions)
    assert later.outcome.corrections is not None
    assert later.outcome.corrections.accuracy.old > 0.9


def test_corrections_with_shuffled_topics_are_not_promoted(
    office: Connection, pack: RegionPack, versions: Versions, folder: Path
) -> None:
    chance = random.Random(3)
    rows = complaints(150, seed=8)
    topics = [topic for _, topic, _ in rows]
    wrong = [chance.choice([each for each in TOPICS if each not in (topic, DOGS)]) for topic in topics]
    corrected(office, pack, [text for text, _, _ in rows], DOGS, wrong)

    bad = learnt(office, pack, versions, folder / "base.csv")

    assert bad.version is None
    assert versions.current() == bad.previous == versions.of_pack()
    assert changes.changes(office, pack.id) == []


def test_without_corrections_there_is_nothing_to_learn(
    office: Connection, pack: RegionPack, versions: Versions, folder: Path
) -> None:
    with pytest.raises(TableError, match="no operator has corrected"):
        learnt(office, pack, versions, folder / "base.csv")


def test_a_model_that_took_over_meanwhile_is_not_replaced(
    office: Connection, pack: RegionPack, versions: Versions
) -> None:
    versions.keep("topics-000000000001", lambda folder: [(folder / "card.json").write_text("{}")].clear())
    with pytest.raises(VersionError, match="took over from topics-gone meanwhile"):
        changes.promote(
            office, versions, pack.id, "topics-000000000001", by="anna", reason="", now=NOW, instead_of="topics-gone"
        )


def test_a_version_that_this_program_cannot_read_is_replaced_by_training_again(
    office: Connection, pack: RegionPack, versions: Versions, folder: Path
) -> None:
    versions.keep("topics-000000000001", lambda made: [(made / "model.json").write_text("{}")].clear())
    changes.promote(office, versions, pack.id, "topics-000000000001", by="anna", reason="", now=NOW)
    corrected(office, pack, dogs(100), WAS, DOGS)

    assert learnt(office, pack, versions, folder / "base.csv").version == versions.current()


def test_the_commands_train_list_and_roll_back(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("OTKLIK_DATABASE_URL", database_url)
    assert run_command_line(["migrate"]) == 0
    omsk = load_pack("omsk")
    names = dict(zip(TOPICS, [topic.name for topic in omsk.topics[::40]], strict=False))
    base = write_csv(tmp_path / "base.csv", [(text, names[topic], "") for text, topic, _ in complaints(BASE_ROWS)])
    with psycopg.connect(database_url, autocommit=True) as connection:
        corrected(connection, omsk, dogs(100), names[WAS], names[DOGS])
    capsys.readouterr()

    assert run_command_line(["train", str(base), "--with-corrections", "--region", "omsk"]) == 0
    said = capsys.readouterr().out
    assert "Learnt from 200 rows of the base file and 100 corrections" in said
    assert "macro F1" in said
    assert "Promoted topics-" in said
    assert run_command_line(["model", "list"]) == 0
    assert "by otklik train: better on corrections" in capsys.readouterr().out
    assert run_command_line(["model", "rollback", "--reason", "a trial"]) == 0
    assert "Back to" in capsys.readouterr().out


def test_what_cannot_be_done_is_refused_and_changes_nothing(
    office: Connection, pack: RegionPack, versions: Versions
) -> None:
    own = versions.of_pack()
    with pytest.raises(VersionError, match="no region"):
        changes.rollback(office, versions, "atlantis", by="boris", reason="", now=NOW)
    with pytest.raises(VersionError, match="nothing to go back"):
        changes.rollback(office, versions, pack.id, by="boris", reason="", now=NOW)
    with pytest.raises(VersionError, match="at work already"):
        changes.promote(office, versions, pack.id, own, by="boris", reason="", now=NOW)
    assert (versions.pointed(), versions.current()) == ("", own)


def test_a_promotion_that_cannot_be_committed_leaves_the_pointer(
    office: Connection, pack: RegionPack, versions: Versions
) -> None:
    versions.keep("topics-000000000001", lambda folder: [(folder / "card.json").write_text("{}")].clear())
    office.execute(
        """CREATE FUNCTION never() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no room'; END $$;
           CREATE CONSTRAINT TRIGGER never AFTER INSERT ON model_changes DEFERRABLE INITIALLY DEFERRED
           FOR EACH ROW EXECUTE FUNCTION never()"""
    )
    with pytest.raises(psycopg.errors.RaiseException, match="no room"):
        changes.promote(office, versions, pack.id, "topics-000000000001", by="boris", reason="", now=NOW)
    assert (versions.pointed(), versions.current()) == ("", versions.of_pack())
