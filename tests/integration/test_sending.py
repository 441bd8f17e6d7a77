"""Replies leave: published on the page, sent by e-mail, VK, Telegram; tried again, given up, sent anew."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg
import pytest

from models.events import EventType, Stream
from models.message import Channel
from models.refusal import Refused
from models.reply import Reply, SendingFailed
from models.resolution import ReplyKind
from resolution.sending import RETRY, Post, Way, resend, send_due, send_next
from tests.event_contract import check_events
from tests.integration.problems import events_of
from tests.replies import NOW, REGION, Clock, post, put_region, put_reply


class Mailbox:
    """Takes replies; `trouble` is raised for the next ones, one each."""

    def __init__(self, *trouble: SendingFailed) -> None:
        self.taken: list[Reply] = []
        self.tried = 0
        self.trouble = list(trouble)

    def __call__(self, reply: Reply) -> None:
        self.tried += 1
        if self.trouble:
            raise self.trouble.pop(0)
        self.taken.append(reply)


@pytest.fixture
def base(connection: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    put_region(connection)
    connection.commit()
    return connection


def state(connection: psycopg.Connection[Any], reply: UUID, table: str = "replies") -> tuple[Any, ...]:
    row: tuple[Any, ...] | None = connection.execute(
        f"SELECT state, attempts, message_id, error FROM {table} WHERE id = %s".encode(), [reply]
    ).fetchone()
    assert row is not None
    return row


def told(connection: psycopg.Connection[Any], stream: Stream) -> list[EventType]:
    check_events(connection)
    return [one.type for one in events_of(connection, stream)]


def by_email(mailbox: Mailbox) -> Post:
    return post(email=Way(mailbox))


def test_a_reply_to_the_form_is_sent_by_being_published(base: psycopg.Connection[Any]) -> None:
    _, reply = put_reply(base, Channel.FORM)
    assert send_due(base, Clock(), post()) == 1
    assert state(base, reply)[0] == "sent"
    assert told(base, Stream.REPLIES) == [EventType.REPLY_SENT]
    [replied] = events_of(base, Stream.PROBLEMS)
    assert (replied.type, replied.data["kind"], replied.data["flags"]) == (
        EventType.PROBLEM_REPLIED,
        "final",
        ["no_fact"],
    )


def test_who_left_an_address_in_the_form_gets_the_reply_by_e_mail_too(base: psycopg.Connection[Any]) -> None:
    _, reply = put_reply(base, Channel.FORM, author={"email": "olga@example.org"})
    mailbox = Mailbox()
    assert send_due(base, Clock(), by_email(mailbox)) == 2
    assert [one.to for one in mailbox.taken] == ["olga@example.org"]
    assert state(base, reply, "reply_copies")[0] == "sent"
    assert told(base, Stream.REPLIES) == [EventType.REPLY_SENT]


def test_a_letter_goes_back_under_the_letter_it_answers_with_the_link_of_the_verdict(
    base: psycopg.Connection[Any],
) -> None:
    _, reply = put_reply(base, reply_to="olga@example.org", external_id="abc@mail.example.org")
    mailbox = Mailbox()
    send_due(base, Clock(), by_email(mailbox))
    [letter] = mailbox.taken
    assert (letter.to, letter.in_reply_to) == ("olga@example.org", "abc@mail.example.org")
    assert letter.message_id == f"<{reply}@otklik.example>"
    assert letter.text.endswith(f"до 17 марта 2026 года включительно: https://otklik.example/verdicts/{reply}")


def test_an_interim_reply_is_told_to_the_clocks_too(base: psycopg.Connection[Any]) -> None:
    put_reply(base, kind=ReplyKind.INTERIM, reply_to="olga@example.org", text="Подробности: {ссылка}")
    mailbox = Mailbox()
    send_due(base, Clock(), by_email(mailbox))
    assert mailbox.taken[0].text.startswith("Подробности: https://otklik.example/a/")
    assert told(base, Stream.PROBLEMS) == [EventType.INTERIM_REPLIED, EventType.PROBLEM_REPLIED]


def open_again(base: psycopg.Connection[Any], problem: UUID) -> None:
    base.execute("UPDATE problems SET state = 'assigned' WHERE id = %s", [problem])
    base.commit()


@pytest.mark.parametrize("channel", [Channel.FORM, Channel.EMAIL])
def test_no_solved_goes_out_once_the_problem_is_open_again(base: psycopg.Connection[Any], channel: Channel) -> None:
    problem, reply = put_reply(base, channel, reply_to="olga@example.org")
    open_again(base, problem)
    mailbox = Mailbox()
    send_due(base, Clock(), by_email(mailbox))
    assert (mailbox.taken, state(base, reply)[0]) == ([], "cancelled")
    assert told(base, Stream.REPLIES) == [EventType.REPLY_CANCELLED]
    assert told(base, Stream.PROBLEMS) == []


def test_an_answer_about_a_merged_problem_waits_for_the_one_that_goes_on(base: psycopg.Connection[Any]) -> None:
    (goes_on, kept), (problem, reply) = put_reply(base, Channel.FORM), put_reply(base, Channel.FORM)
    base.execute("UPDATE problems SET state = 'merged', merged_into = %s WHERE id = %s", [goes_on, problem])
    send_due(base, Clock(), post())
    assert (state(base, kept)[0], state(base, reply)[0]) == ("sent", "sent")
    goes_on, problem, reply = *put_reply(base, Channel.FORM)[:1], *put_reply(base, Channel.FORM)
    base.execute("UPDATE problems SET state = 'merged', merged_into = %s WHERE id = %s", [goes_on, problem])
    open_again(base, goes_on)
    send_due(base, Clock(), post())
    assert state(base, reply)[0] == "cancelled"


def test_the_copy_by_e_mail_does_not_go_after_the_problem_was_opened_again_on_the_page(
    base: psycopg.Connection[Any],
) -> None:
    problem, reply = put_reply(base, Channel.FORM, author={"email": "olga@example.org"})
    mailbox, clock = Mailbox(SendingFailed("нет связи")), Clock()
    send_due(base, clock, by_email(mailbox))
    assert state(base, reply)[0] == "sent"
    open_again(base, problem)
    clock.pass_(hours=1)
    send_due(base, clock, by_email(mailbox))
    assert (mailbox.taken, state(base, reply, "reply_copies")[0]) == ([], "cancelled")


def test_an_answer_that_failed_is_not_sent_again_once_the_problem_is_open(base: psycopg.Connection[Any]) -> None:
    problem, reply = put_reply(base, reply_to="olga@example.org")
    send_due(base, Clock(), by_email(Mailbox(SendingFailed("адреса нет", final=True))))
    open_again(base, problem)
    with pytest.raises(Refused, match="снова в работе"):
        resend(base, REGION, reply, by="olga", now=NOW)


def test_what_an_answer_tells_of_is_told_with_when_it_closed_the_problem(base: psycopg.Connection[Any]) -> None:
    put_reply(base, Channel.FORM)
    send_due(base, Clock(), post())
    [replied] = events_of(base, Stream.PROBLEMS)
    assert replied.data["closed"] == NOW.isoformat()


def test_what_fails_is_tried_again_by_the_table_and_then_given_up(base: psycopg.Connection[Any]) -> None:
    _, reply = put_reply(base, reply_to="olga@example.org")
    mailbox, clock = Mailbox(*[SendingFailed("нет связи")] * 6), Clock()
    for number, wait in enumerate(RETRY, start=1):
        assert send_due(base, clock, by_email(mailbox)) == 1
        assert state(base, reply)[:2] == ("approved", number)
        clock.at += wait / 2
        assert send_due(base, clock, by_email(mailbox)) == 0
        clock.at += wait / 2
    send_due(base, clock, by_email(mailbox))
    assert state(base, reply) == ("failed", 6, f"<{reply}@otklik.example>", "нет связи")
    clock.pass_(days=30)
    assert send_due(base, clock, by_email(mailbox)) == 0
    assert told(base, Stream.REPLIES) == [EventType.REPLY_FAILED]


def test_a_refusal_that_lasts_gives_up_at_once_and_a_person_may_have_it_sent_anew(
    base: psycopg.Connection[Any],
) -> None:
    _, reply = put_reply(base, reply_to="olga@example.org")
    mailbox = Mailbox(SendingFailed("почтовый сервер отказал адресату: 550", final=True))
    send_due(base, Clock(), by_email(mailbox))
    assert state(base, reply)[:2] == ("failed", 1)
    assert resend(base, REGION, reply, by="operator", now=Clock()())
    base.commit()
    send_due(base, Clock(), by_email(mailbox))
    assert [one.message_id for one in mailbox.taken] == [f"<{reply}@otklik.example>"]
    assert told(base, Stream.REPLIES) == [EventType.REPLY_FAILED, EventType.REPLY_APPROVED, EventType.REPLY_SENT]
    assert not resend(base, REGION, reply, by="operator", now=Clock()())


def test_a_person_of_another_region_resends_nothing(base: psycopg.Connection[Any]) -> None:
    _, reply = put_reply(base)
    with pytest.raises(LookupError):
        resend(base, "murmansk", reply, by="operator", now=Clock()())


def test_an_erased_author_gets_nothing_and_it_is_told_why(base: psycopg.Connection[Any]) -> None:
    _, reply = put_reply(base, reply_to="olga@example.org")
    _, published = put_reply(base, Channel.FORM)
    base.execute("UPDATE appeals SET erased_at = %s", [Clock()()])
    base.commit()
    mailbox = Mailbox()
    send_due(base, Clock(), by_email(mailbox))
    assert mailbox.tried == 0
    assert state(base, reply)[0] == state(base, published)[0] == "cancelled"
    reasons = base.execute("SELECT DISTINCT reason, cancelled_by FROM replies").fetchall()
    assert reasons == [("данные автора стёрты: ответ отправлять некому", "machine")]
    assert told(base, Stream.REPLIES) == [EventType.REPLY_CANCELLED] * 2


def test_an_appeal_without_an_address_is_listed_at_once(base: psycopg.Connection[Any]) -> None:
    _, reply = put_reply(base)
    send_due(base, Clock(), by_email(Mailbox()))
    assert state(base, reply)[0] == "failed"
    assert "нет адреса" in state(base, reply)[3]


def test_the_address_is_read_when_the_reply_is_sent(base: psycopg.Connection[Any]) -> None:
    put_reply(base, reply_to="old@example.org")
    mailbox, clock = Mailbox(SendingFailed("нет связи")), Clock()
    send_due(base, clock, by_email(mailbox))
    base.execute("UPDATE appeals SET reply_to = 'new@example.org'")
    base.commit()
    clock.pass_(minutes=1)
    send_due(base, clock, by_email(mailbox))
    assert [one.to for one in mailbox.taken] == ["new@example.org"]


def test_replies_of_a_channel_that_is_not_set_up_wait_and_hold_nobody_up(base: psycopg.Connection[Any]) -> None:
    _, waits = put_reply(base, Channel.VK, author={"external_id": "42"}, text="Яму засыпали. " * 30)
    put_reply(base, Channel.FORM)
    assert send_due(base, Clock(), post()) == 1
    assert state(base, waits)[:2] == ("approved", 0)
    mailbox = Mailbox()
    send_due(base, Clock(), post(vk=Way(mailbox, longest=200)))
    assert mailbox.taken[0].to == "42"
    assert len(mailbox.taken[0].text) <= 200
    assert mailbox.taken[0].text.endswith(f"…\n\nПолный текст ответа: https://otklik.example/verdicts/{waits}")


def test_a_reply_that_a_channel_chokes_on_stops_no_other(base: psycopg.Connection[Any]) -> None:
    _, choking = put_reply(base, reply_to="a@example.org")
    put_reply(base, reply_to="b@example.org")
    mailbox = Mailbox()

    def chokes(reply: Reply) -> None:
        if reply.id == choking:
            raise ZeroDivisionError(reply.text)
        mailbox(reply)

    send_due(base, Clock(), post(email=Way(chokes)))
    assert [one.to for one in mailbox.taken] == ["b@example.org"]
    assert state(base, choking) == ("approved", 1, f"<{choking}@otklik.example>", "ошибка программы: ZeroDivisionError")


def test_the_attempt_stands_in_the_table_before_anything_is_sent(
    base: psycopg.Connection[Any], database_url: str
) -> None:
    _, reply = put_reply(base, reply_to="olga@example.org")
    seen = []

    def looks(outgoing: Reply) -> None:
        with psycopg.connect(database_url) as outside:
            seen.append(state(outside, reply))
            assert not send_next(outside, Clock(), by_email(Mailbox()))  # another sender leaves it alone

    send_due(base, Clock(), post(email=Way(looks)))
    assert seen == [("approved", 1, f"<{reply}@otklik.example>", "")]


def test_a_slow_server_does_not_let_another_sender_in_even_when_the_wait_is_over(
    base: psycopg.Connection[Any], database_url: str
) -> None:
    put_reply(base, reply_to="olga@example.org")
    clock, second = Clock(), Mailbox()

    def slow(outgoing: Reply) -> None:
        clock.pass_(minutes=2)
        with psycopg.connect(database_url) as outside:
            send_due(outside, clock, by_email(second))

    send_due(base, clock, post(email=Way(slow)))
    assert second.tried == 0
    assert told(base, Stream.REPLIES) == [EventType.REPLY_SENT]


@pytest.mark.parametrize("goes_out", [True, False])
def test_what_is_taken_back_while_it_is_sent_is_what_its_author_knows_it_to_be(
    base: psycopg.Connection[Any], database_url: str, goes_out: bool
) -> None:
    _, reply = put_reply(base, reply_to="olga@example.org")

    def taken_back(outgoing: Reply) -> None:
        with psycopg.connect(database_url) as outside:
            outside.execute("UPDATE replies SET state = 'cancelled'")
        if not goes_out:
            raise SendingFailed("550", final=True)

    send_due(base, Clock(), post(email=Way(taken_back)))
    assert state(base, reply)[0] == ("sent" if goes_out else "cancelled")
