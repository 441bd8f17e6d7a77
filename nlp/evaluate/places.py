"""Measure the place finder on labelled texts: how many streets and houses it finds, and how many it makes up."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from models.pack import PackError, load_pack
from models.places import Place, PlaceLevel
from nlp.lemmas import lemma
from nlp.places.finder import PlaceFinder
from nlp.places.gazetteer import Gazetteer, spellings
from nlp.places.houses import house_at
from nlp.places.names import StreetName, plain, street_name
from nlp.places.tokens import Tokens
from nlp.words import words_of


@dataclass(frozen=True, slots=True)
class LabelledPlace:
    """One address that a text names, as people labelled it; `street` is None where the label is empty."""

    street: StreetName | None
    house: str


@dataclass
class Tally:
    """Counts behind the figures. `predicted` and `wrong` count different streets a text."""

    rows: int = 0
    street_right: int = 0
    with_house: int = 0
    house_right: int = 0
    predicted: int = 0
    wrong: int = 0

    def figures(self) -> dict[str, Any]:
        return {
            "n": self.rows,
            "street_recall": _share(self.street_right, self.rows),
            "n_house": self.with_house,
            "house_recall": _share(self.house_right, self.with_house),
            "predicted": self.predicted,
            "wrong_share": _share(self.wrong, self.predicted),
        }


def evaluate_places(path: Path, region: str | None = None, streets: Path | None = None) -> dict[str, Any]:
    """Figures for a CSV with columns text, settlement, street, house, on a pack's gazetteer or one made of `streets`.

    The finder reads the text alone; the labels are only compared with. n, street_recall and house_recall count rows
    with a street (a house); wrong_share counts, over all texts, streets found (stops, microdistricts and gardens are
    none) that stand in none of the text's rows.
    `in_text` is the same over the rows all of whose street's lemmas occur in the text, and the texts of those rows.
    `wrong_share_labelled` leaves out texts that no row gives a street: there a label may be missing, not the street.
    """
    finder = PlaceFinder(_gazetteer(region, streets))
    total, in_text, labelled = Tally(), Tally(), Tally()
    for text, places in labelled_texts(path).items():
        found = finder.find(text, words_of(text), {})
        named = [place for place in places if place.street is not None]
        _count(total, named, found, places)
        if named:
            _count(labelled, named, found, places)
        lemmas = {part for word in words_of(text) for part in (word.lemma, *plain(word.lower).split("-"))}
        inside = [place for place in named if place.street and stands_in(place.street, lemmas)]
        if inside:
            _count(in_text, inside, found, places)
    return {
        **total.figures(),
        "wrong_share_labelled": labelled.figures()["wrong_share"],
        "in_text": in_text.figures(),
    }


def _gazetteer(region: str | None, streets: Path | None) -> Gazetteer:
    if streets is not None:
        return Gazetteer.of_streets_csv(streets)
    if region is None:
        raise PackError("places are measured on a region's pack or on a streets file: give one of them")
    return Gazetteer.of_pack(load_pack(region))


def labelled_texts(path: Path) -> dict[str, list[LabelledPlace]]:
    """The labels of each text of the file: a row for each address, or `streets` and `houses` with «|» between.

    Raises PackError when the file cannot be read or lacks a column or rows.
    """
    texts: dict[str, list[LabelledPlace]] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            listed = {"streets", "houses"} <= set(reader.fieldnames or ())
            missing = {"text", "street", "house"} - set(reader.fieldnames or ())
            if missing - ({"street", "house"} if listed else set()):
                there = ", ".join(reader.fieldnames or ()) or "nothing"
                raise PackError(f"{path}: no column {', '.join(sorted(missing))}; found: {there}")
            for row in reader:
                places = _listed(row) if listed else [(row["street"] or "", row["house"] or "")]
                named = [LabelledPlace(street_name(street), normal_house(house)) for street, house in places]
                texts.setdefault(row["text"] or "", []).extend(named)
    except OSError as error:
        raise PackError(f"{path}: {error.strerror or error}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise PackError(f"{path}: {error}") from error
    if not any(text.strip() for text in texts):
        raise PackError(f"{path}: no row with a text, nothing to measure")
    return texts


def _listed(row: Mapping[str, str]) -> list[tuple[str, str]]:
    """Streets and houses of a row that lists them with «|»: each house with its street, or all with the only one."""
    streets, houses = (row["streets"] or "").split("|"), (row["houses"] or "").split("|")
    if len(streets) == 1:
        return [(streets[0], house) for house in houses]
    return [(street, house) for street, house in zip_longest(streets, houses, fillvalue="")]


def normal_house(raw: str) -> str:
    """The normal form of a labelled house («12 А», «12 корп. 2»); as it stands when it is no house number."""
    tokens = Tokens(raw, words_of(raw))
    house = house_at(tokens, 0)
    return house.number if house is not None else plain(raw).strip()


def stands_in(street: StreetName, lemmas: set[str]) -> bool:
    """Whether every word of the street's name is in the text, in any form; numbers as digits."""
    return all(word in lemmas or lemma(word) in lemmas for word in street.key)


def _count(tally: Tally, rows: Sequence[LabelledPlace], found: Sequence[Place], every: Sequence[LabelledPlace]) -> None:
    pairs = [(name, house) for place in found for name, house in _streets_of(place)]
    for row in rows:
        assert row.street is not None
        right = [house for name, house in pairs if same_name(name, row.street)]
        tally.rows += 1
        tally.street_right += bool(right)
        if row.house:
            tally.with_house += 1
            tally.house_right += any(same_house(house, row.house) for house in right)
    streets = (place for place in found if place.level is not PlaceLevel.DISTRICT)
    predicted = {(name.kind, name.key): name for place in streets for name, _ in _streets_of(place)}
    wanted = [place.street for place in every if place.street is not None]
    tally.predicted += len(predicted)
    tally.wrong += sum(not any(same_name(name, street) for street in wanted) for name in predicted.values())


def _streets_of(place: Place) -> Iterable[tuple[StreetName, str]]:
    for official in place.street.split(" / "):
        name = street_name(official)
        if official and name is not None:
            yield name, place.house


def same_name(found: StreetName, labelled: StreetName) -> bool:
    """One street by name and kind; a short form («Худенко» for «Николая Худенко») counts as the same name."""
    if found.same_street(labelled):
        return True
    if found.kind and labelled.kind and found.kind != labelled.kind:
        return False
    return found.key in _short_keys(labelled) or labelled.key in _short_keys(found)


def _short_keys(name: StreetName) -> set[tuple[str, ...]]:
    return {words for words, short in spellings(name) if short}


def same_house(found: str, labelled: str) -> bool:
    """Equal normal forms; «20/2» and «20к2» are two ways of writing one block."""
    return plain(found).replace("к", "/") == plain(labelled).replace("к", "/")


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
