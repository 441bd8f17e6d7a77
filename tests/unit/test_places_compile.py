"""Compiling a pack's geography: which points are believed, and what the pack then knows."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from models.pack import RegionPack
from nlp.places import Gazetteer, PlaceFinder
from nlp.places.imports import CompileReport, SourceError, Sources, compile_geography
from nlp.places.imports.geonames import russian_name
from nlp.words import words_of

MOSCOW = (55.76, 37.64)


def write_csv(path: Path, header: str, rows: list[str]) -> Path:
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def square(west: float, south: float, east: float, north: float) -> list[list[list[float]]]:
    return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]


def sources(folder: Path, houses: list[str]) -> Sources:
    features = [
        {"type": "Feature", "properties": {"district": name}, "geometry": {"type": "Polygon", "coordinates": shape}}
        for name, shape in [("Город", square(73, 55, 74, 55.5)), ("Северский район", square(73, 56, 75, 57))]
    ]
    borders = folder / "districts.geojson"
    borders.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    settlements = write_csv(
        folder / "settlements.csv",
        "name_latin,names_cyrillic,lat,lon,population,region",
        ["Gorod,Город|Горад,55.2,73.5,500000,Дальняя обл", "Perm,Пермь|Перм,58.0,56.2,900000,Пермский край"],
    )
    registry = write_csv(folder / "houses.csv", "lat,lon,address", houses)
    return Sources("Дальняя область", borders, settlements, registry, rejects=folder / "rejects.csv")


def house(point: tuple[float, float], address: str) -> str:
    return f'{point[0]},{point[1]},"обл. Дальняя, {address}"'


@pytest.fixture
def compiled(tmp_path: Path) -> tuple[Path, CompileReport]:
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "region.json").write_text(
        json.dumps(
            {"id": "far", "name": "Дальняя область", "municipalities": [{"name": "Город г.о.", "aliases": ["Город"]}]}
        ),
        encoding="utf-8",
    )
    rows = [house((55.2 + i / 1000, 73.5), f"г. Город, ул. Садовая 2-я, д. {i}") for i in range(1, 7)]
    rows += [house((55.25, 73.6), "г. Город, ул. Садовая 2-я, д. 70")]  # far from its street
    rows += [house(MOSCOW, f"г. Город, ул. Ленина, д. {i}") for i in range(1, 9)]  # many at one point
    rows += [house((56.5, 74.0), "г. Город, пр-кт. Мира, д. 1, к. 2")]  # in another district
    rows += [house((56.5 + i / 1000, 74.0), f"р-н. Северский, с. Дальнее, ул. Новая, д. {i}А") for i in range(1, 4)]
    rows += [house((56.9, 74.9), "р-н. Северский, с. Дальнее, ул. Новая, д. 9")]  # far from its village
    return pack, compile_geography(sources(tmp_path, rows), pack)


def test_points_that_cannot_be_right_are_rejected_with_a_reason(compiled: tuple[Path, CompileReport]) -> None:
    pack, report = compiled
    assert report.points_believed == 9
    assert sorted(report.points_rejected.items()) == [
        ("far from the other houses of the street", 1),
        ("far from the settlement named in the address", 1),
        ("more than 4 addresses at one point", 8),
        ("outside the municipality named in the address", 1),
    ]
    with (pack.parent / "rejects.csv").open(encoding="utf-8") as file:
        assert sum(1 for _ in csv.DictReader(file)) == 11


def test_addresses_are_kept_even_where_their_points_are_not(compiled: tuple[Path, CompileReport]) -> None:
    pack, report = compiled
    assert report.houses == 6 + 1 + 8 + 1 + 3 + 1
    rows = {row["street"]: row["houses"] for row in RegionPack(pack).rows("houses.csv")}
    assert rows["улица Ленина"] == "1;2;3;4;5;6;7;8"
    assert rows["проспект Мира"] == "1к2"
    assert rows["2-я Садовая улица"].startswith("1@55.20100 73.50000;2@")


def test_the_finder_reads_the_compiled_pack(compiled: tuple[Path, CompileReport]) -> None:
    finder = PlaceFinder(Gazetteer.of_pack(RegionPack(compiled[0])))
    text = "На 2 Садовой, дом 3, темно"
    (place,) = finder.find(text, words_of(text), {})
    assert (place.settlement, place.municipality, place.house_known) == ("Город", "Город г.о.", True)
    assert (place.latitude, place.longitude) == (55.203, 73.5)
    text = "село Дальнее, ул Новая 2а"
    (place,) = finder.find(text, words_of(text), {})
    assert (place.settlement, place.municipality, place.house) == ("Дальнее", "Северский район", "2а")


def test_a_source_without_its_columns_is_named_and_the_pack_is_left_alone(tmp_path: Path) -> None:
    good = sources(tmp_path, [])
    bad = write_csv(tmp_path / "bad.csv", "address", ['"обл. Дальняя, г. Город, ул. Мира, д. 1"'])
    pack = tmp_path / "pack"
    with pytest.raises(SourceError, match="lat"):
        compile_geography(Sources(good.region, good.municipalities, good.settlements, bad), pack)
    assert not pack.exists()


def test_of_names_in_many_languages_the_russian_one_is_taken() -> None:
    assert russian_name("Omsk", ["Омбы", "Омва", "Омск", "Омськ", "Омьскъ"]) == "Омск"
    assert russian_name("Perm", ["Перм", "Пермь"]) == "Пермь"
    assert russian_name("Bol’shiye Uki", ["Бол.Уки", "Большие Уки"]) == "Большие Уки"
