"""Importing an OpenStreetMap extract: borders, settlements, streets and houses out of one file."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import osmium
import pytest

from models.pack import RegionPack
from nlp.places import Gazetteer, PlaceFinder
from nlp.places.imports import SourceError, import_osm
from nlp.words import words_of
from otklik.commands.root import run_command_line

MUNICIPALITIES = [
    {"name": "Город г.о.", "aliases": ["Город"]},
    {"name": "Северский район", "aliases": ["Северский"]},
]


class Extract:
    """Writes a small extract; nodes first, then ways, then relations, as the format wants them."""

    def __init__(self, path: Path) -> None:
        self.nodes: list[Any] = []
        self.ways: list[Any] = []
        self.relations: list[Any] = []
        self.path = path

    def node(self, latitude: float, longitude: float, **tags: str) -> int:
        number = len(self.nodes) + 1
        node = osmium.osm.mutable.Node(id=number, location=(longitude, latitude), tags=_tags(tags))
        self.nodes.append(node)
        return number

    def way(self, nodes: list[int], **tags: str) -> int:
        number = len(self.ways) + 1
        self.ways.append(osmium.osm.mutable.Way(id=number, nodes=nodes, tags=_tags(tags)))
        return number

    def relation(self, members: list[tuple[str, int, str]], **tags: str) -> None:
        number = len(self.relations) + 1
        self.relations.append(osmium.osm.mutable.Relation(id=number, members=members, tags=_tags(tags)))

    def square(self, south: float, west: float, size: float, **tags: str) -> int:
        corners = [(south, west), (south, west + size), (south + size, west + size), (south + size, west)]
        nodes = [self.node(*corner) for corner in corners]
        return self.way([*nodes, nodes[0]], **tags)

    def write(self) -> Path:
        writer = osmium.SimpleWriter(str(self.path), overwrite=True)
        for node in self.nodes:
            writer.add_node(node)
        for way in self.ways:
            writer.add_way(way)
        for relation in self.relations:
            writer.add_relation(relation)
        writer.close()
        return self.path


def _tags(tags: dict[str, str]) -> dict[str, str]:
    """`addr_street` for «addr:street»."""
    return {name.replace("addr_", "addr:"): value for name, value in tags.items()}


def address(street: str, number: str, **more: str) -> dict[str, str]:
    return {"addr_street": street, "addr_housenumber": number, **more}


@pytest.fixture
def pack(tmp_path: Path) -> RegionPack:
    folder = tmp_path / "far"
    folder.mkdir()
    about = {"id": "far", "name": "Дальняя область", "municipalities": MUNICIPALITIES}
    (folder / "region.json").write_text(json.dumps(about), encoding="utf-8")
    return RegionPack(folder)


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    """A town with a hole of another region's land in its district, a village, and everything that can be wrong."""
    osm = Extract(tmp_path / "far.osm.pbf")
    border = {"type": "boundary", "boundary": "administrative", "admin_level": "6"}
    city, hole = osm.square(55.0, 73.0, 0.5), osm.square(55.4, 73.4, 0.05)
    osm.relation([("w", city, "outer"), ("w", hole, "inner")], name="городской округ Город", **border)
    osm.relation([("w", osm.square(56.0, 73.0, 1.0), "outer")], name="Северский муниципальный район", **border)
    osm.relation([("w", osm.square(57.0, 73.0, 1.0), "outer")], name="Соседний район", **border)
    osm.relation([("w", 4_000_000, "outer")], name="Рваный район", **border)
    osm.node(55.2, 73.2, place="city", name="Город", population="500 000")
    osm.node(55.21, 73.25, place="suburb", name="Заречье")
    osm.node(56.5, 73.5, place="village", name="Дальнее", official_status="ru:село")
    osm.node(57.5, 73.5, place="village", name="Чужое")
    osm.node(55.42, 73.42, place="village", name="Анклав")
    near = [osm.node(55.200 + step / 1000, 73.200) for step in range(3)]
    osm.way(near, highway="residential", name="улица Мира")
    osm.way([9_000_001, 9_000_002], highway="residential", name="Безузловая улица")
    osm.way([osm.node(57.6, 73.5), osm.node(57.61, 73.5)], highway="residential", name="Чужая улица")
    for number in range(1, 6):
        osm.node(55.200 + number / 2000, 73.2005, **address("улица Мира", str(number)))
    osm.square(55.203, 73.200, 0.0004, building="yes", **address("улица Мира", "12 корп. 2"))
    ring = osm.square(55.204, 73.200, 0.0006)
    yard = osm.square(55.2042, 73.2002, 0.0001)
    building = {"type": "multipolygon", "building": "yes", **address("улица Мира", "14А")}
    osm.relation([("w", ring, "outer"), ("w", yard, "inner")], **building)
    member = osm.node(55.2, 73.21, addr_housenumber="3")
    osm.relation([("n", member, "house")], type="associatedStreet", name="2-я Садовая улица")
    osm.node(55.25, 73.25, addr_place="11-й микрорайон", addr_housenumber="7")
    osm.node(56.501, 73.501, **address("Новая улица", "1а", addr_city="Дальнее"))
    osm.node(56.502, 73.502, addr_place="Дальнее", addr_housenumber="5")
    osm.node(55.3, 73.3, **address("Новая улица", "2", addr_city="Дальнее"))
    osm.node(55.2, 73.22, **address("улица Мира", "вход со двора"))
    osm.node(57.5, 73.5, **address("улица Мира", "1"))
    osm.node(55.27, 73.2, **address("улица Мира", "99"))
    return osm.write()


