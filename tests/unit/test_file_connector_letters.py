"""Letters as they really arrive."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.file import Options, Rejection, read_file
from connectors.file.letter import message_of_letter
from connectors.file.letter_words import header_text, name_and_address, text_of_html
from models.message import Channel, Message

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Omsk")


def message(letter: bytes) -> Message:
    return message_of_letter(letter, region="omsk", channel=Channel.EMAIL, zone=ZONE, now=NOW)


HEAD = (
    "From: =?utf-8?B?0J/RkdGC0YA=?= <petr@example.org>\n"
    "Date: Tue, 3 Mar 2026 10:00:00 +0600\nMessage-ID: <1@example.org>\n"
)


def test_a_plain_letter_becomes_a_message() -> None:
    one = message((HEAD + "Subject: Dvor\nContent-Type: text/plain; charset=utf-8\n\nНет света\n").encode())
    assert one.text == "Dvor\n\nНет света"
    assert (one.author.name, one.author.email, one.reply_to) == ("Пётр", "petr@example.org", "petr@example.org")
    assert one.external_id == "1@example.org"
    assert one.sent_at == datetime(2026, 3, 3, 10, tzinfo=timezone(timedelta(hours=6)))


@pytest.mark.parametrize("charset", ["cp-1251", "windows-1251", "windows1251", "x-cp1251", "nonsense", "utf-8", "hex"])
def test_a_misnamed_charset_does_not_spoil_the_words(charset: str) -> None:
    letter = (HEAD + f"Content-Type: text/plain; charset={charset}\n\n").encode() + "Нет горячей воды".encode("cp1251")
    assert message(letter).text == "Нет горячей воды"


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251", "koi8-r"])
def test_raw_cyrillic_headers_are_read(encoding: str) -> None:
    letter = "From: Иванова Мария <m@example.org>\nSubject: Не работает фонарь\n\nУ дома темно".encode(encoding)
    one = message(letter)
    assert one.author.name == "Иванова Мария"
    assert one.text.startswith("Не работает фонарь")


def test_encoded_words_split_over_lines_join() -> None:
    assert header_text("=?utf-8?B?0J3QtdGC?=\r\n =?utf-8?Q?_=D0=B2=D0=BE=D0=B4=D1=8B?=") == "Нет воды"


def test_fifty_thousand_brackets_are_only_a_strange_name() -> None:
    assert name_and_address("(" * 50_000 + " a@example.org")[1] in ("", "a@example.org")
    one = message(b"From: " + b"(" * 50_000 + b"\nTo: x\n\n\xd0\xaf\xd0\xbc\xd0\xb0")
    assert one.text == "Яма"


def test_parts_nested_without_end_are_refused_not_fatal(tmp_path: Path) -> None:
    nested = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(5_000))
    path = tmp_path / "a.mbox"
    path.write_text(f"From x\n{nested}\nFrom y\nSubject: s\n\nЯма\n", encoding="utf-8")
    outcomes = [one.outcome for one in read_file(path, Options("omsk", ZONE, NOW)).entries()]
    assert len(outcomes) == 2
    assert isinstance(outcomes[1], Message)


def test_a_letter_of_html_only_becomes_words() -> None:
    page = (
        "<html><head><style>p{color:red}</style></head><body>"
        "<p>Здравствуйте!</p>Нет&nbsp;воды<br>второй день<script>x</script>"
    )
    letter = (HEAD + f"Content-Type: text/html; charset=utf-8\n\n{page}").encode()
    assert message(letter).text == "Здравствуйте!\nНет воды\nвторой день"


def test_a_head_that_nobody_closed_hides_nothing_of_the_body() -> None:
    assert text_of_html("<head><title>x<body>Яма") == "Яма"


def test_attachments_come_along_with_their_names() -> None:
    letter = (
        HEAD + 'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain; charset=utf-8\n\nЯма\n'
        '--b\nContent-Type: image/jpeg; name="=?utf-8?B?0Y/QvNCwLmpwZw==?="\n'
        "Content-Transfer-Encoding: base64\n\n/9j/\n--b--\n"
    ).encode()
    one = message(letter)
    assert one.text == "Яма"
    (attachment,) = one.attachments
    assert (attachment.name, attachment.media_type, attachment.content) == ("яма.jpg", "image/jpeg", b"\xff\xd8\xff")


def test_letters_of_an_mbox_come_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "a.mbox"
    path.write_text(
        "From a@x Tue\nMessage-ID: <1>\n\nЯма\n>From here on\n\nFrom b@x Tue\nMessage-ID: <2>\nDate: soon\n\nСнег\n\n"
        "From c@x Tue\nMessage-ID: <3>\n\nСвет\n",
        encoding="utf-8",
    )
    entries = list(read_file(path, Options("omsk", ZONE, NOW)).entries())
    assert [entry.line for entry in entries] == [1, 7, 13]
    first, second, third = (entry.outcome for entry in entries)
    assert isinstance(first, Message) and first.text == "Яма\nFrom here on"
    assert isinstance(second, Rejection) and "date" in second.reason
    assert isinstance(third, Message) and third.external_id == "3"


@given(st.binary(max_size=2000))
def test_any_bytes_are_a_letter_or_a_clear_refusal(content: bytes) -> None:
    from connectors.file.entries import RowError

    try:
        assert message(content).sent_at.tzinfo is not None
    except RowError as error:
        assert str(error)
