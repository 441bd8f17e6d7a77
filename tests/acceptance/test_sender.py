"""`otklik sender` as a process, `otklik replies` at the terminal: a reply leaves, another is given up and sent anew."""

from __future__ import annotations

import json
import signal
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import psycopg
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from api.links import judged_reply
from models.message import Channel
from models.pack import load_pack
from otklik.install import install_pack
from tests.acceptance.test_parts import start
from tests.product import otklik, wait_until
from tests.replies import put_reply

SECRET = "a secret of the tests"


class Mailbox:
    """Keeps letters; refuses for good who is named so."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.refused = {"nobody@example.org"}

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refused:
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 known"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        letter = message_from_bytes(content, policy=default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        return "250 taken"


@pytest.fixture
def mail_server() -> Iterator[tuple[Mailbox, int]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield mailbox, port
    controller.stop()


def test_a_reply_leaves_with_its_link_and_one_that_was_refused_is_listed_and_sent_anew(
    tmp_path: Path, database_url: str, mail_server: tuple[Mailbox, int]
) -> None:
    mailbox, port = mail_server
    with psycopg.connect(database_url) as connection:
        install_pack(connection, load_pack("omsk"))
        _, reply = put_reply(connection, reply_to="olga@example.org", external_id="letter@mail.example.org")
        _, refused = put_reply(connection, reply_to="nobody@example.org")
        _, published = put_reply(connection, Channel.FORM)
        connection.execute("UPDATE replies SET try_at = %s", [datetime.now(UTC)])
    settings = {
        "OTKLIK_SMTP": f"smtp://127.0.0.1:{port}",
        "OTKLIK_REPLY_FROM": "Отклик <otklik@example.org>",
        "OTKLIK_PUBLIC_URL": "https://otklik.example/",
        "OTKLIK_SECRET": SECRET,
    }
    sender = start(tmp_path, database_url, "sender", **settings)
    here = {"OTKLIK_DATA_FOLDER": str(tmp_path), "OTKLIK_DATABASE_URL": database_url}

    def states() -> dict[object, str]:
        with psycopg.connect(database_url) as connection:
            return dict(connection.execute("SELECT id, state FROM replies").fetchall())

    wait_until(lambda: states() == {reply: "sent", refused: "failed", published: "sent"})
    [letter] = mailbox.letters
    assert (letter["From"], letter["To"]) == ("Отклик <otklik@example.org>", "olga@example.org")
    assert letter["In-Reply-To"] == "<letter@mail.example.org>"
    assert letter["Message-ID"] == f"<{reply}@example.org>"
    body = letter.get_body(("plain",))
    assert body is not None
    link = body.get_content().strip().rpartition("https://otklik.example/verdicts/")[2]
    assert judged_reply(SECRET.encode(), link) == reply

    [listed] = json.loads(otklik("replies", "failed", "--json", **here).stdout)
    assert (listed["id"], listed["error"]) == (str(refused), "почтовый сервер отказал адресату: 550")
    shown = otklik("replies", "show", str(refused), **here).stdout
    assert f"<{refused}@example.org>" in shown
    assert "nobody@" not in shown
    mailbox.refused.clear()
    assert otklik("replies", "resend", str(refused), **here).stdout == "Replies to be tried again: 1.\n"
    wait_until(lambda: states()[refused] == "sent")
    assert otklik("replies", "failed", **here).stdout == "There is none.\n"
    again = otklik("replies", "resend", "--all", **here)
    assert "None of them had failed" in again.stdout
    sender.send_signal(signal.SIGTERM)
    assert sender.wait(30) == 0
