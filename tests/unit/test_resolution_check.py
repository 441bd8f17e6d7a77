"""What `otklik region check` finds wrong in resolution.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from models.pack import PackError, RegionPack, load_pack
from resolution.check import findings
from resolution.policy import NAME, ResolutionPolicy
from tests.proof_files import policy_json, write_policy
from tests.town import make_pack


@pytest.fixture
def pack(tmp_path: Path) -> RegionPack:
    made = make_pack(tmp_path / "pack")
    pauses = {"policies": [{"pauses": [{"reason": "author"}]}]}
    made.path("policy.json").write_text(json.dumps(pauses), encoding="utf-8")
    return made


def found(pack: RegionPack, **changed: Any) -> list[str]:
    write_policy(pack.folder, **changed)
    return [str(one) for one in findings(pack)]


def test_a_good_file_and_none_at_all_are_good(pack: RegionPack) -> None:
    assert list(findings(pack)) == []
    assert found(make_pack(pack.folder.parent / "bare"), more_info={"pause": ""}) == []


def test_topics_that_are_none_rows_without_a_source_and_an_unknown_pause_are_found(pack: RegionPack) -> None:
    proofs = policy_json()["proofs"] | {"photo_after": {"topics": ["77"]}}
    rows = [{"topics": ["*", "09.009"], "most_days": 5, "why": "так", "source": ""}]
    assert found(pack, proofs=proofs, dates=rows, more_info={"pause": "holiday"}) == [
        f"{NAME}: dates: no topic or group '09.009'",
        f"{NAME}: photo_after: no topic or group '77'",
        f"{NAME}: dates: the row of *, 09.009 names no source",
        f"{NAME}: more_info: policy.json has no pause for 'holiday'",
    ]


def test_a_file_that_cannot_be_read_names_itself(pack: RegionPack) -> None:
    with pytest.raises(PackError, match=NAME):
        found(pack, verdict={})


@pytest.mark.parametrize("region", ["omsk", "murmansk"])
def test_the_packs_of_the_product_are_good(region: str) -> None:
    pack = load_pack(region)
    assert list(findings(pack)) == []
    assert ResolutionPolicy.of_pack(pack).version == f"{region}-1"
