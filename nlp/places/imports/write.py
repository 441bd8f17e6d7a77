"""Write a draft geography as the files of a region pack."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from nlp.places.imports.draft import Draft, DraftStreet
from nlp.places.imports.points import middle
from nlp.places.records import Point, write_house


def write_pack(draft: Draft, folder: Path) -> None:
    """Write settlements.csv, streets.csv and houses.csv: the largest settlements first, streets by name."""
    order = sorted(draft.settlements, key=lambda key: (-draft.settlements[key].population, key))
    streets = {key: sorted(draft.streets[key].values(), key=lambda street: street.name.official) for key in order}
    with (folder / "settlements.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["settlement", "kind", "municipality", "latitude", "longitude", "population", "part_of"])
        for key in order:
            place = draft.settlements[key]
            point = place.point or _middle_of(streets[key])
            writer.writerow(
                [place.name, place.kind, place.municipality, *_columns(point), place.population or "", place.part_of]
            )
    with (
        (folder / "streets.csv").open("w", encoding="utf-8", newline="") as street_file,
        (folder / "houses.csv").open("w", encoding="utf-8", newline="") as house_file,
    ):
        street_rows, house_rows = (
            csv.writer(street_file, lineterminator="\n"),
            csv.writer(house_file, lineterminator="\n"),
        )
        street_rows.writerow(["settlement", "municipality", "street", "kind", "latitude", "longitude", "houses"])
        house_rows.writerow(["settlement", "municipality", "street", "houses"])
        for key in order:
            place = draft.settlements[key]
            for street in streets[key]:
                where = [place.name, place.municipality, street.name.official]
                street_rows.writerow(
                    [*where, street.name.kind, *_columns(_middle_of([street])), len(street.houses) or ""]
                )
                if street.houses:
                    items = sorted(street.houses.items(), key=lambda item: _house_order(item[0]))
                    house_rows.writerow([*where, ";".join(write_house(*item) for item in items)])


def _middle_of(streets: Sequence[DraftStreet]) -> Point | None:
    points = [point for street in streets for point in street.houses.values() if point is not None]
    drawn = [street.point for street in streets if street.point is not None]
    return middle(points or drawn) if points or drawn else None


def _columns(point: Point | None) -> list[str]:
    return ["", ""] if point is None else [f"{point[0]:.5f}", f"{point[1]:.5f}"]


def _house_order(number: str) -> tuple[int, str]:
    rest = number.lstrip("0123456789")
    return int(number[: len(number) - len(rest)] or 0), rest
