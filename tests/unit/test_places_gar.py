"""Importing the state address register: actual records only, parents from the municipal hierarchy."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from models.pack import RegionPack
from nlp.places.imports import SourceError, import_gar
from nlp.places.imports.draft import Draft
from nlp.places.imports.write import write_pack

ADDRESSES = """<ADDRESSOBJECTS>
<OBJECT OBJECTID="2" NAME="Северский" TYPENAME="м.р-н" LEVEL="3" ISACTUAL="1" ISACTIVE="1" />
<OBJECT OBJECTID="3" NAME="Дальнее" TYPENAME="с." LEVEL="6" ISACTUAL="1" ISACTIVE="1" />
<OBJECT OBJECTID="4" NAME="Старая" TYPENAME="ул" LEVEL="8" ISACTUAL="0" ISACTIVE="0" />
<OBJECT OBJECTID="4" NAME="Новая" TYPENAME="ул" LEVEL="8" ISACTUAL="1" ISACTIVE="1" />
<OBJECT OBJECTID="5" NAME="Воровского 2-й" TYPENAME="пер" LEVEL="8" ISACTUAL="1" ISACTIVE="1" />
<OBJECT OBJECTID="6" NAME="Чужая" TYPENAME="ул" LEVEL="8" ISACTUAL="1" ISACTIVE="1" />
<OBJECT OBJECTID="7" NAME="Ничья" TYPENAME="ул" LEVEL="8" ISACTUAL="1" ISACTIVE="1" />
<OBJECT OBJECTID="8" NAME="Соседский" TYPENAME="м.р-н" LEVEL="3" ISACTUAL="1" ISACTIVE="1" />
<OBJECT OBJECTID="9" NAME="Соседнее" TYPENAME="с." LEVEL="6" ISACTUAL="1" ISACTIVE="1" />
</ADDRESSOBJECTS>"""
HOUSES = """<HOUSES>
<HOUSE OBJECTID="20" HOUSENUM="19" ADDNUM1="2" ADDTYPE1="1" ISACTUAL="1" ISACTIVE="1" />
<HOUSE OBJECTID="21" HOUSENUM="7А" ISACTUAL="1" ISACTIVE="1" />
<HOUSE OBJECTID="22" HOUSENUM="8" ISACTUAL="0" ISACTIVE="0" />
<HOUSE OBJECTID="23" HOUSENUM="9" ADDNUM1="3" ADDTYPE1="2" ISACTUAL="1" ISACTIVE="1" />
</HOUSES>"""
HIERARCHY = """<ITEMS>
<ITEM OBJECTID="3" PATH="1.2.3" ISACTIVE="1" />
<ITEM OBJECTID="4" PATH="1.2.3.4" ISACTIVE="1" />
<ITEM OBJECTID="5" PATH="1.2.3.5" ISACTIVE="1" />
<ITEM OBJECTID="6" PATH="1.8.9.6" ISACTIVE="1" />
<ITEM OBJECTID="7" PATH="1.2.3.7" ISACTIVE="0" />
<ITEM OBJECTID="20" PATH="1.2.3.4.20" ISACTIVE="1" />
<ITEM OBJECTID="21" PATH="1.2.3.4.21" ISACTIVE="1" />
<ITEM OBJECTID="22" PATH="1.2.3.4.22" ISACTIVE="1" />
<ITEM OBJECTID="23" PATH="1.2.3.5.23" ISACTIVE="1" />
</ITEMS>"""
SQUARE = [[[73.0, 56.0], [75.0, 56.0], [75.0, 57.0], [73.0, 57.0], [73.0, 56.0]]]


@pytest.fixture
def pack(tmp_path: Path) -> RegionPack:
    folder = tmp_path / "pack"
    folder.mkdir()
    (folder / "region.json").write_text('{"id": "far", "name": "Дальняя область"}', encoding="utf-8")
    area = {"type": "Polygon", "coordinates": SQUARE}
    feature = {"type": "Feature", "properties": {"municipality": "Северский район"}, "geometry": area}
    borders = {"type": "FeatureCollection", "features": [feature]}
    (folder / "municipalities.geojson").write_text(json.dumps(borders), encoding="utf-8")
    where = "Дальнее,Северский район,Новая улица"
    lines = {
        "settlements.csv": (
            "settlement,kind,municipality,latitude,longitude,population,part_of",
            "Дальнее,,Северский район,56.50000,74.00000,900,",
        ),
        "streets.csv": (
            "settlement,municipality,street,kind,latitude,longitude,houses",
            f"{where},улица,56.51000,74.01000,1",
        ),
        "houses.csv": ("settlement,municipality,street,houses", f"{where},1@56.51000 74.01000"),
    }
    for name, text in lines.items():
        (folder / name).write_text("\n".join([*text, ""]), encoding="utf-8")
    return RegionPack(folder)


@pytest.fixture
def register(tmp_path: Path) -> Path:
    folder = tmp_path / "72"
    folder.mkdir()
    for table, text in [("AS_ADDR_OBJ", ADDRESSES), ("AS_HOUSES", HOUSES), ("AS_MUN_HIERARCHY", HIERARCHY)]:
        (folder / f"{table}_20230710_x.XML").write_text("\ufeff" + text, encoding="utf-8")
    (folder / "AS_ADDR_OBJ_DIVISION_20230710_x.XML").write_text("<broken", encoding="utf-8")
    return folder


def test_the_register_adds_to_what_the_pack_knows(pack: RegionPack, register: Path) -> None:
    report = import_gar(register, pack)
    assert (report.settlements, report.streets, report.houses) == (0, 1, 3)
    streets = {row["street"]: row for row in pack.rows("streets.csv")}
    assert set(streets) == {"Новая улица", "2-й переулок Воровского"}
    assert streets["Новая улица"]["latitude"] == "56.51000"
    houses = {row["street"]: row["houses"] for row in pack.rows("houses.csv")}
    assert houses == {"Новая улица": "1@56.51000 74.01000;7а;19к2", "2-й переулок Воровского": "9с3"}
    assert [row["kind"] for row in pack.rows("settlements.csv")] == ["село"]


def test_what_is_left_out_is_counted_and_told(pack: RegionPack, register: Path, tmp_path: Path) -> None:
    report = import_gar(register, pack, tmp_path / "rejects.csv")
    assert report.without_parent == 4  # districts 2 and 8, settlement 9, and the street without an active parent
    assert report.outside == 1
    told = (tmp_path / "rejects.csv").read_text(encoding="utf-8").splitlines()
    assert told[1:] == [
        "no place in AS_MUN_HIERARCHY,,м.р-н Северский,,,,object 2",
        "no place in AS_MUN_HIERARCHY,,ул Ничья,,,,object 7",
        "no place in AS_MUN_HIERARCHY,,м.р-н Соседский,,,,object 8",
        "no place in AS_MUN_HIERARCHY,,с. Соседнее,,,,object 9",
        "a district that the pack does not have,Соседнее,Чужая,,,,object 6",
    ]


def test_the_same_register_twice_adds_nothing(pack: RegionPack, register: Path) -> None:
    import_gar(register, pack)
    first = (pack.folder / "houses.csv").read_text(encoding="utf-8")
    report = import_gar(register, pack)
    assert (report.settlements, report.streets, report.houses) == (0, 0, 0)
    assert (pack.folder / "houses.csv").read_text(encoding="utf-8") == first


@pytest.mark.parametrize(
    "broken",
    ["<ITEMS><ITEM", '<!DOCTYPE a [<!ENTITY b "c">]><ITEMS>&b;</ITEMS>', "<ITEMS><ITEM ISACTIVE='1'/></ITEMS>"],
)
def test_a_broken_register_is_one_clear_error_and_the_pack_is_left_alone(
    pack: RegionPack, register: Path, broken: str
) -> None:
    before = (pack.folder / "houses.csv").read_text(encoding="utf-8")
    (register / "AS_MUN_HIERARCHY_20230710_x.XML").write_text(broken, encoding="utf-8")
    with pytest.raises(SourceError):
        import_gar(register, pack)
    assert (pack.folder / "houses.csv").read_text(encoding="utf-8") == before


def test_a_missing_table_is_named(pack: RegionPack, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="AS_ADDR_OBJ"):
        import_gar(tmp_path, pack)


def test_a_pack_read_and_written_again_stays_the_same(tmp_path: Path, pack: RegionPack) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    write_pack(Draft.of_pack(pack), copy)
    for name in ("settlements.csv", "streets.csv", "houses.csv"):
        assert (copy / name).read_text(encoding="utf-8") == (pack.folder / name).read_text(encoding="utf-8")
