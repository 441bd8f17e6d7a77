"""The measure of a split: pieces of one text, told apart or not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from models.text import Span
from nlp.evaluate.split import SplitCase, count, evaluate_split, located, read_cases, summary
from otklik.commands.root import run_command_line


def test_a_text_with_one_piece_that_is_split_counts_as_one_wrong_pair() -> None:
    case = SplitCase("1", "нет воды и яма", ("нет воды",))

    counts = count(case, [(Span(0, 8),), (Span(9, 14),)])

    assert (counts.right_number, counts.true_pairs, counts.false_pairs, counts.missed_pairs) == (False, 0, 1, 0)


def test_pieces_belong_to_the_problem_that_covers_most_of_them_or_stands_nearest() -> None:
    case = SplitCase("1", "нет воды. яма. мусор", ("нет воды.", "яма", "мусор"))

    counts = count(case, [(Span(0, 9),), (Span(10, 14),)])

    assert (counts.true_pairs, counts.missed_pairs) == (2, 1)


def test_the_summary_pools_pairs_over_texts() -> None:
    right = count(SplitCase("1", "яма. мусор", ("яма", "мусор")), [(Span(0, 4),), (Span(5, 10),)])
    wrong = count(SplitCase("2", "яма. мусор", ("яма",)), [(Span(0, 4),), (Span(5, 10),)])

    assert summary([right, wrong]) == {
        "n": 2,
        "right_number": 0.5,
        "pairwise_f1": 0.6667,
        "pairwise_precision": 0.5,
        "pairwise_recall": 1.0,
    }


def test_a_file_of_rows_is_measured(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    text = "На Ленина 5 не горит фонарь. Также прошу убрать снег во дворе."
    rows = [
        {"id": "1", "text": text, "problems": ["не горит фонарь", "убрать снег"]},
        {"id": "2", "text": "Нет воды", "problems": ["Нет воды"]},
    ]
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")

    measured = evaluate_split(path)

    assert measured["n"] == 2
    assert measured["right_number"] == 1.0
    assert measured["pairwise_f1"] == 1.0
    assert measured["seconds"] >= 0


def test_the_command_measures_the_splitter_of_any_region(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps({"text": "Нет воды", "problems": ["Нет воды"]}), encoding="utf-8")

    assert run_command_line(["evaluate", "split", str(path), "--region", "murmansk"]) == 0
    assert json.loads(capsys.readouterr().out)["n"] == 1
    assert run_command_line(["evaluate", "split", str(path), "--region", "nowhere"]) == 1
    assert "nowhere" in capsys.readouterr().err


def test_a_bad_row_is_named_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"id": "1", "text": "а", "problems": ["а"]}\n{"id": "2"}\n', encoding="utf-8")

    with pytest.raises(ValueError, match="line 2"):
        read_cases(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "the file is empty"),
        ("\n \n", "the file is empty"),
        ('{"id": "а", "text": "Яма", "problems": []}', "no row with a problem"),
        ("{", "line 1: "),
        ("[1]", "line 1: not an object"),
        ('{"id": 7, "problems": ["Яма"]}', "line 1: id 7: no text"),
        ('{"id": 7, "text": 5, "problems": ["5"]}', "line 1: id 7: no text"),
        ('{"id": 7, "text": "Яма"}', "line 1: id 7: problems are not a list"),
        ('{"id": 7, "text": "Яма", "problems": "Яма"}', "line 1: id 7: problems are not a list"),
        ('{"id": 7, "text": "Яма", "problems": ["Яма", "снег"]}', "line 1: id 7, problem 2: the piece is not in"),
        ('{"id": 7, "text": "Яма", "problems": [" "]}', "line 1: id 7, problem 1: the piece is empty"),
    ],
)
def test_a_file_that_cannot_be_measured_is_one_clear_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, said: str
) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(content, encoding="utf-8")

    assert run_command_line(["evaluate", "split", str(path)]) == 1

    error = capsys.readouterr().err
    assert f"Error: {path}: {said}" in error
    assert error.count("rows.jsonl") == 1


def test_a_piece_with_other_white_space_is_found_where_it_stands() -> None:
    assert located("Двор.\r\nНе горит\u00a0 фонарь", "\nНе горит фонарь ") == Span(7, 23)
