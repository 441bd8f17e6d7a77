"""The geography of a region while sources are being read into it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from models.pack import RegionPack
from nlp.places.areas import Areas
from nlp.places.gazetteer import Gazetteer
from nlp.places.names import StreetName, plain
from nlp.places.records import Point, Settlement


@dataclass
class DraftStreet:
    """A street with its houses; `point` is where the street is drawn when no house has a point."""

    name: StreetName
    houses: dict[str, Point | None] = field(default_factory=dict)
    point: Point | None = None


@dataclass
class Draft:
    """The geography while it grows; a settlement is known by (plain name, municipality)."""

    areas: Areas
    settlements: dict[tuple[str, str], Settlement] = field(default_factory=dict)
    streets: dict[tuple[str, str], dict[tuple[str, tuple[str, ...]], DraftStreet]] = field(
        default_factory=lambda: defaultdict(dict)
    )

    @classmethod
    def of_pack(cls, pack: RegionPack) -> Draft:
        """The geography that a pack already has, to add to; an empty one for a pack that has none yet."""
        if not pack.path("settlements.csv").is_file():
            has_borders = pack.path("municipalities.geojson").is_file()
            return cls(Areas.of_geojson(pack.json("municipalities.geojson")) if has_borders else Areas())
        known = Gazetteer.of_pack(pack)
        draft = cls(known.areas)
        keys = [(plain(place.name), place.municipality) for place in known.settlements]
        draft.settlements = dict(zip(keys, known.settlements, strict=True))
        for street in known.streets:
            drafted = draft.street(keys[street.settlement], street.name)
            drafted.houses.update(street.houses)
            drafted.point = street.point
        return draft

    def settlement(self, name: str, kind: str, municipality: str, part_of: str = "") -> tuple[str, str]:
        key = (plain(name), municipality)
        known = self.settlements.get(key)
        if known is None:
            self.settlements[key] = Settlement(name, kind, municipality, part_of=part_of)
        elif (kind and not known.kind) or part_of:
            self.settlements[key] = Settlement(
                known.name, known.kind or kind, municipality, known.point, known.population, known.part_of or part_of
            )
        return key

    def street(self, settlement: tuple[str, str], name: StreetName) -> DraftStreet:
        return self.streets[settlement].setdefault((name.kind, name.key), DraftStreet(name))

    def municipality(self, first_word: str) -> str:
        """The municipality whose name begins with the word; empty when none does."""
        word = plain(first_word)
        return next((name for name in self.areas.names if plain(name).split()[0] == word), "")
