"""Which regime an appeal falls under: the table `regime_choice` of the region's policy.json.

It is asked once, when the appeal is registered, and the answer is kept with the appeal: a later table changes no past.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from models.message import Author, Channel, Message
from models.pack import PackError, RegionPack
from models.regimes import Identity, Regime

POLICY = "policy.json"


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
    @cache
    def of_pack(cls, pack: RegionPack) -> RegimeTable:
        """The table of a pack; without one there are portal messages alone. Raises PackError where it is broken."""
        content = pack.json(POLICY) if pack.path(POLICY).is_file() else {}
        try:
            return cls.of_json(content.get("regime_choice", [{"regime": Regime.PORTAL, "source": ""}]))
        except (ValueError, KeyError, TypeError) as error:
            raise PackError(f"region pack {pack.folder.name}: {POLICY}: regime_choice: {error!r}") from error


def identity_of(message: Message) -> Identity:
    """As the channel says; nobody is known where it names nobody."""
    return Identity.NONE if message.author == Author() else message.identity


def regime_of(message: Message, pack: RegionPack) -> Regime:
    """The source's own word where it gives one (an export of a platform), else as the region's table says.

    Raises PackError where the table is broken.
    """
    if message.regime is not None:
        return message.regime
    return RegimeTable.of_pack(pack).of(message.channel, identity_of(message)).regime
