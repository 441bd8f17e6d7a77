"""What stands around every request: a log line without secrets, headers of protection, the last answer to errors."""

from __future__ import annotations

import logging
import re
import time
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.context import Context
from api.failures import broken
from api.photos import LARGEST_TOGETHER
from api.problem_details import Failure
from api.security.forms import VISITOR_COOKIE
from resolution import ResolutionPolicy

log = logging.getLogger("otklik.access")
REPORT = re.compile(r"^(/api/v1/problems|/assignments)/[^/]+/report$")
VERDICT = re.compile(r"^/(verdicts/[^/]+|a/[^/]+/[^/]+/verdict)$")
SECRET_LINK = re.compile(r"^(/a/[^/]+/|(?:/api/v1)?/verdicts/).+")


def loggable(path: str) -> str:
    """The path as the log may keep it: no query string, no token of a citizen's link."""
    return SECRET_LINK.sub(r"\1***", path.split("?", 1)[0])


def policy(tile_url: str) -> str:
    """The Content-Security-Policy: nothing from outside but map tiles, where a tile server is set."""
    host = urlsplit(tile_url.replace("{s}.", "*.")) if tile_url else None
    tiles = f" {host.scheme}://{host.netloc}" if host and host.netloc else ""
    return (
        f"default-src 'self'; img-src 'self' data: blob:{tiles}; style-src 'self'; script-src 'self'; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def measured(receive: Receive, largest: int) -> Receive:
    """`receive` that breaks off with 413 as soon as the body has grown beyond `largest` bytes."""
    so_far = 0

    async def limited() -> Message:
        nonlocal so_far
        message = await receive()
        so_far += len(message.get("body", b""))
        if so_far > largest:
            raise Failure(413, "Слишком много данных: сократите текст или приложите меньше файлов. Ничего не записано.")
        return message

    return limited


class Surroundings:
    """The middleware."""

    def __init__(self, app: ASGIApp, context: Context) -> None:
        self.app = app
        self.context = context
        policies = map(ResolutionPolicy.of_pack, context.packs.values())
        self.largest_report = max((policy.files.largest_together for policy in policies), default=0)
        self.headers = [
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"same-origin"),
            (b"x-frame-options", b"DENY"),
        ]
        self.policy = (b"content-security-policy", policy(context.tile_url).encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request, began, status = Request(scope), time.perf_counter(), 0

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": self._dressed(request, list(message["headers"]))}
            await send(message)

        try:
            await self.app(scope, measured(receive, self._largest(scope)), sent)
        except Exception as error:
            if status:  # the answer has begun: the connection must break, so that nobody takes it for whole
                raise
            await broken(request, error)(scope, receive, sent)
        finally:
            took = (time.perf_counter() - began) * 1000
            log.info("%s %s %d %.0f ms", scope["method"], loggable(scope["path"]), status, took)

    def _largest(self, scope: Scope) -> int:
        """Bytes of a request's body at most. Cyrillic written as JSON escapes takes six bytes a letter."""
        words = 8 * self.context.limits.largest_text + 64_000
        if REPORT.match(scope["path"]):
            return words + self.largest_report
        if VERDICT.match(scope["path"]):
            return words + self.context.limits.largest_attachment
        return words + LARGEST_TOGETHER if scope["path"] == "/" else words

    def _dressed(self, request: Request, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """The headers of an answer with protection, and the cookie of a new visitor of a form."""
        there = {name.lower() for name, _ in headers}
        headers += [pair for pair in (*self.headers, self.policy) if pair[0] not in there]
        visitor = getattr(request.state, "new_visitor", None)
        if visitor is not None:
            secure = "; Secure" if self.context.secure_cookies else ""
            cookie = f"{VISITOR_COOKIE}={visitor}; Path=/; HttpOnly; SameSite=Lax{secure}"
            headers.append((b"set-cookie", cookie.encode()))
        return headers
