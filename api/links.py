"""Secret links of citizens: signed with the installation's secret, so that they need no table and cannot be guessed."""

from __future__ import annotations

import base64
import hashlib
import hmac
from uuid import UUID

BYTES = 15
"""120 bits of the signature: nobody guesses that over a network, and the link stays short enough to read aloud."""


def signed(secret: bytes, purpose: str, value: str) -> str:
    """A URL-safe signature of `value`; signatures of different purposes say nothing of each other."""
    digest = hmac.new(secret, f"{purpose}\x1f{value}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:BYTES]).decode()


def link_token(secret: bytes, appeal_id: UUID) -> str:
    return signed(secret, "appeal", str(appeal_id))


def link_path(secret: bytes, number: str, appeal_id: UUID) -> str:
    """The path of a citizen's status page."""
    return f"/a/{number}/{link_token(secret, appeal_id)}"


def verdict_path(secret: bytes, reply_id: UUID) -> str:
    """The path of the page on which the author judges what a closing reply tells.

    It names the reply and carries no time: how long it opens is counted from when the reply was sent.
    """
    return f"/verdicts/{_short(reply_id)}{signed(secret, 'verdict', str(reply_id))}"


def judged_reply(secret: bytes, token: str) -> UUID | None:
    """The reply that a verdict's token names; None where the token is not ours."""
    try:
        reply = UUID(bytes=base64.urlsafe_b64decode(token[:SHORT].encode() + b"=="))
    except (ValueError, UnicodeEncodeError):
        return None
    known = verdict_path(secret, reply).removeprefix("/verdicts/")
    return reply if hmac.compare_digest(known.encode(), token.encode()) else None


SHORT = 22
"""Characters of an identifier in a link: 16 bytes in base 64, without what fills the end."""


def _short(identifier: UUID) -> str:
    return base64.urlsafe_b64encode(identifier.bytes).decode().rstrip("=")


def opens(secret: bytes, appeal_id: UUID, token: str) -> bool:
    """Whether `token` opens the appeal; takes the same time for any wrong token."""
    return hmac.compare_digest(link_token(secret, appeal_id).encode(), token.encode())
