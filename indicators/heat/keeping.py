"""Keeping the counts: changed with the facts in their transaction, filled anew from them, compared with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from indicators.facts import Fact
from indicators.heat import store
from indicators.heat.cells import cell_of
from indicators.heat.counting import Spot, counts, difference
from indicators.heat.towns import Vague, vague_of
from indicators.rows import Region, RegionOf
from models.pack import RegionPack
from streams.contract import Connection


def count(connection: Connection, before: Iterable[Fact], after: Iterable[Fact], region_of: RegionOf) -> None:
    """Bring the counts along, in the transaction that wrote the facts."""

    def vague(region: str) -> Vague:
        return vague_of(region_of(region).pack)

    stood, stand = (
        counts((spot_of(fact, region_of(fact.region)) for fact in facts), vague) for facts in (before, after)
    )
    store.add(connection, difference(stood, stand))


def spot_of(fact: Fact, region: Region) -> Spot:
    """What of a fact the map needs."""
    return Spot(
        fact.region,
        fact.wrote_at.astimezone(region.zone).date(),
        region.group(fact.topic),
        fact.municipality,
        cell_of(fact.cell),
        fact.state,
    )


def rebuild(connection: Connection, pack: RegionPack) -> None:
    """The counts of a region anew from its facts, in the caller's transaction."""
    store.forget(connection, pack.id)
    store.fill(connection, pack.id, vague_of(pack))


def compare(connection: Connection, pack: RegionPack) -> Iterator[tuple[str, str]]:
    """Where the counts are not what the facts give: (what, how they differ). Changes nothing."""
    yield from store.differences(connection, pack.id, vague_of(pack))
