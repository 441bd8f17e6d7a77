"""`otklik sender` as a process, `otklik replies` at the terminal: a reply leaves, another is given up and sent anew."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from api.links import judged_reply
from models.message import Channel
from models.pack import load_pack
from otklik.install import install_pack
from tests.acceptance.test_parts import start
from tests.mail_server import Mailbox, mail_server
from tests.product import otklik, wait_until
from tests.replies import put_reply

SECRET = "a secret of the tests"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as box:
        box.unknown.add("nobody@example.org")
        yield box


def test_a_reply_leaves_with_its_link_and_one_that_was_refused_is_listed_and_sent_anew(
    tmp_path: Path, database_url: str, mailbox: Mailbox
) -> None:
    with psycopg.connect(database_url) as connection:
        install_pack(connection, load_pack("omsk"))
        _, reply = put_reply(connection, reply_to="olga@example.org", external_id="letter@mail.example.org")
        _, refused = put_reply(connection, reply_to="nobody@example.org")
        _, published = put_reply(connection, Channel.FORM)
        connection.execute("UPDATE replies SET try_at = %s", [datetime.now(UTC)])
    settings = {
        "OTKLIK_SMTP": mailbox.address,
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
    [letter] = mailbox.taken
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
    mailbox.unknown.clear()
    assert otklik("replies", "resend", str(refused), **here).stdout == "Replies to be tried again: 1.\n"
    wait_until(lambda: states()[refused] == "sent")
    assert otklik("replies", "failed", **here).stdout == "There is none.\n"
    again = otklik("replies", "resend", "--all", **here)
    assert "None of them had failed" in again.stdout
    sender.send_signal(signal.SIGTERM)
    assert sender.wait(30) == 0
