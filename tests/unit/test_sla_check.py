"""What `otklik region check` finds wrong in the calendar and the policy of a pack."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from models.pack import REGIONS, RegionPack, load_pack, region_ids
from sla.check import findings

TODAY = date(2026, 9, 1)
Policy = dict[str, Any]


@pytest.fixture
def pack(tmp_path: Path) -> RegionPack:
    """A pack of its own to break: that of Omsk with its topics, calendar and policy."""
    folder = tmp_path / "omsk"
    folder.mkdir()
    for name in ("region.json", "topics.csv", "calendar.csv", "policy.json"):
        shutil.copy(REGIONS / "omsk" / name, folder / name)
    return RegionPack(folder)


def changed(pack: RegionPack, change: Callable[[Policy], object]) -> list[str]:
    policy = json.loads(pack.path("policy.json").read_text(encoding="utf-8"))
    change(policy)
    pack.path("policy.json").write_text(json.dumps(policy), encoding="utf-8")
    return [str(finding) for finding in findings(pack, TODAY)]


def days(pack: RegionPack, *rows: str) -> list[str]:
    text = "\n".join(("date,kind,name,source", *rows)) + "\n"
    pack.path("regional_days.csv").write_text(text, encoding="utf-8")
    return [str(finding) for finding in findings(pack, TODAY)]


@pytest.mark.parametrize("region", region_ids())
def test_the_packs_of_the_house_have_nothing_wrong(region: str) -> None:
    assert list(findings(load_pack(region), TODAY)) == []


def test_a_term_without_a_source_is_found_wherever_it_stands(pack: RegionPack) -> None:
    def change(policy: Policy) -> None:
        policy["policies"][0]["regimes"]["fz59"]["extension"]["source"] = ""

    assert changed(pack, change) == ["policy.json: version 'omsk-1': a term of 30 calendar_day names no source"]


def test_a_term_called_law_names_its_article(pack: RegionPack) -> None:
    def change(policy: Policy) -> None:
        policy["policies"][0]["regimes"]["fz59"]["forwarding"]["source"] = "закон об обращениях"

    [finding] = changed(pack, change)
    assert "called law and names no article" in finding


def test_a_topic_that_is_none_is_found_in_a_regimes_table_too(pack: RegionPack) -> None:
    def change(policy: Policy) -> None:
        policy["policies"][0]["regimes"]["platform"]["solve"][0]["topics"].append("99.999")

    assert changed(pack, change) == ["policy.json: version 'omsk-1': platform.solve: no topic or group '99.999'"]


def test_a_regime_that_is_chosen_and_not_told_of_is_found(pack: RegionPack) -> None:
    [finding] = changed(pack, lambda policy: policy["policies"][0]["regimes"].pop("open_sources"))
    assert "regime_choice gives 'open_sources', the policy has no such regime" in finding


def test_a_choice_that_does_not_fit_everything_is_found(pack: RegionPack) -> None:
    [finding] = changed(pack, lambda policy: policy["regime_choice"].pop())
    assert "must fit everything" in finding


def test_the_regions_own_days_are_checked_like_the_countrys(pack: RegionPack) -> None:
    assert days(pack, "2026-10-12,day_off,День области,закон субъекта") == []
    assert days(pack, "2026-10-12,day_off,День области,") == ["regional_days.csv:2: no source"]
    assert days(pack, "12.10.2026,day_off,День области,закон")[0].startswith("regional_days.csv:2: ")
    twice = days(pack, "2026-10-12,day_off,День области,закон", "2026-10-12,day_off,День области,закон")
    assert twice == ["regional_days.csv:3: 2026-10-12 stands in line 2 too"]
