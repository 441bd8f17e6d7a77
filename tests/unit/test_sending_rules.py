"""The words, the addresses and the waits of sending."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given as generated
from hypothesis import strategies as st

from models.message import Channel
from models.reply import SendingFailed
from models.resolution import ReplyKind
from resolution.sending import RETRY, filled
from resolution.sending.address import address_of, copy_address_of
from resolution.sending.record import OnItsWay
from resolution.sending.retry import MOST_ATTEMPTS, given_up, message_id, wait_after
from resolution.sending.text import fitted

LINK = "https://otklik.example/verdicts/abc"
REPLY = OnItsWay(
    id=UUID(int=1),
    region="omsk",
    appeal_id=uuid4(),
    number="ОМ-2026-0000012",
    kind=ReplyKind.FINAL,
    subject="Ответ",
    text="Сделано.",
    flags=(),
    approved_by="machine",
    message_id="",
    channel=Channel.EMAIL,
    external_id="",
    reply_to="",
    author={},
    erased=False,
    problems=(),
)


def test_the_link_stands_where_the_words_want_it() -> None:
    assert filled("Оцените: {ссылка}. Или нет", ReplyKind.FINAL, LINK) == f"Оцените: {LINK}. Или нет"
    assert filled("Следить: {ссылка}", ReplyKind.INTERIM, LINK) == f"Следить: {LINK}"


@pytest.mark.parametrize("kind", [ReplyKind.FINAL, ReplyKind.REFUSAL])
def test_a_closing_reply_whose_link_was_edited_away_asks_all_the_same(kind: ReplyKind) -> None:
    asked = filled("Сделано.\n", kind, LINK, date(2026, 3, 17))
    assert asked == f"Сделано.\n\nРешена ли проблема? Оцените ответ до 17 марта 2026 года включительно: {LINK}"


@pytest.mark.parametrize("kind", sorted(set(ReplyKind) - {ReplyKind.FINAL, ReplyKind.REFUSAL}))
def test_other_replies_ask_for_no_verdict(kind: ReplyKind) -> None:
    assert filled("Продлили срок.", kind, LINK) == "Продлили срок."


@generated(st.text(max_size=400), st.integers(100, 300))
def test_a_text_is_never_longer_than_its_channel_takes_and_always_leads_to_all_of_it(text: str, longest: int) -> None:
    shown = fitted(text, longest, LINK)
    assert len(shown) <= longest
    assert shown == text or LINK in shown


@pytest.mark.parametrize(
    ("channel", "reply_to", "author", "address"),
    [
        (Channel.EMAIL, "a@example.org", {"email": "b@example.org"}, "a@example.org"),
        (Channel.EMAIL, "", {"email": "b@example.org"}, "b@example.org"),
        (Channel.VK, "", {"external_id": "42"}, "42"),
        (Channel.VK, "2000000001", {"external_id": "42"}, "2000000001"),
        (Channel.TELEGRAM, "", {"external_id": "-7", "email": "b@example.org"}, "-7"),
        (Channel.FORM, "b@example.org", {"email": "b@example.org"}, "b@example.org"),
    ],
)
def test_a_reply_goes_where_its_channel_says(
    channel: Channel, reply_to: str, author: dict[str, str], address: str
) -> None:
    assert address_of(replace(REPLY, channel=channel, reply_to=reply_to, author=author)) == address


@pytest.mark.parametrize("channel", list(Channel))
def test_without_an_address_nothing_is_tried_again(channel: Channel) -> None:
    with pytest.raises(SendingFailed, match="нет адреса") as failure:
        address_of(replace(REPLY, channel=channel, author={"name": "Ольга", "phone": "+79001112233"}))
    assert failure.value.final


def test_a_page_of_a_social_network_is_no_address_of_e_mail() -> None:
    assert copy_address_of(replace(REPLY, channel=Channel.FILE, reply_to="https://vk.com/wall-1_2")) == ""


def test_what_is_shown_of_a_reply_on_its_way_names_nobody() -> None:
    shown = repr(replace(REPLY, reply_to="a@example.org", author={"email": "b@example.org"}, text="Ольга, сделано"))
    assert "example.org" not in shown
    assert "Ольга" not in shown


def test_the_waits_are_those_of_the_page() -> None:
    table = (Path(__file__).resolve().parents[2] / "docs" / "sending.md").read_text(encoding="utf-8")
    units = {"min": 1, "h": 60}
    rows = [line.split("|")[1:3] for line in table.splitlines() if line.startswith("| ") and "attempt" not in line]
    waits = [
        timedelta(minutes=int(wait.split()[0]) * units[wait.split()[1]])
        for number, wait in rows
        if number.strip().isdecimal() and wait.strip()[0].isdecimal()
    ]
    assert tuple(waits) == RETRY
    assert [wait_after(number) for number in range(1, MOST_ATTEMPTS)] == list(RETRY)
    assert [given_up(number, final=False) for number in range(1, MOST_ATTEMPTS + 1)] == [False] * 5 + [True]
    assert given_up(1, final=True)


def test_a_reply_has_one_message_id_for_ever() -> None:
    assert message_id(UUID(int=1), "example.org") == "<00000000-0000-0000-0000-000000000001@example.org>"
