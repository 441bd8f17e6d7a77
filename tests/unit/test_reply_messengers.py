"""VK and Telegram, as their connectors speak to them: against a small server of the tests."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import pytest

from connectors.telegram import TelegramSender
from connectors.vk import VkSender
from connectors.vk.send import random_id
from models.message import Channel
from models.reply import SendingFailed
from tests.unit.test_mailed_replies import REPLY

TOKEN = "a-secret-token"


class Service:
    """Keeps what was asked, and answers what it was told to."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.answer: tuple[int, Any] = 200, {}
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"])).decode()
                service.asked.append((self.path, dict(parse_qsl(content, keep_blank_values=True))))
                status, told = service.answer
                self.send_response(status)
                self.end_headers()
                self.wfile.write(told if isinstance(told, bytes) else json.dumps(told).encode())

            def log_message(self, format: str, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()
    serving = threading.Thread(target=made.server.serve_forever, args=(0.01,))
    serving.start()
    yield made
    made.server.shutdown()
    serving.join()
    made.server.server_close()


VK = replace(REPLY, channel=Channel.VK, to="12345", in_reply_to="")
TELEGRAM = replace(REPLY, channel=Channel.TELEGRAM, to="-100500", in_reply_to="-100500:77")


def test_vk_gets_the_words_with_the_same_key_each_time(service: Service) -> None:
    service.answer = 200, {"response": 5}
    for _ in range(2):
        VkSender(service.base, TOKEN)(VK)
    [(path, first), (_, second)] = service.asked
    assert path == "/method/messages.send"
    assert (first["peer_id"], first["message"], first["access_token"]) == ("12345", VK.text, TOKEN)
    assert first["random_id"] == second["random_id"] == str(random_id(VK.message_id))
    assert 0 < random_id(VK.message_id) < 2**31
    assert random_id("<another@otklik>") != random_id(VK.message_id)


@pytest.mark.parametrize(
    ("answer", "final"),
    [
        ((200, {"error": {"error_code": 901, "error_msg": "12345 did not allow"}}), True),
        ((200, {"error": {"error_code": 902}}), True),
        ((200, {"error": {"error_code": 5}}), False),
        ((200, {"error": {"error_code": 9}}), False),
        ((502, b"<html>bad gateway"), False),
        ((200, []), False),
    ],
)
def test_what_vk_refuses_for_good_is_told_from_what_passes(
    service: Service, answer: tuple[int, Any], final: bool
) -> None:
    service.answer = answer
    with pytest.raises(SendingFailed, match="VK") as failure:
        VkSender(service.base, TOKEN)(VK)
    assert failure.value.final is final
    assert "12345" not in str(failure.value)


def test_telegram_gets_the_words_under_the_message_they_answer(service: Service) -> None:
    service.answer = 200, {"ok": True, "result": {"message_id": 78}}
    TelegramSender(service.base, TOKEN)(TELEGRAM)
    [(path, sent)] = service.asked
    assert path == f"/bot{TOKEN}/sendMessage"
    assert (sent["chat_id"], sent["text"]) == ("-100500", TELEGRAM.text)
    assert json.loads(sent["reply_parameters"])["message_id"] == 77


@pytest.mark.parametrize(("status", "final"), [(400, True), (403, True), (401, False), (429, False), (500, False)])
def test_what_telegram_refuses_for_good_is_told_from_what_passes(service: Service, status: int, final: bool) -> None:
    service.answer = status, {"ok": False, "error_code": status, "description": "chat -100500"}
    with pytest.raises(SendingFailed, match=str(status)) as failure:
        TelegramSender(service.base, TOKEN)(TELEGRAM)
    assert failure.value.final is final


@pytest.mark.parametrize("to", ["", "@olga", "1 2", "https://vk.com/id1", "1&peer_id=2"])
def test_an_address_that_is_no_number_gets_nothing(service: Service, to: str) -> None:
    for sender, reply in ((VkSender(service.base, TOKEN), VK), (TelegramSender(service.base, TOKEN), TELEGRAM)):
        with pytest.raises(SendingFailed) as failure:
            sender(replace(reply, to=to))
        assert failure.value.final
    assert service.asked == []


def test_where_nobody_answers_it_is_tried_again_and_no_token_is_told() -> None:
    nobody = "http://127.0.0.1:9"
    for sender, reply in ((VkSender(nobody, TOKEN), VK), (TelegramSender(nobody, TOKEN), TELEGRAM)):
        with pytest.raises(SendingFailed, match="нет связи") as failure:
            sender(reply)
        assert not failure.value.final
        assert TOKEN not in str(failure.value) + repr(sender)
