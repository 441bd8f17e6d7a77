"""Passwords: Argon2id (RFC 9106), with a bound on how many are counted at once."""

from __future__ import annotations

from functools import lru_cache
from threading import Semaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 10
AT_ONCE = Semaphore(2)
"""Each takes 64 MiB and a core: a flood of sign-ins must not take all the memory."""

_hasher = PasswordHasher()


def hashed(password: str) -> str:
    """The hash to keep. Raises ValueError where the password is too short to be one."""
    if len(password) < SHORTEST:
        raise ValueError(f"a password has at least {SHORTEST} characters")
    with AT_ONCE:
        return _hasher.hash(password)


@lru_cache(maxsize=1)
def nobody() -> str:
    """A hash to check against where the login is unknown, so that the answer takes as long as for a known one."""
    return _hasher.hash("nobody has this password")


def fits(password: str, password_hash: str | None) -> bool:
    """Whether the password is the one that was hashed; None stands for a login that nobody has."""
    with AT_ONCE:
        try:
            return _hasher.verify(password_hash or nobody(), password) and password_hash is not None
        except (VerificationError, InvalidHashError):
            return False
