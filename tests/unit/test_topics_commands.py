"""`otklik train` and `otklik evaluate topics` as the person at the terminal meets them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from otklik.commands.root import run_command_line
from tests.topic_texts import complaints, write_csv

KEYS = {
    "n", "accuracy", "macro_f1", "weighted_f1", "top3", "coverage_at_95", "accuracy_in_coverage",
    "looked_twice", "seconds",
}  # fmt: skip


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trained")
    data = write_csv(folder / "data.csv", complaints(200))
    arguments = ["train", str(data), "--label", "topic", "--out", str(folder / "model"), "--date", "2026-02-03"]
    arguments.append("--no-vectors")  # they have tests of their own
    assert run_command_line(arguments) == 0
    return folder / "model"


def test_training_writes_a_card_for_programs_and_for_people(trained: Path) -> None:
    card = json.loads((trained / "card.json").read_text(encoding="utf-8"))
    page = (trained / "card.md").read_text(encoding="utf-8")

    assert card["date"] == "2026-02-03"
    assert "200 of 200 texts, 5 labels in 3 groups" in card["data"]
    assert "--label topic" in card["command"]
    assert len(card["measured"]["group"]["risk_coverage"]) == 20
    assert card["measured"]["group"]["reliability"]
    assert "Reliability" in page
    assert "Risk coverage" in page


@pytest.mark.parametrize("label", ["topic", "group"])
def test_evaluation_prints_one_json_object(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], label: str
) -> None:
    unseen = write_csv(tmp_path / "unseen.csv", complaints(50, seed=9))

    code = run_command_line(["evaluate", "topics", str(unseen), "--model", str(trained), "--label", label])

    said = capsys.readouterr()
    measured = json.loads(said.out)
    assert (code, said.err) == (0, "")
    assert set(measured) == KEYS
    assert measured["n"] == 50
    assert measured["accuracy"] > 0.9


def test_labels_never_seen_count_as_errors(trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    strange = [(text, "Небывалая тема", "Небывалая группа") for text, _, _ in complaints(20, seed=4)]

    run_command_line(["evaluate", "topics", str(write_csv(tmp_path / "a.csv", strange)), "--model", str(trained)])

    said = capsys.readouterr()
    assert said.err.startswith("Warning: a.csv: none of the 1 labels")
    assert len(said.err.splitlines()) == 1
    measured = json.loads(said.out)
    assert (measured["accuracy"], measured["top3"], measured["macro_f1"]) == (0, 0, 0)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["train", "{folder}/none.csv", "--out", "{folder}/m"], "No such file"),
        (["train", "{folder}/data.csv", "--label", "executor", "--out", "{folder}/m"], "no column executor"),
        (["train", "{folder}/data.csv", "--out", "{folder}/m", "--date", "yesterday"], "--date yesterday"),
        (["train", "{folder}/data.csv", "--out", "{folder}/m", "--region", "atlantis"], "unknown region"),
        (["train", "{folder}/data.csv", "--out", "{folder}/data.csv"], "File exists"),
        (["evaluate", "topics", "{folder}/data.csv", "--model", "{folder}/nowhere"], "model.json"),
        (["evaluate", "topics", "{folder}/data.csv", "--region", "atlantis"], "unknown region"),
        (["evaluate", "topics", "{folder}/data.csv", "--region", "omsk", "--model", "x"], "not both"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    write_csv(tmp_path / "data.csv", complaints(20))

    code = run_command_line([argument.format(folder=tmp_path) for argument in arguments])

    error = capsys.readouterr().err
    assert code == 1
    assert said in error
    assert "Traceback" not in error
