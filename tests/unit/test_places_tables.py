"""Importing a table of houses and a map of districts: what is believed, what is told, what is left alone."""

from __future__ import annotations

import csv
import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from models.pack import REGIONS, RegionPack
from nlp.places.imports import SourceError, import_districts, import_houses
from otklik.commands.root import run_command_line
from otklik.pack_check import check_pack

SETTLEMENTS = """settlement,kind,municipality,latitude,longitude,population,part_of
Город,город,Город г.о.,55.20000,73.20000,500000,
Дальнее,село,Северский район,56.50000,73.50000,900,
Новое,село,Город г.о.,55.40000,73.40000,,
Новое,село,Северский район,56.10000,73.10000,,
"""
STREETS = """settlement,municipality,street,kind,latitude,longitude,houses
Город,Город г.о.,улица Мира,улица,55.20000,73.20000,1
Дальнее,Северский район,Новая улица,улица,56.50100,73.50100,1
"""
HOUSES = """settlement,municipality,street,houses
Город,Город г.о.,улица Мира,1@55.20000 73.20000
Дальнее,Северский район,Новая улица,1@56.50100 73.50100
"""
TABLE = """settlement,municipality,street,house,latitude,longitude
Город,,ул. Мира,3,55.2001,73.2001
Город,,ул. Мира,5 корп. 2,,
г. Город,Город,пр. Мира,7,55.9,73.9
село Дальнее,,Новая улица,2А,56.5005,73.5005
Дальнее,,Новая улица,4,55.2,73.2
Новое,,Садовая,1,56.1001,73.1001
Новое,,Садовая,2,,
Нигдешнее,,Мира,1,55.2,73.2
Город,,ул. Мира,во дворе,55.2,73.2
"""


def square(name: str, south: float, west: float, size: float) -> dict[str, object]:
    ring = [[west, south], [west + size, south], [west + size, south + size], [west, south + size], [west, south]]
    return {
        "type": "Feature",
        "properties": {"municipality": name},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def geojson(*features: dict[str, object]) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


@pytest.fixture
def pack(tmp_path: Path) -> RegionPack:
    folder = tmp_path / "far"
    folder.mkdir()
    municipalities = [{"name": "Город г.о.", "aliases": ["Город"]}, {"name": "Северский район", "aliases": []}]
    files = {
        "region.json": json.dumps({"id": "far", "name": "Дальняя область", "municipalities": municipalities}),
        "municipalities.geojson": geojson(square("Город г.о.", 55.0, 73.0, 0.5), square("Северский район", 56, 73, 1)),
        "settlements.csv": SETTLEMENTS,
        "streets.csv": STREETS,
        "houses.csv": HOUSES,
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return RegionPack(folder)


def houses(pack: RegionPack) -> dict[tuple[str, str, str], str]:
    return {(row["settlement"], row["municipality"], row["street"]): row["houses"] for row in pack.rows("houses.csv")}


def test_a_table_of_houses_adds_addresses_and_the_points_that_can_be_right(pack: RegionPack, tmp_path: Path) -> None:
    table = tmp_path / "houses.csv"
    table.write_text(TABLE, encoding="utf-8")
    report = import_houses(table, pack, tmp_path / "rejects.csv")
    assert (report.settlements, report.streets, report.houses, report.points_believed) == (0, 2, 6, 3)
    assert report.rejects.counts() == {
        "outside the municipality named in the address": 2,
        "a settlement or municipality that the pack does not have": 2,
        "no house number that can be read": 1,
    }
    assert houses(pack) == {
        ("Город", "Город г.о.", "проспект Мира"): "7",
        ("Город", "Город г.о.", "улица Мира"): "1@55.20000 73.20000;3@55.20010 73.20010;5к2",
        ("Дальнее", "Северский район", "Новая улица"): "1@56.50100 73.50100;2а@56.50050 73.50050;4",
        ("Новое", "Северский район", "Садовая"): "1@56.10010 73.10010",
    }
    with (tmp_path / "rejects.csv").open(encoding="utf-8") as file:
        assert {row["source"] for row in csv.DictReader(file)} == {f"line {line}" for line in (4, 6, 8, 9, 10)}


def test_a_registry_is_read_by_the_same_command(pack: RegionPack, tmp_path: Path) -> None:
    table = tmp_path / "registry.csv"
    address = "обл. Дальняя, г. Город, ул. Мира, д. 9, к. 2"
    table.write_text(f'lat,lon,address\n55.2002,73.2002,"{address}"\n', encoding="utf-8")
    assert import_houses(table, pack).houses == 1
    assert houses(pack)["Город", "Город г.о.", "улица Мира"].endswith(";9к2@55.20020 73.20020")


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        ("settlement,house\nГород,1\n", "no column street"),
        ("settlement,street,house,lat,lon\nГород,Мира,1,north,73\n", "north"),
        ("lat,address\n55,x\n", "lon"),
    ],
)
def test_a_table_that_cannot_be_read_leaves_the_pack_alone(
    pack: RegionPack, tmp_path: Path, table: str, complaint: str
) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(table, encoding="utf-8")
    before = {file.name: file.read_bytes() for file in pack.folder.iterdir()}
    with pytest.raises(SourceError, match=complaint):
        import_houses(path, pack)
    assert {file.name: file.read_bytes() for file in pack.folder.iterdir()} == before


