"""How near two problems are, by what their places and objects say."""

from __future__ import annotations

from enum import StrEnum

import h3

from nlp.repeats.records import Comparable, Locality


class Nearness(StrEnum):
    """From the same thing to a place that rules it out; UNKNOWN where one of them names no street."""

    OBJECT = "object"
    HOUSE = "house"
    NEIGHBOURS = "neighbours"  # houses in one H3 cell of resolution 9 or in two that touch: a few hundred metres
    STREET = "street"  # one of them names no house
    UNKNOWN = "unknown"
    ELSEWHERE = "elsewhere"


NEARNESS_WORDS = {
    Nearness.OBJECT: "тот же маршрут или учреждение",
    Nearness.HOUSE: "тот же дом",
    Nearness.NEIGHBOURS: "соседний дом",
    Nearness.STREET: "та же улица",
}
ORDER = {near: number for number, near in enumerate(Nearness)}


def nearness(one: Comparable, two: Comparable) -> Nearness:
    """The nearest that any of their places are; otherwise whether they name the same route or institution."""
    places = [between(mine, other) for mine in one.localities for other in two.localities]
    near = min(places, key=ORDER.__getitem__, default=Nearness.UNKNOWN)
    if near is Nearness.HOUSE or not one.objects or not two.objects:
        return near
    if one.objects.isdisjoint(two.objects):
        return Nearness.ELSEWHERE
    towns = {place.town for place in (*one.localities[:1], *two.localities[:1]) if place.town}
    return Nearness.OBJECT if len(towns) <= 1 else Nearness.ELSEWHERE


def between(one: Locality, two: Locality) -> Nearness:
    """How near two places are; ELSEWHERE only where both say enough to rule it out."""
    if one.town and two.town and one.town != two.town:
        return Nearness.ELSEWHERE
    if not one.street or not two.street:
        return Nearness.UNKNOWN
    if one.street == two.street:
        if not one.house or not two.house:
            return Nearness.STREET
        if one.house == two.house:
            return Nearness.HOUSE
    return Nearness.NEIGHBOURS if one.cell and two.cell and touch(one.cell, two.cell) else Nearness.ELSEWHERE


def touch(one: str, two: str) -> bool:
    return one == two or bool(h3.are_neighbor_cells(one, two))
