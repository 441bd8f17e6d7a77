"""`otklik region check` finds what is wrong among executors and in the decision table, by file and line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from models.pack import REGIONS, RegionPack
from routing.check import findings


@pytest.fixture
def pack(tmp_path: Path) -> RegionPack:
    """A copy of Omsk's tables that may be broken."""
    shutil.copytree(REGIONS / "omsk", tmp_path / "omsk", ignore=shutil.ignore_patterns("model", "annotation"))
    return RegionPack(tmp_path / "omsk")


def lines_of(pack: RegionPack, file: str) -> int:
    return len(pack.path(file).read_text(encoding="utf-8").splitlines())


def with_line(pack: RegionPack, file: str, line: str) -> list[str]:
    """What the check says after a line was added to a file."""
    with pack.path(file).open("a", encoding="utf-8") as added:
        added.write(line + "\n")
    return [str(finding) for finding in findings(pack)]


def test_the_pack_as_it_stands_has_no_fault(pack: RegionPack) -> None:
    assert list(findings(pack)) == []


def test_two_rows_for_one_property_are_a_tie_and_two_properties_are_none(pack: RegionPack) -> None:
    told = with_line(pack, "competence.csv", "05,Дороги,*,min-transport,yes,закон,дорога федеральная")
    assert len(told) == 1 and "a tie" in told[0] and "дорога федеральная" in told[0]


def test_rows_of_different_days_are_no_tie(pack: RegionPack) -> None:
    path = pack.path("competence.csv")
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    rows = [row + (",,2026-06-30" if "федеральная" in row else ",,") for row in rows]
    rows.append("05,Дороги,*,min-transport,yes,закон,дорога федеральная,2026-07-01,")
    path.write_text("\n".join([header + ",valid_from,valid_to", *rows]) + "\n", encoding="utf-8")
    assert list(findings(pack)) == []


def test_a_unit_may_share_a_topic_with_its_body_but_not_with_another_unit_of_it(pack: RegionPack) -> None:
    told = with_line(pack, "competence.csv", "12,Общественный транспорт,*,omsk-city-roads,yes,положение,")
    assert len(told) == 1 and "a tie" in told[0] and told[0].startswith("competence.csv:")


def test_a_property_that_nothing_can_have_is_found(pack: RegionPack) -> None:
    told = with_line(pack, "competence.csv", "05,Дороги,*,min-transport,yes,закон,дорога лесная")
    assert told and "gives nothing the property 'дорога лесная'" in told[0]


def test_a_school_by_number_needs_no_list(pack: RegionPack) -> None:
    assert with_line(pack, "competence.csv", "10,Образование,*,min-education,no,учредитель,школа № 25") == []


def test_a_person_without_a_body_and_a_deputy_who_is_no_person_are_found(pack: RegionPack) -> None:
    line = lines_of(pack, "persons.csv") + 1
    told = with_line(pack, "persons.csv", "p-lost,person,Потеряев Пример Примерович,nowhere,,omsk-city,")
    assert told == [
        f"persons.csv:{line}: parent 'nowhere' is no body or unit here",
        f"persons.csv:{line}: deputy 'omsk-city' is no other person here",
    ]


def test_units_that_belong_to_each_other_are_found(pack: RegionPack) -> None:
    pack.path("units.csv").write_text(
        "code,kind,name,parent\none,unit,Первое,two\ntwo,unit,Второе,one\n", encoding="utf-8"
    )
    told = [finding.message for finding in findings(pack) if finding.file == "units.csv"]
    assert told == ["its parents lead to no body"] * 2


def test_an_absence_of_nobody_and_a_day_that_is_none_are_found(pack: RegionPack) -> None:
    pack.path("absences.csv").write_text(
        "person,first_day,last_day,deputy,reason\nnobody,2026-03-01,2026-03-05,,отпуск\np-roads-1,март,2026-03-05,,\n",
        encoding="utf-8",
    )
    told = [str(finding) for finding in findings(pack)]
    assert len(told) == 2 and "'nobody' is no person here" in told[1] and "absences.csv:3" in told[0]


def test_a_misspelt_column_is_told_with_those_that_are_known(pack: RegionPack) -> None:
    path = pack.path("persons.csv")
    path.write_text(path.read_text(encoding="utf-8").replace("capacity", "capasity", 1), encoding="utf-8")
    told = [str(finding) for finding in findings(pack)]
    assert len(told) == 1 and "unknown column 'capasity'" in told[0] and "capacity" in told[0]
