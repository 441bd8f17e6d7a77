"""Telling steps that were worked out ahead, and taking back those that something has overtaken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import blake2b

from models.pack import PackError
from sla import ahead_store as store
from sla.escalation_people import Staff
from streams.contract import Connection

PORTIONS = 1000
"""Portions told in one transaction at most."""
WITHDRAWN = 1000
"""Steps taken back in one transaction at most."""
FRESH = timedelta(minutes=1)
"""How late a step may be told as it was worked out: quiet time may have begun since, and more steps may have come."""

NOTED = 200
"""Told steps noted on their clocks in one transaction at most."""

BasisOf = Callable[[str, str], str]
"""By what a region's steps, of a version of its ladders, would be worked out now."""


def signature(staff: Staff) -> str:
    """Of everybody whom a step might tell: equal where the same are told."""
    people = sorted(staff.members.items()), sorted(staff.absences.items()), sorted(staff.desks.items())
    return blake2b(repr(people).encode(), digest_size=16).hexdigest()


def tell(connection: Connection, now: datetime, basis_of: BasisOf) -> int:
    """Tell a portion of what has come by `now`, in the caller's transaction; returns how many steps.

    0: nothing is left that could be told as it was worked out; what was overtaken is due again.
    """
    waiting = store.portions(connection, now)
    for portion in waiting:
        if portion.basis == _now(basis_of, portion.region, portion.version):
            told = store.tell(connection, portion, now - FRESH, now, PORTIONS)
            if told:
                return told
    if waiting or store.any_overtaken(connection):
        due = store.due_portions(connection, now) if waiting else []
        valid = [basis for region, version, basis in due if basis == _now(basis_of, region, version)]
        store.withdraw(connection, store.overtaken(connection, now - FRESH, now, valid, WITHDRAWN))
        store.drop_empty(connection)
    return 0


def note_told(connection: Connection, now: datetime) -> int:
    """Note on their clocks a few of the steps that were told, in the caller's transaction; returns how many."""
    return store.note_told(connection, now, NOTED)


def _now(basis_of: BasisOf, region: str, version: str) -> str:
    """Empty where the region cannot be read."""
    try:
        return basis_of(region, version)
    except (PackError, KeyError):
        return ""
