"""The drift report on a real database, with drift that was put there."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from models.pack import RegionPack
from nlp.learning.drift import Drift, drift
from nlp.topics import TopicModel
from otklik.commands.drift import show
from otklik.install import install_pack
from tests.corrected import DOGS, correct, problem, region, topic_named
from tests.integration.problems import NOW
from tests.topic_texts import TREE, complaints

DAYS = 28


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> RegionPack:
    return region(tmp_path_factory.mktemp("region"))


@pytest.fixture
def office(connection: psycopg.Connection[Any], pack: RegionPack) -> psycopg.Connection[Any]:
    install_pack(connection, pack)
    return connection


def report(office: psycopg.Connection[Any], pack: RegionPack) -> Drift:
    features = TopicModel.load(pack.model_folder / "topics").features
    return drift(office, pack.id, DAYS, NOW, lambda word: features.lemma_at(word) is not None)


def fill(office: psycopg.Connection[Any], pack: RegionPack) -> None:
    """Sixteen weeks of every topic at a steady rate with a sure machine."""
    rows = complaints(4 * DAYS)
    for day in range(4 * DAYS):
        text, _, _ = rows[day]
        topic = list(TREE)[day % len(TREE)]
        problem(office, pack, text, topic, NOW - timedelta(days=day, hours=1), probability=0.9 - day % 3 / 50)


def test_where_nothing_changes_nothing_is_reported(office: psycopg.Connection[Any], pack: RegionPack) -> None:
    fill(office, pack)
    found = report(office, pack)

    assert found.problems == DAYS
    assert [row.topic for row in found.topics if row.grows] == []
    assert not found.confidence.falls
    assert len(found.weeks) == 16
    assert found.corrections == ()
    assert found.words.rate < 0.1


def test_a_topic_that_grows_is_named_and_no_other(office: psycopg.Connection[Any], pack: RegionPack) -> None:
    fill(office, pack)
    for day in range(DAYS):
        problem(office, pack, "Снег не чистят", "Уборка снега", NOW - timedelta(days=day, hours=2), probability=0.9)
    found = report(office, pack)

    assert [row.topic for row in found.topics if row.grows] == [topic_named(pack, "Уборка снега").code]
    assert found.topics[0].ratio.low > 1.5


def test_falling_confidence_and_new_words_are_reported(office: psycopg.Connection[Any], pack: RegionPack) -> None:
    fill(office, pack)
    for day in range(10):
        problem(office, pack, "Самокаты загородили тротуар", DOGS, NOW - timedelta(days=day, hours=3), probability=0.2)
    found = report(office, pack)

    assert found.confidence.falls
    assert found.weeks[-1].low < 0.5 < found.weeks[0].low
    assert dict(found.words.frequent)["самокат"] == 10
    assert found.words.rate > found.words_before.rate


def test_a_word_of_few_appeals_and_a_name_are_never_told(office: psycopg.Connection[Any], pack: RegionPack) -> None:
    text = "Сосед Калитин кричит, Полуэктовна тоже, а самокат на Шкиперской"
    start = text.index("Полуэктовна")
    marks: list[dict[str, object]] = [{"kind": "name", "span": [start, start + len("Полуэктовна")]}]
    for day in range(6):
        problem(office, pack, text, DOGS, NOW - timedelta(days=day, hours=1), privacy=marks)
    for day in range(4):
        problem(office, pack, "Контейнеровоз шумит", DOGS, NOW - timedelta(days=day, hours=2))
    street = text.index("Шкиперской")
    office.execute(
        "UPDATE problems SET place = place || %s::jsonb",
        [json.dumps({"spans": [[street, street + len("Шкиперской")]]})],
    )
    told = dict(report(office, pack).words.frequent)

    assert told["самокат"] == 6
    assert not {"калитин", "полуэктовна", "шкиперский", "шкиперская", "контейнеровоз"} & set(told)


def test_what_operators_correct_is_counted_by_the_machines_topic(
    office: psycopg.Connection[Any], pack: RegionPack
) -> None:
    fill(office, pack)
    made = [problem(office, pack, f"Собака номер {at}", "Ямы на дорогах", NOW - timedelta(days=1)) for at in range(8)]
    for each in made[:6]:
        correct(office, pack, each, DOGS)
    found = report(office, pack)

    [row] = found.corrections
    assert (row.topic, row.most_often) == (topic_named(pack, "Ямы на дорогах").code, topic_named(pack, DOGS).code)
    assert row.corrected == 6
    assert row.low < row.corrected / row.problems < row.high


def test_the_report_reads_as_a_page(
    office: psycopg.Connection[Any],
    pack: RegionPack,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "150")
    fill(office, pack)
    for day in range(DAYS):
        text = "Самокаты загородили тротуар"
        made = problem(office, pack, text, "Уборка снега", NOW - timedelta(days=day, hours=3), probability=0.3)
        correct(office, pack, made, DOGS)
    show(report(office, pack), pack.topic_by_code, DAYS)
    said = capsys.readouterr().out

    assert "56 problems in the last 28 days" in said
    grows = said.split("Topics that grow")[1].split("Confidence")[0]
    assert "Уборка снега" in grows and "Ямы" not in grows
    assert "it falls" in said
    assert "самокат 28" in said
    corrections = said.split("Topics that operators corrected")[1]
    assert "Бродячие собаки" in corrections


def test_an_installation_without_appeals_has_a_report_too(office: psycopg.Connection[Any], pack: RegionPack) -> None:
    found = report(office, pack)

    assert (found.problems, found.topics, found.weeks) == (0, (), ())


def test_the_command_prints_a_report_and_json(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from otklik.commands.root import run_command_line

    monkeypatch.setenv("OTKLIK_DATABASE_URL", database_url)
    assert run_command_line(["drift", "--region", "omsk"]) == 0
    assert "0 problems in the last 28 days" in capsys.readouterr().out
    assert run_command_line(["drift", "--region", "omsk", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["problems"] == 0
    assert run_command_line(["model", "list", "--region", "omsk", "--json"]) == 0
    [version] = json.loads(capsys.readouterr().out)["versions"]
    assert version["at_work"]
    assert run_command_line(["model", "rollback", "--region", "omsk"]) == 1
    assert "nothing to go back to" in capsys.readouterr().err
    assert run_command_line(["model", "promote", "topics-none", "--region", "omsk"]) == 1
    assert "no version 'topics-none'" in capsys.readouterr().err
    assert run_command_line(["train", "--with-corrections", "--region", "omsk"]) == 1
    assert "name the labelled file" in capsys.readouterr().err
