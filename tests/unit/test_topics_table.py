"""Labelled files as people make them, and what is said of those that cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlp.topics.table import TableError, read_labelled
from tests.topic_texts import complaints, write_csv


def test_texts_labels_and_groups_are_read(tmp_path: Path) -> None:
    rows = complaints(5)

    table = read_labelled(write_csv(tmp_path / "a.csv", rows), "topic")

    assert table.texts == tuple(row[0] for row in rows)
    assert table.labels == tuple(row[1] for row in rows)
    assert table.groups == tuple(row[2] for row in rows)


def test_groups_learnt_for_themselves_have_no_groups_above(tmp_path: Path) -> None:
    assert read_labelled(write_csv(tmp_path / "a.csv", complaints(5)), "group").groups is None


def test_rows_without_a_label_are_left_out(tmp_path: Path) -> None:
    rows = [*complaints(3), ("Без темы", "", "ЖКХ"), ("", "Ямы на дорогах", "Дороги")]

    assert len(read_labelled(write_csv(tmp_path / "a.csv", rows), "topic")) == 3


def test_a_sample_of_a_long_table_is_the_same_every_time(tmp_path: Path) -> None:
    table = read_labelled(write_csv(tmp_path / "a.csv", complaints(60)), "topic")

    assert len(table.sample(20)) == 20
    assert table.sample(20) == table.sample(20)
    assert table.sample(60) is table
    assert set(zip(table.sample(20).texts, table.sample(20).labels, strict=True)) < set(
        zip(table.texts, table.labels, strict=True)
    )


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    assert len(read_labelled(write_csv(tmp_path / "a.csv", complaints(3), "utf-8-sig"), "topic")) == 3


def test_a_megabyte_in_one_cell_is_read(tmp_path: Path) -> None:
    table = read_labelled(write_csv(tmp_path / "a.csv", [("снег " * 200_000, "Уборка снега", "Дороги")]), "topic")

    assert len(table.texts[0]) == 1_000_000


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"\n  \n", "the file is empty"),
        (b"text;topic\n1;2\n", "no column text, topic; found: text;topic"),
        (b"topic\nx\n", "no column text"),
        (b"text,topic\n,\n", "no row has both"),
        ("text,topic\nснег,зима\n".encode("cp1251"), "looks like Windows-1251"),
        ("text,topic\nснег,зима\n".encode() + b"\xd0", "line 3: not UTF-8"),
        (b"text,topic\n\x00\x01\x02,\xff\xfe", "not UTF-8"),
        (b"text,topic\na\n", "no row has both"),
    ],
)
def test_a_file_that_cannot_be_used_gets_one_clear_line(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "broken.csv"
    path.write_bytes(content)

    with pytest.raises(TableError, match=said) as error:
        read_labelled(path, "topic")

    assert "broken.csv" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"nowhere\.csv: No such file"):
        read_labelled(tmp_path / "nowhere.csv", "topic")