def test_new_borders_take_the_place_of_old_ones_and_points_outside_them_are_dropped(
    pack: RegionPack, tmp_path: Path
) -> None:
    path = tmp_path / "districts.geojson"
    moved = square("городской округ Город", 55.0, 73.0, 0.3)
    path.write_text(geojson(moved, square("Чужой район", 57, 73, 1)), encoding="utf-8")
    report = import_districts(path, pack, tmp_path / "rejects.csv")
    assert report.municipalities == 1
    assert report.rejects.counts() == {
        "a border that region.json does not name": 1,
        "outside the new border of its municipality": 1,
    }
    drawn = {each["properties"]["municipality"]: each for each in pack.json("municipalities.geojson")["features"]}
    assert set(drawn) == {"Город г.о.", "Северский район"}
    assert [55.3 in corner for corner in drawn["Город г.о."]["geometry"]["coordinates"][0]].count(True) == 2
    points = {(row["settlement"], row["municipality"]): row["latitude"] for row in pack.rows("settlements.csv")}
    assert points["Новое", "Город г.о."] == ""
    assert points["Город", "Город г.о."] == "55.20000"


def test_the_commands_tell_what_they_did(pack: RegionPack, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "houses.csv"
    table.write_text(TABLE, encoding="utf-8")
    assert run_command_line(["region", "import-houses", str(table), "--region", str(pack.folder)]) == 0
    printed = capsys.readouterr().out
    assert "added: 0 settlements, 2 streets, 6 houses" in printed
    assert "houses.csv.rejected.csv" in printed
    broken = tmp_path / "broken.geojson"
    broken.write_text("{", encoding="utf-8")
    assert run_command_line(["region", "import-districts", str(broken), "--region", str(pack.folder)]) == 1
    assert "left as it was" in capsys.readouterr().err.replace("\n", " ")


def test_the_check_of_a_pack_finds_a_point_outside_its_municipality(tmp_path: Path) -> None:
    folder = tmp_path / "omsk"
    shutil.copytree(REGIONS / "omsk", folder, ignore=shutil.ignore_patterns("model", "annotation"))
    (folder / "model").mkdir()
    settlements = folder / "settlements.csv"
    lines = settlements.read_text(encoding="utf-8").splitlines()
    fields = lines[1].split(",")
    lines[1] = ",".join([*fields[:3], "55.75000", "37.62000", *fields[5:]])
    settlements.write_text("\n".join([*lines, ""]), encoding="utf-8")
    found = [str(finding) for finding in check_pack(RegionPack(folder), date(2026, 11, 21))]
    assert len(found) == 1
    assert "outside 'Омск г.о.'" in found[0]
