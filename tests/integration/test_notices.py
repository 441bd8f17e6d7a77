"""Notices as people get them: the page, the JSON, e-mails through a real mail server."""

from __future__ import annotations

import re
import socket
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import httpx
import pytest

from api.security.forms import SESSION_COOKIE
from api.security.users import Role
from otklik.settings import SettingsError
from otklik.smtp import Smtp
from sla.escalation_delivery import deliver
from sla.escalation_mail import RETRY, send_next
from tests.mail_server import Mailbox
from tests.town import NOW, REGION, Town, executor_id

ZONE = ZoneInfo("Asia/Omsk")


@pytest.fixture
def town_with_persons(place: Town) -> Town:
    """The roads have a unit with a person in it, who has an address."""
    with place.connection() as connection:
        for code, kind, parent, email in (
            ("repair", "unit", "roads", ""),
            ("ivanov", "person", "repair", "ivanov@example.org"),
        ):
            connection.execute(
                "INSERT INTO executors (id, region_id, code, kind, name, parent_id, email)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s)",
                (executor_id(code), REGION, code, kind, f"Имя {code}", executor_id(parent), email),
            )
    return place


def notice(place: Town, *, level: str = "person", to: str = "", kind: str = "warned", danger: bool = False) -> UUID:
    """A notice that waits and may be sent now, of a running clock of its own."""
    problem = place.analyse(place.appeal("Яма на Речной, звонить 55-55-55"), "Яма на Речной")[0]
    place.clock(problem, "solve", timedelta(hours=5))
    made = uuid4()
    with place.connection() as connection:
        clock = connection.execute("SELECT id, deadline_at FROM clocks WHERE problem_id = %s", (problem,)).fetchone()
        assert clock is not None
        connection.execute(
            "INSERT INTO timers VALUES (%s, %s, 1, %s, '', %s, 1, NULL)", (clock[0], REGION, clock[1], danger)
        )
        connection.execute(
            """INSERT INTO notices (id, region_id, clock_id, course, step, kind, share, level, executor_id, deadline_at,
                                    danger, state, made_at, send_at)
               VALUES (%s, %s, %s, 1, 0, %s, 0.75, %s, %s, %s, %s, 'waiting', %s, %s)""",
            (made, REGION, clock[0], kind, level, executor_id(to) if to else None, clock[1], danger, NOW, NOW),
        )
    return made


def delivered(place: Town, *, mails: bool = False) -> int:
    with place.connection() as connection:
        return deliver(connection, NOW, mails=mails)


