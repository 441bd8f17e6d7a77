"""The gazetteer: settlements, streets and houses of a region, ready to be found in a text."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from models.pack import PackError, RegionPack
from nlp.lemmas import lemma, parses
from nlp.places.areas import Areas
from nlp.places.lexicon import Lexicon
from nlp.places.names import WATER_NOUNS, NameClass, StreetName, plain, street_name
from nlp.places.records import Point, Settlement, SettlementEntry, Street, StreetEntry
from nlp.places.settlement_names import settlement_class, split_settlement

CLIPPED_KINDS = frozenset({"проспект", "шоссе", "тракт"})
LIST_COLUMNS = ("district", "settlement", "street")
# stems of adjectives that people cut to a letter: «Большая», «Малый», «Верхняя»
ABBREVIATED = frozenset({"больш", "мал", "верхн", "нижн", "нов", "стар"})
RANKS = frozenset(
    "маршала генерала адмирала академика героя героев летчика капитана лейтенанта полковника майора сержанта "
    "профессора доктора комдива комбрига космонавта партизана рядового флота композитора художника святого "
    "подводника инженера архитектора писателя поэта князя графа".split()
)


@dataclass
class Gazetteer:
    """Places of one region. Build it with `of_pack` or `of_streets_csv`."""

    settlements: list[Settlement] = field(default_factory=list)
    streets: list[Street] = field(default_factory=list)
    areas: Areas = field(default_factory=Areas)
    capital: int | None = None
    """The settlement meant where a text names none; None where no settlement outweighs the others."""
    communities: Mapping[str, str] = field(default_factory=dict)
    """Municipalities of the groups in social networks that appeals come from."""

    def __post_init__(self) -> None:
        self.street_names = Lexicon()
        self.settlement_names = Lexicon()
        self._street_entries: dict[tuple[str, ...], StreetEntry] = {}
        self._settlement_entries: dict[str, SettlementEntry] = {}
        for index, settlement in enumerate(self.settlements):
            self._index_settlement(index, settlement)
        for index, street in enumerate(self.streets):
            self._index_street(index, street)

    @classmethod
    def of_pack(cls, pack: RegionPack) -> Gazetteer:
        """The gazetteer of a region pack: settlements.csv, streets.csv, houses.csv, municipalities.geojson."""
        settlements = [
            Settlement(
                row["settlement"],
                row["kind"],
                row["municipality"],
                _point(row),
                int(row["population"] or 0),
                row["part_of"],
            )
            for row in pack.rows("settlements.csv")
        ]
        numbers = {(plain(place.name), place.municipality): index for index, place in enumerate(settlements)}
        houses = {
            (row["settlement"], row["municipality"], row["street"]): row["houses"] for row in pack.rows("houses.csv")
        }
        streets = []
        for row in pack.rows("streets.csv"):
            name = street_name(row["street"], row["kind"])
            settlement = numbers.get((plain(row["settlement"]), row["municipality"]))
            if name is None or settlement is None:
                raise PackError(f"region pack {pack.folder.name}: streets.csv: {row['settlement']}, {row['street']}")
            key = (row["settlement"], row["municipality"], row["street"])
            streets.append(Street(settlement, name, _point(row), int(row["houses"] or 0), houses.get(key, "")))
        capital = max(range(len(settlements)), key=lambda index: settlements[index].population, default=None)
        areas = Areas.of_geojson(pack.json("municipalities.geojson"))
        return cls(settlements, streets, areas, capital, dict(pack.about.get("communities", {})))

    @classmethod
    def of_streets_csv(cls, path: Path) -> Gazetteer:
        """A gazetteer made on the spot from a CSV with columns district, settlement, street (and street_type, if any).

        The settlement that has most of the streets is the one meant where none is named, and lies in all its districts;
        others are a village to each district. Raises PackError naming the missing columns.
        """
        rows = [(*split_settlement(row["settlement"] or ""), row) for row in _rows_with(path, LIST_COLUMNS)]
        city = _city_of([plain(name) for name, _, _ in rows])
        settlements: dict[tuple[str, str], int] = {}
        places: list[Settlement] = []
        streets: dict[tuple[int, str, tuple[str, ...]], Street] = {}
        for name, kind, row in rows:
            spot = (plain(name), "" if plain(name) == city else row["district"])
            if spot not in settlements:
                settlements[spot] = len(places)
                places.append(Settlement(name, kind, spot[1]))
            street = street_name(row["street"] or "", row.get("street_type") or "")
            if street is not None:
                streets.setdefault((settlements[spot], street.kind, street.key), Street(settlements[spot], street))
        capital = None if city is None else settlements[city, ""]
        return cls(places, list(streets.values()), Areas(), capital)

    def _index_settlement(self, index: int, settlement: Settlement) -> None:
        words = [part for word in plain(settlement.name).split() for part in word.split("-") if part]
        key = " ".join(words)
        if len(key) < 3 or not key[0].isalpha():
            return
        entry = self._settlement_entries.setdefault(key, SettlementEntry())
        entry.ids.append(index)
        self.settlement_names.add(words, settlement_class(words), entry)

    def _index_street(self, index: int, street: Street) -> None:
        name = street.name
        for words, short in spellings(name):
            self._lead(words, name.name_class, index, short)
        for words, name_class in (*waters(name), *self._nicknames(name)):
            self._lead(words, name_class, index, True)

    def _nicknames(self, name: StreetName) -> Iterator[tuple[tuple[str, ...], NameClass]]:
        """«Лиговка» for «Лиговский проспект»: people clip great streets so, unless a part of the town is called so."""
        if name.kind in CLIPPED_KINDS and len(name.key) == 1 and name.key[0].endswith("ский"):
            nickname = name.key[0].removesuffix("ский") + "ка"
            if nickname not in self._settlement_entries:
                yield (nickname,), NameClass.NOMINATIVE

    def _lead(self, words: tuple[str, ...], name_class: NameClass, index: int, short: bool) -> None:
        """Let the words name the street `index`."""
        street = self.streets[index]
        key = (*words, name_class.value)
        entry = self._street_entries.get(key)
        if entry is None:
            entry = self._street_entries[key] = StreetEntry(name_class=name_class)
            self.street_names.add(words, name_class, entry)
        entry.kinds.add(street.name.kind)
        place = (entry.short if short else entry.full).setdefault(street.settlement, [])
        if index not in place:
            place.append(index)

    def settlement_ids(self, name: str, municipality: str = "") -> list[int]:
        """Settlements of this name («село Троицкое», «Троицкое»), those of the municipality when it is given."""
        words = [part for word in plain(split_settlement(name)[0]).split() for part in word.split("-") if part]
        entry = self._settlement_entries.get(" ".join(words))
        if entry is None:
            return []
        inside = [index for index in entry.ids if same_municipality(self.settlements[index].municipality, municipality)]
        return inside or list(entry.ids)


def _city_of(names: Sequence[str]) -> str | None:
    """The settlement of a list with at least twice as many streets as any other, by its plain name; None without."""
    largest = [*Counter(names).most_common(2), ("", 0)]
    return largest[0][0] if largest[0][1] > 0 and largest[0][1] >= 2 * largest[1][1] else None


def same_municipality(left: str, right: str) -> bool:
    """«Омский район», «Омский муниципальный район», «Омск г.о.»: by the first word."""
    return bool(left and right) and plain(left).split()[0] == plain(right).split()[0]


def spellings(name: StreetName) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Word sequences that name the street, each with whether it is a short form («Маркса» for «Карла Маркса»)."""
    numbers = tuple(word for word in name.key if word.isdigit())
    words = name.key[len(numbers) :]
    if not words:
        if name.kind and len(numbers) == 1:
            # «13-я линия»: the kind's noun is the name
            yield (numbers[0], plain(name.kind)), False
        return
    if all(len(word) == 1 for word in words):
        yield (plain(name.kind), *words), False  # «квартал А»: a letter alone says nothing
        return
    yield name.key, False
    if len(numbers) == 1 and (name.name_class is NameClass.ADJECTIVE or words[0] != "лет"):
        yield (*words, numbers[0]), False
    if name.name_class is NameClass.ADJECTIVE and len(words) > 1 and words[0][:-2] in ABBREVIATED:
        yield (*numbers, "~" + words[0][0], *words[1:]), False  # «Б. Пороховская»
    if name.name_class is NameClass.GENITIVE and not numbers and len(words) > 1:
        yield from _person_spellings(words)
        if words[0] in WATER_NOUNS:
            yield words[1:], True  # «набережная Мойки» for «набережная реки Мойки»


