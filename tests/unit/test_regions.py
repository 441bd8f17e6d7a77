"""The region packs as they stand, and that `otklik region check` finds what is wrong in one."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from models.pack import REGIONS, RegionPack, load_pack, region_ids
from otklik.commands.region import app
from otklik.pack_check import check_pack

TODAY = date(2026, 11, 21)
Edit = Callable[[str], str]


@pytest.mark.parametrize("region", region_ids())
def test_nothing_is_wrong_in_a_pack_of_the_house(region: str) -> None:
    assert [str(finding) for finding in check_pack(load_pack(region), TODAY)] == []


def test_murmansk_shares_the_topics_of_omsk_and_nothing_else_is_the_same() -> None:
    omsk, murmansk = load_pack("omsk"), load_pack("murmansk")
    assert murmansk.topics == omsk.topics
    assert murmansk.zone != omsk.zone
    bodies = {row["name"] for row in omsk.rows("bodies.csv")} & {row["name"] for row in murmansk.rows("bodies.csv")}
    assert bodies == set()


def test_omsk_has_the_topics_and_groups_of_its_source() -> None:
    topics = load_pack("omsk").topics
    assert (len(topics), len({topic.group for topic in topics})) == (303, 23)


@pytest.fixture
def copy(tmp_path: Path) -> RegionPack:
    """A pack that may be broken: a copy of Omsk's tables, with a model folder that is only there."""
    folder = tmp_path / "omsk"
    shutil.copytree(REGIONS / "omsk", folder, ignore=shutil.ignore_patterns("model", "annotation"))
    (folder / "model").mkdir()
    return RegionPack(folder)


def edited(pack: RegionPack, file: str, edit: Edit) -> list[str]:
    """What the check says after the file was edited."""
    path = pack.path(file)
    before = path.read_text(encoding="utf-8")
    after = edit(before)
    assert after != before
    path.write_text(after, encoding="utf-8")
    return [str(finding) for finding in check_pack(pack, TODAY)]


def test_a_tie_is_found_with_both_lines(copy: RegionPack) -> None:
    lines = copy.path("competence.csv").read_text(encoding="utf-8").splitlines()
    told = edited(copy, "competence.csv", lambda text: text + lines[1] + "\n")
    topic = lines[1].split(",")[0]
    where = f"topic {topic!r} and municipality '*'"
    assert told == [f"competence.csv:{len(lines) + 1}: a tie: line 2 decides for {where} too"]


def test_a_body_that_is_not_there_is_found(copy: RegionPack) -> None:
    told = edited(copy, "competence.csv", lambda text: text.replace(",min-transport,", ",min-trams,", 1))
    assert len(told) == 1 and "there is no executor 'min-trams'" in told[0]


def test_a_district_without_an_administration_is_found(copy: RegionPack) -> None:
    told = edited(copy, "bodies.csv", lambda text: "".join(x for x in text.splitlines(True) if "tarsky" not in x))
    assert told == ["bodies.csv: no administration for 'Тарский район', to which the body 'own' may lead"]


def test_a_wrong_name_of_a_topic_is_found(copy: RegionPack) -> None:
    told = edited(copy, "competence.csv", lambda text: text.replace("01.012,Отлов ", "01.012,Отстрел ", 1))
    assert len(told) == 1 and "'01.012' is 'Отлов безнадзорных собак и кошек'" in told[0]


def test_a_group_under_two_numbers_is_found(copy: RegionPack) -> None:
    told = edited(copy, "topics.csv", lambda text: text.replace("20.001,ЦУР,", "20.001,ЖКХ,", 1))
    assert any(line.startswith("topics.csv:") and "group 20" in line for line in told)


def test_a_short_day_that_nobody_works_is_found(copy: RegionPack) -> None:
    told = edited(copy, "calendar.csv", lambda text: text + "2026-05-10,short_day,х,х\n")
    assert told == ["calendar.csv: 2026-05-10 is called short and is not a working day"]


def test_a_calendar_that_ends_is_found_in_time(copy: RegionPack) -> None:
    found = [str(finding) for finding in check_pack(copy, date(2027, 11, 1))]
    assert found == ["calendar.csv: the year 2028 is missing: terms in it are counted by the Labour Code alone"]
    assert check_pack(copy, date(2027, 10, 1)) == []


