"""Regimes: the order of consideration that an appeal falls under; it decides clocks and the form of the reply."""

from __future__ import annotations

from enum import StrEnum


class Regime(StrEnum):
    FZ59 = "fz59"  # an appeal by the Federal Law of 02.05.2006 No 59-ФЗ
    PLATFORM = "platform"  # a message through a state platform of feedback
    OPEN_SOURCES = "open_sources"  # a post found in a social network
    PORTAL = "portal"  # a message left on the region's portal


class Identity(StrEnum):
    """How sure it is who wrote."""

    NONE = "none"  # nobody said who he is
    STATED = "stated"  # the author says who he is, nobody proved it
    CONFIRMED = "confirmed"  # a system of identification proved it (ЕСИА, a signed letter shown with a passport)