def _person_spellings(words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], bool]]:
    first, last = words[:-1], words[-1]
    if len(last) < 4 or not all(is_title(word) for word in first):
        return
    if all(len(word) > 1 for word in first):
        yield (*("~" + word[0] for word in first if word not in RANKS), last), False
    else:
        yield (*("~" + word[0] for word in first), last), False
    yield (last,), True


def waters(name: StreetName) -> Iterator[tuple[tuple[str, ...], NameClass]]:
    """How people call an embankment by its water alone: «на Фонтанке», «канал Грибоедова», «на Обводном»."""
    if name.kind != "набережная" or not WATER_NOUNS & set(name.key):
        return
    words = name.key
    if words[0] in WATER_NOUNS and len(words) == 2 and words[0] != "канала":
        nominative = next((parse.normal_form for parse in parses(words[1]) if "NOUN" in parse.tag), words[1])
        yield (plain(nominative),), NameClass.NOMINATIVE
        yield (words[0][0], words[1]), NameClass.GENITIVE
    elif words[0] in WATER_NOUNS:
        yield (words[0][:3], *words[1:]), NameClass.GENITIVE
        yield (lemma(words[0]), *words[1:]), NameClass.NOMINATIVE
    elif len(words) == 2 and words[0].endswith(("ого", "его")):
        adjective = plain(parses(words[0])[0].normal_form)
        yield (adjective, lemma(words[1])), NameClass.NOMINATIVE
        yield (adjective,), NameClass.ADJECTIVE


def is_title(word: str) -> bool:
    """Whether a word before a surname may be left out: a first name, an initial, a rank."""
    if len(word) == 1 or word in RANKS:
        return True
    return any("Name" in parse.tag or "Patr" in parse.tag for parse in parses(word)[:3])


def _point(row: Mapping[str, str]) -> Point | None:
    return (float(row["latitude"]), float(row["longitude"])) if row["latitude"] else None


def _rows_with(path: Path, columns: Iterable[str]) -> Iterator[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [column for column in columns if column not in (reader.fieldnames or ())]
            if missing:
                raise PackError(f"{path}: no column {', '.join(missing)}")
            yield from reader
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise PackError(f"{path}: {error}") from error