def test_two_terms_for_one_topic_are_found(copy: RegionPack) -> None:
    told = edited(copy, "policy.json", lambda text: text.replace('"02.032"', '"02.008"', 1))
    assert len(told) == 1 and "two rows of solve for 02.008" in told[0]


def test_a_policy_that_is_no_json_is_found(copy: RegionPack) -> None:
    told = edited(copy, "policy.json", lambda text: text[:-5])
    assert len(told) == 1 and told[0].startswith("policy.json: ")


def test_a_floor_that_hides_nobody_is_found(copy: RegionPack) -> None:
    told = edited(copy, "region.json", lambda text: text.replace("{", '{"heat_floor": 1,', 1))
    assert len(told) == 1 and "heat_floor 1" in told[0]


def test_a_ladder_without_a_breach_and_a_desk_of_nobody_are_found(copy: RegionPack) -> None:
    told = edited(copy, "escalation.json", lambda text: text.replace('"p-governor"', '"p-nobody"', 1))
    assert told == ["escalation.json: version 'omsk-1': the desk governor is 'p-nobody', no such person"]
    told = edited(copy, "escalation.json", lambda text: text.replace('"share": 1,', '"share": 0.95,', 1))
    assert len(told) == 1 and "the shares must rise up to 1" in told[0]


def test_a_piece_that_is_not_in_its_sample_is_found(copy: RegionPack) -> None:
    def edit(text: str) -> str:
        first, _, rest = text.partition("\n")
        sample = json.loads(first)
        sample["expected"]["problems"][0]["pieces"][0] += " иначе"
        return json.dumps(sample, ensure_ascii=False) + "\n" + rest

    told = edited(copy, "samples.jsonl", edit)
    assert len(told) == 1 and told[0].startswith("samples.jsonl:1: not in the text word for word")


def test_a_missing_file_and_a_missing_column_are_one_line_each(copy: RegionPack) -> None:
    copy.path("calendar.csv").unlink()
    told = edited(copy, "bodies.csv", lambda text: text.replace("short_name", "shortest_name", 1))
    assert len(told) == 2
    assert "short_name" in told[0] and "calendar.csv" in told[1]


def test_a_name_that_means_two_municipalities_is_found(copy: RegionPack) -> None:
    told = edited(copy, "region.json", lambda text: text.replace('"Азовский район"', '"Омск"', 1))
    assert told == ["region.json: 'Омск' means 'Омск г.о.' and 'Азовский немецкий национальный район'"]


def test_the_commands_list_show_and_check() -> None:
    run = CliRunner().invoke
    listed = run(app, ["list"])
    assert listed.exit_code == 0
    assert "Мурманская область" in listed.output and "Asia/Omsk" in listed.output
    shown = run(app, ["show", "murmansk", "--json"])
    assert json.loads(shown.output)["topics_of"] == "omsk"
    assert "competence.csv" in run(app, ["show", "omsk"]).output
    checked = run(app, ["check", "murmansk"])
    assert (checked.exit_code, checked.output) == (0, "murmansk: nothing wrong found\n")


def test_an_unknown_region_is_one_clear_line() -> None:
    result = CliRunner().invoke(app, ["show", "atlantis"])
    assert result.exit_code == 1
    assert str(result.exception).startswith("unknown region 'atlantis'; known: ")


def samples(region: str) -> list[dict[str, object]]:
    lines = load_pack(region).path("samples.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_the_samples_of_omsk_show_what_a_newcomer_should_see() -> None:
    expected = [dict(sample["expected"]) for sample in samples("omsk")]  # type: ignore[call-overload]
    problems = [each["problems"] for each in expected]
    assert len(expected) >= 200
    assert sum(len(each) > 1 for each in problems) >= 30
    assert {problem["group"] for each in problems for problem in each} == {t.group for t in load_pack("omsk").topics}
    assert {each["dismissal"] for each in expected} >= {"thanks", "talk", "spam", "abuse"}
    assert {sample["channel"] for sample in samples("omsk")} == {"form", "email", "vk", "telegram"}
