"""Tables: what a row says, what is wrong with it, and that its neighbours come through."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from connectors.file import Entry, FileError, Options, Rejection, read_file
from models.message import Channel, Message

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
OMSK = ZoneInfo("Asia/Omsk")


def options(**changes: object) -> Options:
    return Options(region="omsk", zone=OMSK, now=NOW, **changes)  # type: ignore[arg-type]


def entries(path: Path, **changes: object) -> list[Entry]:
    return list(read_file(path, options(**changes)).entries())


def messages(path: Path, **changes: object) -> list[Message]:
    return [entry.outcome for entry in entries(path, **changes) if isinstance(entry.outcome, Message)]


def rejections(path: Path, **changes: object) -> list[tuple[int, str]]:
    found = entries(path, **changes)
    return [(entry.line, entry.outcome.reason) for entry in found if isinstance(entry.outcome, Rejection)]


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


ROWS = 'id,created_at,text\n1,2026-03-01 10:00:00,"Яма на дороге, у дома 5"\n2,01.03.2026 11:30,Нет света\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "koi8-r", "cp866", "utf-16"])
def test_a_csv_is_read_in_any_encoding_russian_offices_write(tmp_path: Path, encoding: str) -> None:
    path = written(tmp_path, "a.csv", ROWS.encode(encoding))
    assert [one.text for one in messages(path)] == ["Яма на дороге, у дома 5", "Нет света"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    path = written(tmp_path, "a.csv", f"id{delimiter}text\n7{delimiter}Течёт крыша\n")
    assert [(one.external_id, one.text) for one in messages(path)] == [("7", "Течёт крыша")]


def test_russian_column_names_are_understood(tmp_path: Path) -> None:
    head = "№;Дата обращения;ФИО;Телефон;Населённый пункт;Улица;Дом;Текст обращения"
    path = written(tmp_path, "a.csv", f"{head}\n12;05.02.2026;Иванов И.;+7 900;Омск;Мира;5;Не чистят снег\n")
    (one,) = messages(path)
    assert one.external_id == "12"
    assert one.sent_at == datetime(2026, 2, 5, tzinfo=OMSK)
    assert (one.author.name, one.author.phone) == ("Иванов И.", "+7 900")
    assert one.stated == {"settlement": "Омск", "street": "Мира", "house": "5"}


def test_labels_of_moderators_never_reach_the_engine(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "text,group,topic,street\nНет света,ЖКХ,Электричество,Мира\n")
    (one,) = messages(path)
    assert one.stated == {"street": "Мира"}


def test_without_hints_only_the_text_speaks(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "text,street\nНет света,Мира\n")
    assert messages(path, hints=False)[0].stated == {}


def test_columns_may_be_named(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "a,b\nчто-то,Нет воды\n")
    assert messages(path, columns={"text": "b"})[0].text == "Нет воды"


def test_a_file_without_a_text_column_says_which_columns_it_has(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "first,second\n1,2\n")
    with pytest.raises(FileError, match=r"first, second.*--text"):
        read_file(path, options())


def test_a_named_column_that_is_missing_is_an_error(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", ROWS)
    with pytest.raises(FileError, match="'body'"):
        read_file(path, options(columns={"text": "body"}))


def test_a_row_without_id_is_named_by_what_it_says(tmp_path: Path) -> None:
    first, second, third = messages(written(tmp_path, "a.csv", "text\nНет воды\nНет света\nНет воды\n"))
    assert first.external_id == third.external_id != second.external_id


def test_two_sources_that_count_from_one_are_kept_apart(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", ROWS)
    assert messages(path, source="портал")[0].external_id == "портал:1"


def test_a_row_without_date_is_of_now(tmp_path: Path) -> None:
    assert messages(written(tmp_path, "a.csv", "text\nНет воды\n"))[0].sent_at == NOW


def test_broken_bytes_spoil_their_row_only(tmp_path: Path) -> None:
    path = written(
        tmp_path, "a.csv", "id,text\n1,Нет воды в доме\n2,".encode() + b"\xff\xfe\x80" + "\n3,Яма\n".encode()
    )
    assert [one.external_id for one in messages(path)] == ["1", "3"]
    assert rejections(path) == [(3, "bytes that are not UTF-8")]


def test_a_byte_that_cp1251_does_not_have_spoils_its_row_only(tmp_path: Path) -> None:
    path = written(
        tmp_path, "a.csv", "id,text\n1,Нет воды в доме\n2,Снег ".encode("cp1251") + b"\x98\n3,\xdf\xec\xe0\n"
    )
    assert [one.external_id for one in messages(path)] == ["1", "3"]
    assert rejections(path) == [(3, "bytes that are not CP1251")]


def test_a_quote_that_nobody_closed_does_not_swallow_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", 'id,text\n1,"Начал и не закончил\n2,Нет света\n3,Яма\n')
    assert [one.external_id for one in messages(path)] == ["2", "3"]
    assert rejections(path) == [(2, "a quote is opened and never closed")]


def test_quotes_that_are_not_doubled_spoil_their_row_only(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", 'id,text\n1,"Магазин "Заря" закрыт"\n2,"Яма, ""большая"""\n')
    assert [one.text for one in messages(path)] == ['Яма, "большая"']
    assert rejections(path) == [(2, "quotes inside a quoted cell are not doubled")]


