"""Identifiers: time-ordered for what is new, derived for what must come out the same when work is done again."""

from __future__ import annotations

from uuid import UUID, uuid5

import uuid_utils.compat

OTKLIK = UUID("6f1e7d3c-52a4-5b0e-9a56-0f7b1c1d7a10")
"""The namespace of derived identifiers."""


def new_id() -> UUID:
    """A UUID of version 7 (RFC 9562): sorts by the time it was made, which keeps indexes dense."""
    made: UUID = uuid_utils.compat.uuid7()
    return made


def derived_id(*parts: object) -> UUID:
    """The UUID of version 5 of the parts: the same parts give the same id, so redelivery changes nothing."""
    return uuid5(OTKLIK, "\x1f".join(str(part) for part in parts))