def listed(pack: RegionPack) -> dict[tuple[str, str], str]:
    return {(row["settlement"], row["street"]): row["houses"] for row in pack.rows("houses.csv")}


def test_one_file_gives_borders_settlements_streets_and_houses(pack: RegionPack, extract: Path) -> None:
    report = import_osm(extract, pack)
    assert (report.municipalities, report.settlements, report.streets, report.houses) == (2, 3, 4, 12)
    areas = {each["properties"]["municipality"]: each for each in pack.json("municipalities.geojson")["features"]}
    assert set(areas) == {"Город г.о.", "Северский район"}
    towns = [
        (row["settlement"], row["kind"], row["municipality"], row["part_of"]) for row in pack.rows("settlements.csv")
    ]
    assert towns == [
        ("Город", "город", "Город г.о.", ""),
        ("Дальнее", "село", "Северский район", ""),
        ("Заречье", "микрорайон", "Город г.о.", "Город"),
    ]
    houses = listed(pack)
    assert houses["Город", "2-я Садовая улица"] == "3@55.20000 73.21000"
    assert houses["Город", "11-й микрорайон"] == "7@55.25000 73.25000"
    assert houses["Дальнее", "Новая улица"] == "1а@56.50100 73.50100;2"
    numbers = [item.partition("@")[0] for item in houses["Город", "улица Мира"].split(";")]
    assert numbers == ["1", "2", "3", "4", "5", "12к2", "14а", "99"]


def test_every_point_is_checked_and_the_rejected_are_told_with_reasons(
    pack: RegionPack, extract: Path, tmp_path: Path
) -> None:
    report = import_osm(extract, pack, tmp_path / "rejects.csv")
    assert report.rejects.counts() == {
        "outside every municipality of the region": 4,
        "the geometry cannot be read": 2,
        "a border that region.json does not name": 1,
        "a house without a street": 1,
        "no house number that can be read": 1,
        "outside the municipality named in the address": 1,
        "far from the other houses of the street": 1,
    }
    with (tmp_path / "rejects.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 11
    assert {row["source"].split()[0] for row in rows} == {"node", "way", "relation"}
    moved = next(row for row in rows if row["reason"].startswith("outside the municipality"))
    assert (moved["settlement"], moved["street"], moved["house"], moved["latitude"]) == (
        "Дальнее",
        "Новая улица",
        "2",
        "55.3",
    )


def test_the_finder_reads_what_was_imported(pack: RegionPack, extract: Path) -> None:
    import_osm(extract, pack)
    text = "На ул. Мира 12к2 темно"
    (place,) = PlaceFinder(Gazetteer.of_pack(pack)).find(text, words_of(text), {})
    assert (place.settlement, place.municipality, place.house_known) == ("Город", "Город г.о.", True)
    assert place.latitude == pytest.approx(55.2032, abs=1e-4)
    assert place.h3


def test_the_same_extract_twice_adds_nothing(pack: RegionPack, extract: Path) -> None:
    import_osm(extract, pack)
    before = {path.name: path.read_bytes() for path in pack.folder.iterdir()}
    report = import_osm(extract, RegionPack(pack.folder))
    assert (report.settlements, report.streets, report.houses) == (0, 0, 0)
    assert {path.name: path.read_bytes() for path in pack.folder.iterdir()} == before


def test_a_file_that_is_no_extract_is_one_clear_error_and_the_pack_is_left_alone(
    pack: RegionPack, extract: Path, tmp_path: Path
) -> None:
    import_osm(extract, pack)
    before = {path.name: path.read_bytes() for path in pack.folder.iterdir()}
    broken = tmp_path / "broken.osm.pbf"
    broken.write_bytes(extract.read_bytes()[:200])
    text = tmp_path / "text.osm.pbf"
    text.write_text("это не карта", encoding="utf-8")
    for path in (broken, text):
        with pytest.raises(SourceError, match=path.name):
            import_osm(path, RegionPack(pack.folder))
    with pytest.raises(SourceError, match="cannot be written"):
        import_osm(extract, RegionPack(pack.folder), tmp_path)
    assert {path.name: path.read_bytes() for path in pack.folder.iterdir()} == before


def test_an_extract_without_borders_needs_a_pack_that_has_them(pack: RegionPack, tmp_path: Path) -> None:
    osm = Extract(tmp_path / "points.osm.pbf")
    osm.node(55.2, 73.2, place="city", name="Город")
    with pytest.raises(SourceError, match="admin_level 6"):
        import_osm(osm.write(), pack)


def test_the_command_tells_what_it_did(pack: RegionPack, extract: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["region", "import-osm", str(extract), "--region", str(pack.folder)]) == 0
    printed = capsys.readouterr().out
    assert "added: 3 settlements, 4 streets, 12 houses" in printed
    assert "outside every municipality of the region" in printed
    assert extract.with_name(extract.name + ".rejected.csv").is_file()
