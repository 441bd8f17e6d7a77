"""Houses with points into a draft: every point is checked against its district, its settlement and its street."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nlp.places.imports.draft import Draft
from nlp.places.imports.points import PointCheck
from nlp.places.imports.registry import Address
from nlp.places.imports.rejects import Reject, Rejects
from nlp.places.names import plain, street_name


def placed(draft: Draft, addresses: Iterable[Address]) -> list[tuple[Address, str]]:
    """Each address with its municipality: by the district that it names, else the capital's, else by its point."""
    capital = max(draft.settlements.values(), key=lambda place: place.population)
    found = []
    for address in addresses:
        if address.district:
            municipality = draft.municipality(address.district)
        elif address.settlement_kind in ("город", "микрорайон"):
            municipality = capital.municipality
        else:
            municipality = draft.areas.holding(address.point) or capital.municipality
        found.append((address, municipality))
    return found


def add_houses(draft: Draft, placed: Sequence[tuple[Address, str]], rejects: Rejects) -> int:
    """Add addresses, each with its municipality, to the draft; returns how many points were believed.

    An address stays where its point is not believed. A microdistrict of the capital is a part of it.
    """
    capital = max(draft.settlements.values(), key=lambda place: place.population, default=None)
    centres = {
        (place.name, place.municipality): place.point for place in draft.settlements.values() if place.point is not None
    }
    check = PointCheck(draft.areas, centres)
    points = check.believed(list(placed))
    for address, reason in check.rejected:
        street = f"{address.street_kind} {address.street}".strip()
        rejects.add(Reject(reason, address.settlement, street, address.house, address.point, address.source))
    for (address, municipality), point in zip(placed, points, strict=True):
        inside = (
            address.settlement_kind == "микрорайон" and capital is not None and municipality == capital.municipality
        )
        key = draft.settlement(
            address.settlement,
            address.settlement_kind,
            municipality,
            capital.name if inside and capital is not None else "",
        )
        if inside and capital is not None:
            key = (plain(capital.name), capital.municipality)
        name = street_name(address.street, address.street_kind) if address.street else None
        if name is not None and address.house:
            houses = draft.street(key, name).houses
            houses[address.house] = houses.get(address.house) or point
    return sum(point is not None for point in points)
