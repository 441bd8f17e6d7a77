"""Where a problem is: settlement, street, house, point, and how sure the machine is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from models.text import Span


class PlaceLevel(StrEnum):
    """How finely a place is known, from finest to coarsest."""

    HOUSE = "house"
    CROSSING = "crossing"  # of two streets; both stand in `street`, joined by « / »
    STREET = "street"
    DISTRICT = "district"  # part of a settlement: a microdistrict, a stop, a named object
    SETTLEMENT = "settlement"
    MUNICIPALITY = "municipality"
    REGION = "region"  # nothing finer than the region is known


@dataclass(frozen=True, slots=True)
class Place:
    """One place. Empty strings and None stand for what is not known.

    `street` is the gazetteer's official form («улица Ленина», «проспект Карла Маркса»), `house` the normal form of a
    house number («12», «12а», «12/1», «12к1»), `house_known` whether the gazetteer has that house. Latitude and
    longitude are WGS 84 degrees; `h3` is the H3 cell of resolution 9. `confidence` is the measured probability that the
    place is right at its level. `spans` are the pieces of text that name it (none: from what the source stated).
    """

    level: PlaceLevel
    municipality: str = ""
    settlement: str = ""
    street: str = ""
    house: str = ""
    house_known: bool = False
    latitude: float | None = None
    longitude: float | None = None
    h3: str = ""
    confidence: float = 0.0
    spans: tuple[Span, ...] = ()
    alternatives: tuple[Place, ...] = ()
