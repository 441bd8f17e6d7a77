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


def opens(secret: bytes, appeal_id: UUID, token: str) -> bool:
    """Whether `token` opens the appeal; takes the same time for any wrong token."""
    return hmac.compare_digest(link_token(secret, appeal_id).encode(), token.encode())
