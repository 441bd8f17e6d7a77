"""The bench counts texts and time as it says."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import pytest

from bench.nlp import BATCH, endless, main, steps, texts_of, timed


def test_a_batch_never_crosses_the_end_of_a_pass() -> None:
    texts = [str(number) for number in range(BATCH + 10)]
    assert [len(some) for some in islice(endless(texts), 4)] == [BATCH, 10, BATCH, 10]


def test_at_least_one_pass_is_measured_however_short_the_time() -> None:
    seen: list[Sequence[str]] = []
    first, rest, done, in_first = timed(["а"] * (BATCH + 1), 0.0, seen.append)
    assert done == in_first == BATCH + 1 == sum(map(len, seen))
    assert first > 0 and rest == 0


def test_shares_of_the_steps_make_the_whole() -> None:
    told = steps({"words": 1.0, "facts": 3.0}, 100)
    assert told == {
        "words": {"texts_per_second": 100.0, "share": 0.25},
        "facts": {"texts_per_second": 33.3, "share": 0.75},
    }


def test_a_file_without_rows_is_an_error_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "empty.csv"
    path.write_text("text\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no rows"):
        texts_of(path)
    assert main(["--file", str(path)]) == 1
    assert capsys.readouterr().err == "no texts to measure on: empty.csv has no rows\n"
