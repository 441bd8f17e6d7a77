"""A reply as a letter: headers, threads, words; refusals of mail servers."""

from __future__ import annotations

import smtplib
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.email import EmailSender, letter
from models.message import Channel
from models.reply import Reply, SendingFailed

REPLY = Reply(
    id=UUID("0190a000-0000-7000-8000-000000000001"),
    region="omsk",
    channel=Channel.EMAIL,
    to="olga@example.org",
    subject="Ответ на Ваше обращение № ОМ-2026-0000012",
    text="Здравствуйте, Ольга!\n\nЯму засыпали.\nОцените: https://otklik.example/verdicts/abc.\n\nС уважением <всеми>",
    message_id="<0190a000-0000-7000-8000-000000000001@otklik.example>",
    in_reply_to="CAF+x=1@mail.example.org",
    made_at=datetime(2026, 3, 2, 4, tzinfo=UTC),
)


def received(reply: Reply) -> EmailMessage:
    """The letter as the other side reads it from its bytes."""
    sent = letter(reply)
    sent["From"] = "otklik@example.org"
    found = message_from_bytes(sent.as_bytes(), policy=default)
    assert isinstance(found, EmailMessage)
    return found


def test_a_letter_carries_the_reply_and_hangs_under_the_letter_it_answers() -> None:
    found = received(REPLY)
    assert found["Subject"] == REPLY.subject
    assert found["Message-ID"] == REPLY.message_id
    assert found["In-Reply-To"] == found["References"] == "<CAF+x=1@mail.example.org>"
    assert found["Auto-Submitted"] == "auto-generated"
    assert found["Date"].datetime == REPLY.made_at
    plain, page = found.get_body(("plain",)), found.get_body(("html",))
    assert plain is not None
    assert page is not None
    assert plain.get_content().replace("\r\n", "\n").strip() == REPLY.text
    assert (
        '<a href="https://otklik.example/verdicts/abc">https://otklik.example/verdicts/abc</a>.' in page.get_content()
    )
    assert "С уважением &lt;всеми&gt;" in page.get_content()


def test_headers_are_ascii_and_no_line_is_longer_than_mail_allows() -> None:
    long = replace(REPLY, subject="Ответ на обращение о яме у дома пять " * 8, in_reply_to="a" * 300 + "@example.org")
    sent = letter(long).as_bytes()
    head = sent.partition(b"\r\n\r\n")[0]
    assert head.isascii()
    assert all(len(line) < 998 for line in head.split(b"\r\n"))
    assert received(long)["In-Reply-To"] == f"<{'a' * 300}@example.org>"
    assert received(long)["Subject"] == long.subject.strip()


@pytest.mark.parametrize(
    "given", ["", "sha256:0123", "two words@example.org", "a@b>\r\nBcc: x@example.org", "без@латиницы"]
)
def test_what_is_no_identifier_of_a_letter_threads_nothing(given: str) -> None:
    found = received(replace(REPLY, in_reply_to=given))
    assert found["In-Reply-To"] is None
    assert found["Bcc"] is None


@given(st.text(max_size=200))
def test_no_subject_adds_a_header(subject: str) -> None:
    try:
        found = received(replace(REPLY, subject=f"Ответ\r\nBcc: x@example.org\n{subject}"))
    except UnicodeEncodeError:  # half a surrogate pair, which no database keeps
        return
    assert found["Bcc"] is None
    assert set(map(str.lower, found.keys())) <= {
        "to", "from", "subject", "date", "message-id", "in-reply-to", "references", "auto-submitted", "mime-version",
        "content-type", "content-transfer-encoding",
    }  # fmt: skip


@pytest.mark.parametrize(
    "to",
    ["", "olga", "olga@", "a@example.org, b@example.org", "a@example.org\nBcc: b@example.org", "Ольга <a@example.org>"],
)
def test_an_address_that_is_not_one_gets_nothing(to: str) -> None:
    with pytest.raises(SendingFailed, match="записан неправильно") as failure:
        letter(replace(REPLY, to=to))
    assert failure.value.final


def test_a_russian_domain_is_written_as_mail_servers_know_it() -> None:
    assert received(replace(REPLY, to="olga@почта.рф"))["To"] == "olga@xn--80a1acny.xn--p1ai"


@pytest.mark.parametrize(
    ("trouble", "final", "told"),
    [
        (smtplib.SMTPRecipientsRefused({"olga@example.org": (550, b"no olga@example.org here")}), True, "550"),
        (smtplib.SMTPRecipientsRefused({"olga@example.org": (451, b"later")}), False, "451"),
        (smtplib.SMTPDataError(554, b"spam"), True, "554"),
        (smtplib.SMTPDataError(452, b"full"), False, "452"),
        (smtplib.SMTPAuthenticationError(535, b"no"), False, "SMTPAuthenticationError 535"),
        (smtplib.SMTPSenderRefused(550, b"no", "otklik@example.org"), False, "SMTPSenderRefused 550"),
        (smtplib.SMTPServerDisconnected("gone"), False, "SMTPServerDisconnected"),
        (ConnectionRefusedError(), False, "ConnectionRefusedError"),
        (smtplib.SMTPNotSupportedError("no SMTPUTF8"), True, "не понимает"),
    ],
)
def test_refusals_that_last_are_told_from_those_that_pass(trouble: OSError, final: bool, told: str) -> None:
    def take(_: EmailMessage) -> None:
        raise trouble

    with pytest.raises(SendingFailed, match=told) as failure:
        EmailSender(take)(REPLY)
    assert failure.value.final is final
    assert "@" not in str(failure.value)
