"""The keys by which problems that may be alike find each other: of the text, of the author, of the place.

A key is a signed 64-bit hash. Problems are filed under some keys and looked for under others: a house is filed under
its cell and looked for under the neighbouring cells too.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from hashlib import blake2b

import h3

from nlp.repeats.records import Comparable, Locality
from nlp.repeats.signature import text_keys
from nlp.repeats.words import comparable_words, telling_words

MOST_LOCALITIES = 3
"""Of a problem that names more places only so many are filed."""


class Source(IntEnum):
    """By what a candidate was found."""

    TEXT = 0
    AUTHOR = 1
    PLACE = 2


@dataclass(frozen=True, slots=True)
class Keys:
    """`filed`: under these the problem will be found. `asked`: under these it looks for earlier ones."""

    filed: list[int]
    asked: list[tuple[Source, int]]


def keys_of(problem: Comparable) -> Keys:
    """The keys of one problem. They hold no word of it."""
    text = text_keys(telling_words(comparable_words(problem.text)), key(problem.region))
    authors = [key(problem.region, "author", author) for author in sorted(problem.authors)]
    filed, asked = place_keys(problem)
    return Keys(
        filed=[*text, *authors, *filed],
        asked=[
            *((Source.TEXT, each) for each in text),
            *((Source.AUTHOR, each) for each in authors),
            *((Source.PLACE, each) for each in asked),
        ],
    )


def place_keys(problem: Comparable) -> tuple[list[int], list[int]]:
    """The keys of the places and objects, to file and to ask. One group of topics only: a cause has one."""
    filed: dict[int, None] = {}
    asked: dict[int, None] = {}
    for locality in problem.localities[:MOST_LOCALITIES]:
        own, other = names_of(locality)
        filed |= dict.fromkeys(key(problem.region, problem.group, *name) for name in own)
        asked |= dict.fromkeys(key(problem.region, problem.group, *name) for name in other)
    town = problem.localities[0].town if problem.localities else ""
    for thing in sorted(problem.objects):
        one = key(problem.region, problem.group, "object", town, thing)
        filed[one] = asked[one] = None
    return list(filed), list(asked)


def names_of(locality: Locality) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """What a locality is filed under and what it asks for.

    A house looks for the same house, for the street where no house was said, and for its cell and the six around. A
    street without a house looks for everything in that street.
    """
    filed: list[tuple[str, ...]] = []
    asked: list[tuple[str, ...]] = []
    if locality.street:
        street = (locality.town, locality.street)
        filed.append(("street", *street))
        if locality.house:
            house = ("house", *street, locality.house)
            filed.append(house)
            asked += [house, ("no house", *street)]
        else:
            filed.append(("no house", *street))
            asked.append(("street", *street))
    if locality.cell:
        filed.append(("cell", locality.cell))
        asked += [("cell", cell) for cell in sorted(h3.grid_disk(locality.cell, 1))]
    return filed, asked


def key(*parts: str) -> int:
    """A signed 64-bit hash of the parts."""
    return int.from_bytes(blake2b("\x1f".join(parts).encode("utf-8", "replace"), digest_size=8).digest(), signed=True)
