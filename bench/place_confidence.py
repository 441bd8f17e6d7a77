"""How often places of each weak kind are right, on labelled appeals: `python -m bench.place_confidence FILE PACK`.

FILE has the columns text, settlement, street; PACK is a pack's folder whose gazetteer was made without FILE. Misspelt
names are rare in any file, so that slips are made: one letter of a street's name that was read right is dropped,
doubled, changed or moved, and the text is read again.
"""

from __future__ import annotations

import csv
import json
import random
import sys
from collections import Counter, defaultdict
from pathlib import Path

from models.pack import RegionPack
from models.places import Place, PlaceLevel
from nlp.evaluate.places import same_name
from nlp.places import Gazetteer, PlaceFinder, confidence
from nlp.places.names import StreetName, plain, street_name
from nlp.places.settlement_names import split_settlement
from nlp.words import words_of

SHORTEST = 6  # letters of a word that a slip is made in
LETTERS = "абвгдежзиклмнопрстуфхцчшщыьэюя"
SEED = 20261122


def slip(word: str, chance: random.Random) -> str:
    """The word with one slip of the pen, not in its first letter."""
    place = chance.randrange(1, len(word) - 1)
    kind = chance.choice(("drop", "double", "change", "move"))
    if kind == "drop":
        return word[:place] + word[place + 1 :]
    if kind == "double":
        return word[:place] + word[place] + word[place:]
    if kind == "change":
        return word[:place] + chance.choice(LETTERS) + word[place + 1 :]
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def named(place: Place, streets: list[StreetName]) -> bool:
    """Whether the place is one of the labelled streets."""
    name = street_name(place.street)
    return name is not None and any(same_name(name, street) for street in streets)


def main(file: Path, pack: Path) -> dict[str, str]:
    finder, chance = PlaceFinder(Gazetteer.of_pack(RegionPack(pack))), random.Random(SEED)
    labels: dict[str, list[dict[str, str]]] = defaultdict(list)
    with file.open(encoding="utf-8", newline="") as source:
        for row in csv.DictReader(source):
            labels[row["text"]].append(row)
    right, every = Counter[str](), Counter[str]()
    for text, rows in labels.items():
        towns = {plain(split_settlement(row["settlement"])[0]) for row in rows if row["settlement"]}
        streets = [name for row in rows if row["street"] and (name := street_name(row["street"]))]
        for place in finder.find(text, words_of(text), {}):
            kind = _kind(place)
            if kind == "unlisted" and streets:
                every[kind] += 1
                right[kind] += named(place, streets)
            elif kind and kind != "unlisted" and towns:
                every[kind] += 1
                right[kind] += plain(place.settlement) in towns
            if streets and place.level in (PlaceLevel.STREET, PlaceLevel.HOUSE) and named(place, streets):
                _misspell(finder, text, place, streets, chance, right, every)
    return {kind: f"{right[kind]} of {count}" for kind, count in sorted(every.items())}


def _kind(place: Place) -> str:
    if place.level is PlaceLevel.SETTLEMENT:
        return "settlement"
    return {confidence.UNLISTED: "unlisted", confidence.OBJECT: "object: settlement"}.get(place.confidence, "")


def _misspell(
    finder: PlaceFinder,
    text: str,
    place: Place,
    streets: list[StreetName],
    chance: random.Random,
    right: Counter[str],
    every: Counter[str],
) -> None:
    own = [word for word in words_of(text) if len(word.lower) >= SHORTEST and word.lower.isalpha()
           and any(span.start <= word.start < span.end for span in place.spans)
           and plain(word.lower)[:4] in plain(place.street)]  # fmt: skip
    if not own:
        return
    word = own[0]
    wrong = text[: word.start] + slip(text[word.start : word.end], chance) + text[word.end :]
    found = [each for each in finder.find(wrong, words_of(wrong), {}) if any(
        span.start <= word.start + 1 < span.end for span in each.spans) and each.street]  # fmt: skip
    every["slips found"] += 1
    right["slips found"] += bool(found)
    if found:
        every["misspelt"] += 1
        right["misspelt"] += named(found[0], streets)


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2])), ensure_ascii=False, indent=2))
