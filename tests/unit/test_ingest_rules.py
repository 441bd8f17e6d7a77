"""What intake refuses, and in which words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import FileStore, Limits, Refused, StorageFull, check
from ingest.refusal import clean_line, looks_binary
from models.message import Attachment, Channel, Message

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
GOOD = Message("omsk", Channel.FORM, "1", "Не работает светофор", NOW)


def refusal(message: Message, limits: Limits | None = None) -> Refused:
    with pytest.raises(Refused) as caught:
        check(message, "omsk", NOW, limits or Limits())
    return caught.value


def test_a_plain_message_is_taken() -> None:
    check(GOOD, "omsk", NOW)


@pytest.mark.parametrize("text", ["", " \n\t ", "\N{NO-BREAK SPACE}"])
def test_an_empty_text_is_refused_in_both_languages(text: str) -> None:
    error = refusal(replace(GOOD, text=text))
    assert "empty" in error.reason
    assert "пуст" in error.citizen


def test_a_megabyte_of_text_is_refused_with_the_limit() -> None:
    error = refusal(replace(GOOD, text="ы" * 1_000_000))
    assert "100000" in error.reason
    assert "100000" in error.citizen


@pytest.mark.parametrize(
    "text", ["a\0b", "\x01\x02\x03PNG", "текст \ud800", "\ufffd\ufffd\ufffdk", bytes(range(1, 256)).decode("cp437")]
)
def test_binary_in_place_of_text_is_refused(text: str) -> None:
    assert "binary" in refusal(replace(GOOD, text=text)).reason


@pytest.mark.parametrize("text", ["Обычный\r\n\tтекст", "Смайлик 😀 и «ёлочки»", "a\u200bb\u00ad", "Один \x0b сбой"])
def test_living_text_is_not_binary(text: str) -> None:
    assert not looks_binary(text)


def test_a_date_in_the_future_is_refused_but_a_fast_clock_is_forgiven() -> None:
    check(replace(GOOD, sent_at=NOW + timedelta(minutes=5)), "omsk", NOW)
    assert "future" in refusal(replace(GOOD, sent_at=NOW + timedelta(days=1))).reason


def test_a_date_of_the_last_century_is_refused() -> None:
    assert "early" in refusal(replace(GOOD, sent_at=datetime(1, 1, 1, tzinfo=UTC))).reason


def test_an_unknown_region_is_refused() -> None:
    assert "'atlantis'" in refusal(replace(GOOD, region="atlantis")).reason


def test_too_large_and_too_many_attachments_are_refused() -> None:
    one = Attachment("a.jpg", "image/jpeg", b"12345")
    assert "attachment" in refusal(replace(GOOD, attachments=(one,)), Limits(largest_attachment=4)).reason
    assert "attachments" in refusal(replace(GOOD, attachments=(one,) * 3), Limits(most_attachments=2)).reason


@given(st.text())
def test_a_clean_line_is_something_postgres_can_store(value: str) -> None:
    cleaned = clean_line(value)
    assert "\0" not in cleaned
    assert cleaned.encode().decode() == cleaned


def test_the_same_file_is_kept_once_under_its_digest(tmp_path: Path) -> None:
    files = FileStore(tmp_path / "files")
    first, second = files.put(b"photo"), files.put(b"photo")
    assert first == second
    assert files.read(first) == b"photo"
    assert len([path for path in (tmp_path / "files").rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64])
def test_only_a_digest_names_a_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        FileStore(tmp_path).path(name)


def test_a_full_disk_is_told_and_leaves_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ingest.files.os.fsync", full)
    with pytest.raises(StorageFull):
        FileStore(tmp_path).put(b"photo")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