def test_a_text_of_several_lines_is_one_row_named_by_its_first_line(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", 'id,text\n1,"Раз\nДва\nТри"\n2,Яма\n')
    assert [(entry.line, entry.outcome.text) for entry in entries(path) if isinstance(entry.outcome, Message)] == [
        (2, "Раз\nДва\nТри"),
        (5, "Яма"),
    ]


def test_rows_of_another_width_than_the_header_are_told(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "id,text\n1,Яма,лишнее\n2\n3,Яма\n")
    assert rejections(path) == [(2, "3 cells where the header has 2"), (3, "1 cells where the header has 2")]
    assert [one.external_id for one in messages(path)] == ["3"]


def test_a_date_that_is_none_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "id,date,text\n1,вчера,Яма\n")
    assert rejections(path) == [(2, "the date cannot be read: 'вчера'")]


def test_json_lines_give_messages_and_reasons(tmp_path: Path) -> None:
    lines = [
        json.dumps({"id": 5, "text": "Нет воды", "author": {"name": "Пётр", "phone": "123"}}, ensure_ascii=False),
        "{нет",
        "[1]",
        "[" * 100_000,
        json.dumps({"id": 6, "text": "Яма"}),
    ]
    path = written(tmp_path, "a.jsonl", "\n".join(lines))
    first, second = messages(path)
    assert (first.external_id, first.author.name, first.author.phone) == ("5", "Пётр", "123")
    assert second.text == "Яма"
    assert [line for line, _ in rejections(path)] == [2, 3, 4]


def test_a_text_that_is_no_string_is_told(tmp_path: Path) -> None:
    texts = ["Яма", 5, [1], {"a": "б"}, True]
    lines = [json.dumps({"id": number, "text": text}) for number, text in enumerate(texts)]
    told = rejections(written(tmp_path, "a.jsonl", "\n".join(lines)))
    kinds = ["a number", "a list", "an object", "true or false"]
    assert told == [(line, f"the text is {kind}, not a string") for line, kind in enumerate(kinds, start=2)]


def test_a_row_may_name_its_own_channel(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "text,channel\nЯма,vk\nСнег,неведомый\n")
    assert [one.channel for one in messages(path, channel=Channel.EMAIL)] == [Channel.VK, Channel.EMAIL]


def test_a_workbook_is_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Номер", "Дата", "Текст обращения"])
    sheet.append([17, datetime(2026, 2, 3, 4, 5), "Нет воды"])  # noqa: DTZ001 - workbooks know no zones
    sheet.append([None, None, None])
    sheet.append([18, "03.02.2026", "Яма"])
    book.save(tmp_path / "a.xlsx")
    first, second = messages(tmp_path / "a.xlsx")
    assert (first.external_id, first.sent_at) == ("17", datetime(2026, 2, 3, 4, 5, tzinfo=OMSK))
    assert second.text == "Яма"


@pytest.mark.parametrize("name", ["empty.csv", "empty.xlsx", "empty.jsonl", "empty.mbox"])
def test_an_empty_file_is_called_empty(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileError, match="empty"):
        read_file(written(tmp_path, name, ""), options())


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.mbox", "a.xlsx", "a.jpg"])
def test_binary_under_a_text_name_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileError, match=r"binary|not an|unknown kind"):
        read_file(written(tmp_path, name, bytes(range(256)) * 4), options())


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="no such file"):
        read_file(tmp_path / "none.csv", options())
    with pytest.raises(FileError, match="a folder, not a file"):
        read_file(tmp_path, options())


def test_an_endless_line_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "id,text\n1," + "ы" * 9_000_000 + "\n2,Яма\n")
    assert [one.external_id for one in messages(path)] == ["2"]
    ((line, reason),) = rejections(path)
    assert line == 2
    assert "longer than" in reason
