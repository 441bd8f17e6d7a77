"""Senders are killed again and again, and the mail server refuses and hangs up: every reply arrives under its one name.

The seed is printed; OTKLIK_TEST_SEED repeats where the kills fall.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import socket
import sys
import time
from collections import Counter
from email import message_from_bytes
from enum import StrEnum
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess

import psycopg
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from models.events import EventType, Stream
from resolution.sending import resend
from tests import sending_victim
from tests.event_contract import check_events
from tests.integration.problems import events_of
from tests.replies import NOW, REGION, put_region, put_reply

REPLIES = 60
SENDERS = 2
SECONDS = 240
FORKING = multiprocessing.get_context("forkserver")
FORKING.set_forkserver_preload(["tests.sending_victim"])


class Fault(StrEnum):
    KILL_BEFORE = "kill before the letter was taken"
    KILL_TAKEN = "kill between taken and answered"
    KILL_ANSWERED = "kill right after the answer"
    REFUSE = "refused for now"
    HANG_UP = "taken, and hung up without an answer"


MAY_DOUBLE = {Fault.KILL_BEFORE: SENDERS, Fault.KILL_TAKEN: SENDERS, Fault.KILL_ANSWERED: SENDERS, Fault.HANG_UP: 1}
"""How many letters may come again after each: a kill ends all senders, and a letter that one of them had given over and
not yet marked goes again, under the same Message-ID."""


class Mailbox:
    """Takes letters, and by its seed kills who brings them."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.taken: list[tuple[str, str]] = []
        self.faults: Counter[Fault] = Counter()
        self.senders: list[BaseProcess] = []

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        fault = self.random.choice(list(Fault)) if self.random.random() < 0.3 else None
        if fault is not None:
            self.faults[fault] += 1
        if fault is Fault.REFUSE:
            return "451 later"
        if fault is Fault.KILL_BEFORE:
            self.kill()
            return "451 killed"
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        name = str(message_from_bytes(content)["Message-ID"]).strip()
        self.taken += [(name, person) for person in envelope.rcpt_tos]
        if fault is Fault.KILL_TAKEN:
            self.kill()
        if fault is Fault.HANG_UP and server.transport is not None:
            server.transport.close()
        if fault is Fault.KILL_ANSWERED:
            server.loop.call_later(self.random.uniform(0, 0.004), self.kill)
        return "250 taken"

    def kill(self) -> None:
        for sender in self.senders:
            if sender.pid is not None and sender.is_alive():
                os.kill(sender.pid, signal.SIGKILL)


def sender(url: str, port: int, born: float) -> BaseProcess:
    started = FORKING.Process(target=sending_victim.send, args=(url, port, born), daemon=True)
    started.start()
    return started


def unsent(url: str) -> int:
    """How many replies are not sent. What was given up after its six attempts a person sends anew."""
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT id, state FROM replies WHERE state <> 'sent'").fetchall()
        for reply in [row[0] for row in rows if row[1] == "failed"]:
            resend(connection, REGION, reply, by="operator", now=NOW)
    return len(rows)


def test_every_reply_arrives_under_its_one_message_id_whoever_is_killed(database_url: str) -> None:
    seed = int(os.environ.get("OTKLIK_TEST_SEED", random.randrange(10**6)))
    sys.stdout.write(f"OTKLIK_TEST_SEED={seed}\n")
    with psycopg.connect(database_url) as connection:
        put_region(connection)
        addressed = {}
        for number in range(REPLIES):
            _, reply = put_reply(connection, reply_to=f"person{number}@example.org")
            addressed[f"<{reply}@otklik.example>"] = f"person{number}@example.org"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    mailbox = Mailbox(seed)
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    born = time.monotonic()
    try:
        mailbox.senders = [sender(database_url, port, born) for _ in range(SENDERS)]
        while unsent(database_url):
            assert time.monotonic() < born + SECONDS, f"{unsent(database_url)} replies are not sent"
            wait([one.sentinel for one in mailbox.senders], timeout=0.2)
            mailbox.senders = [one if one.is_alive() else sender(database_url, port, born) for one in mailbox.senders]
    finally:
        for one in mailbox.senders:
            one.kill()
            one.join(10)
        controller.stop()
    times = Counter(name for name, _ in mailbox.taken)
    doubled = sum(times.values()) - len(times)
    sys.stdout.write(f"{REPLIES} replies, {doubled} letters came again, {dict(mailbox.faults)}\n")
    assert set(mailbox.taken) == set(addressed.items())  # each reply, to its own person and to nobody else
    assert doubled <= sum(mailbox.faults[fault] * most for fault, most in MAY_DOUBLE.items())
    assert mailbox.faults.total() >= REPLIES // 5
    with psycopg.connect(database_url) as connection:
        check_events(connection)
        for stream, type in ((Stream.REPLIES, EventType.REPLY_SENT), (Stream.PROBLEMS, EventType.PROBLEM_REPLIED)):
            told = events_of(connection, stream)
            sent = [one.key for one in told if one.type is type]
            assert len(sent) == len(set(sent)) == REPLIES
