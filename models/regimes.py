"""Regimes: the order of consideration that an appeal falls under; it decides clocks and the form of the reply.

Chosen once, when the appeal is registered, by the table `regime_choice` of the region's policy.json, and kept with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from models.message import Channel
from models.pack import PackError, RegionPack


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


@dataclass(frozen=True, slots=True)
class Choice:
    """One row: appeals of these channels and identities (empty: any) are of `regime`; `source` says by what right."""

    regime: Regime
    channels: frozenset[Channel]
    identities: frozenset[Identity]
    source: str

    def fits(self, channel: Channel, identity: Identity) -> bool:
        return (not self.channels or channel in self.channels) and (not self.identities or identity in self.identities)


@dataclass(frozen=True, slots=True)
class RegimeTable:
    """The rows in their order: the first that fits decides, and the last fits everything."""

    rows: tuple[Choice, ...]

    def __post_init__(self) -> None:
        if not self.rows or self.rows[-1].channels or self.rows[-1].identities:
            raise ValueError("the last row of the choice of regimes must fit everything")

    def of(self, channel: Channel, identity: Identity) -> Choice:
        return next(row for row in self.rows if row.fits(channel, identity))

    @classmethod
    def of_json(cls, rows: list[Mapping[str, Any]]) -> RegimeTable:
        """Raises ValueError or KeyError where a row is wrong."""
        return cls(
            tuple(
                Choice(
                    Regime(row["regime"]),
                    frozenset(map(Channel, row.get("channels", ()))),
                    frozenset(map(Identity, row.get("identity", ()))),
                    str(row["source"]),
                )
                for row in rows
            )
        )

    @classmethod
    def of_pack(cls, pack: RegionPack) -> RegimeTable:
        """The table of a pack; a pack without one has portal messages alone. Raises PackError where it is broken."""
        try:
            rows = pack.json("policy.json").get("regime_choice", [{"regime": Regime.PORTAL, "source": ""}])
            return cls.of_json(rows)
        except (ValueError, KeyError, TypeError) as error:
            raise PackError(f"region pack {pack.folder.name}: policy.json: regime_choice: {error!r}") from error