def listed(client: httpx.Client, place: Town, role: Role, executor: str = "") -> list[dict[str, Any]]:
    token = place.token(place.person(role, executor=executor))
    answer = client.get("/api/v1/notices", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def test_each_reads_his_own_and_those_of_who_belongs_to_him(client: httpx.Client, town_with_persons: Town) -> None:
    place = town_with_persons
    mine, desk = str(notice(place, to="ivanov")), str(notice(place, level="governor", kind="escalated"))
    queue = str(notice(place, level="operators"))
    assert listed(client, place, Role.EXECUTOR, "roads") == []  # nothing is shown before it is delivered
    assert delivered(place) == 3

    def seen(role: Role, executor: str = "") -> set[str]:
        return {one["id"] for one in listed(client, place, role, executor)}

    assert seen(Role.EXECUTOR, "roads") == seen(Role.EXECUTOR, "repair") == seen(Role.EXECUTOR, "ivanov") == {mine}
    assert seen(Role.EXECUTOR, "waste") == seen(Role.EXECUTOR) == set()
    assert seen(Role.GOVERNOR) == {desk}
    assert seen(Role.OPERATOR) == {queue}
    assert seen(Role.ADMIN) == {desk, queue}


def test_a_notice_says_what_runs_out_and_no_word_of_the_citizen(client: httpx.Client, town_with_persons: Town) -> None:
    notice(town_with_persons, to="ivanov")
    delivered(town_with_persons)
    one = listed(client, town_with_persons, Role.EXECUTOR, "ivanov")[0]
    assert one["text"].startswith("Прошло 75 % срока решения: «Ямы на дорогах», обращение ")
    assert "2 марта 2026 г., 20:00" in one["text"]
    assert "55-55-55" not in one["text"]
    assert one["holds"] and not one["read"]


def test_what_was_read_stays_listed_and_nobody_marks_anothers(client: httpx.Client, town_with_persons: Town) -> None:
    place = town_with_persons
    first, other = notice(place, to="ivanov"), notice(place, level="governor")
    delivered(place)
    token = place.token(place.person(Role.EXECUTOR, executor="ivanov"))
    headers = {"authorization": f"Bearer {token}"}
    answer = client.post("/api/v1/notices/read", json={"ids": [str(first), str(other)]}, headers=headers)
    assert answer.json() == {"marked": 1}
    assert client.get("/api/v1/notices?unread=true", headers=headers).json()["items"] == []
    assert [one["read"] for one in client.get("/api/v1/notices", headers=headers).json()["items"]] == [True]
    assert [one["read"] for one in listed(client, place, Role.GOVERNOR)] == [False]


def test_pages_of_notices_follow_one_another(client: httpx.Client, town_with_persons: Town) -> None:
    place = town_with_persons
    made = {str(notice(place, to="ivanov")) for _ in range(5)}
    delivered(place)
    headers = {"authorization": f"Bearer {place.token(place.person(Role.EXECUTOR, executor='ivanov'))}"}
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = client.get("/api/v1/notices", params={"limit": 2, "cursor": cursor}, headers=headers).json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert len(seen) == 5
    assert set(seen) == made


def test_the_page_shows_them_and_marks_them_read(client: httpx.Client, town_with_persons: Town) -> None:
    place = town_with_persons
    notice(place, to="ivanov", kind="breached", danger=True)
    delivered(place)
    cookies = {"cookie": f"{SESSION_COOKIE}={place.token(place.person(Role.EXECUTOR, executor='roads'))}"}
    page = client.get("/notices", headers=cookies).text
    assert "Опасность для жизни. Срок решения истёк" in page
    assert "кому: Имя ivanov" in page
    token = re.search(r'name="form_token" value="([^"]+)"', page)
    assert token is not None
    answer = client.post("/notices/read", data={"form_token": token[1]}, headers=cookies)
    assert (answer.status_code, answer.headers["location"]) == (303, "/notices")
    assert "Непрочитанных уведомлений нет." in client.get("/notices?unread=true", headers=cookies).text


def send(place: Town, sender: Smtp, seconds: float = 0) -> bool:
    with place.connection() as connection:
        return send_next(connection, NOW + timedelta(seconds=seconds), sender, "https://otklik.example", lambda _: ZONE)


def mails(place: Town) -> list[tuple[Any, ...]]:
    return place.rows("SELECT state, attempts, error FROM notice_mails ORDER BY made_at")


def test_all_notices_of_one_moment_are_one_mail(town_with_persons: Town, smtp: Smtp, mailbox: Mailbox) -> None:
    place = town_with_persons
    for _ in range(3):
        notice(place, to="ivanov")
    notice(place, level="governor")
    delivered(place, mails=True)
    assert send(place, smtp)
    assert not send(place, smtp)
    (letter,) = mailbox.taken
    assert (letter["To"], letter["From"]) == ("ivanov@example.org", "otklik@example.org")
    assert letter["Subject"] == "Отклик: 3 уведомления о сроках"
    text = letter.get_content()
    assert text.count("Прошло 75 % срока решения") == 3
    assert "https://otklik.example/notices" in text
    assert "Речной" not in text
    assert mails(place) == [("sent", 1, "")]


def test_a_mail_that_failed_is_tried_again_after_its_wait_and_given_up_at_last(
    town_with_persons: Town, smtp: Smtp, mailbox: Mailbox
) -> None:
    place = town_with_persons
    notice(place, to="ivanov")
    delivered(place, mails=True)
    mailbox.refuse = "451 try again later"
    later = 0.0
    for attempt, wait in enumerate(RETRY, start=1):
        assert send(place, smtp, later)
        assert mails(place) == [("waiting", attempt, "SMTPDataError 451")]
        assert not send(place, smtp, later + wait.total_seconds() - 1)
        later += wait.total_seconds()
    assert send(place, smtp, later)
    assert mails(place) == [("failed", len(RETRY) + 1, "SMTPDataError 451")]
    assert not send(place, smtp, later + 10_000_000)
    assert mailbox.taken == []


def test_a_server_that_is_not_there_is_a_failed_attempt_and_the_next_one_arrives(
    town_with_persons: Town, smtp: Smtp, mailbox: Mailbox
) -> None:
    notice(town_with_persons, to="ivanov")
    delivered(town_with_persons, mails=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = Smtp.of_address(f"smtp://127.0.0.1:{free.getsockname()[1]}", "otklik@example.org")
    assert send(town_with_persons, closed)
    assert mails(town_with_persons) == [("waiting", 1, "ConnectionRefusedError")]
    assert send(town_with_persons, smtp, 61)
    assert len(mailbox.taken) == 1


def test_a_mail_whose_clock_stopped_meanwhile_is_not_sent(
    town_with_persons: Town, smtp: Smtp, mailbox: Mailbox
) -> None:
    notice(town_with_persons, to="ivanov")
    delivered(town_with_persons, mails=True)
    with town_with_persons.connection() as connection:
        connection.execute("UPDATE clocks SET stopped_at = %s", (NOW,))
    assert send(town_with_persons, smtp)
    assert mailbox.taken == []
    assert [row[0] for row in mails(town_with_persons)] == ["cancelled"]


def test_no_password_goes_over_a_line_that_is_not_encrypted(
    town_with_persons: Town, smtp: Smtp, mailbox: Mailbox
) -> None:
    notice(town_with_persons, to="ivanov")
    delivered(town_with_persons, mails=True)
    bare = Smtp.of_address(f"smtp://somebody:secret@127.0.0.1:{smtp.port}", "otklik@example.org")
    assert send(town_with_persons, bare)
    assert mailbox.taken == []
    assert mails(town_with_persons)[0][2] == "SMTPNotSupportedError"


@pytest.mark.parametrize(
    ("address", "sender"), [("mail.example.org", "a@b.c"), ("http://x", "a@b.c"), ("smtp://x", "")]
)
def test_a_setting_that_names_no_server_is_refused(address: str, sender: str) -> None:
    with pytest.raises(SettingsError, match="OTKLIK_SMTP"):
        Smtp.of_address(address, sender)
