"""Which problems have one cause, by records alone."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import cos, radians, sin
from pathlib import Path
from typing import Any
from uuid import uuid4

import h3
import pytest
from hypothesis import given
from hypothesis import strategies as some

from models.pack import RegionPack, load_pack
from models.places import PlaceLevel
from models.repeats import SimilarityKind
from routing.incidents.causes import Cause, Causes, causes_pack
from routing.incidents.check import findings
from routing.incidents.keys import RESOLUTION, asked, cells, filed, locks, rings
from routing.incidents.likeness import distance, likeness
from routing.incidents.records import Incident, Join, Link, Neighbourhood, Open, Spot, Suggest, Trace, Verdict
from routing.incidents.rules import judge, takes

NOON = datetime(2026, 2, 2, 12, tzinfo=UTC)
CAUSES = Causes.of_pack(load_pack("omsk"))
WATER = CAUSES.by_code["water"]


def told(hours: float = 0.0, north: float = 0.0, **other: object) -> Trace:
    """No water at a house `north` metres from the middle of Omsk, with a street of its own."""
    spot = Spot(PlaceLevel.HOUSE, "Омск г.о.", "Омск", f"улица {north}", "1", 54.99 + north / 111_195, 73.37, 0.95)
    made = Trace(
        uuid4(), "omsk", uuid4(), "06.017", (("06.017", 0.9),), "ЖКХ", True, spot, NOON + timedelta(hours=hours)
    )
    return replace(made, **other)  # type: ignore[arg-type]


def verdict(new: Trace, *others: Trace, links: tuple[Link, ...] = (), incident: Incident | None = None) -> Verdict:
    around = Neighbourhood(
        {each.id: each for each in (new, *others)},
        {new.id: [each.id for each in others]},
        {new.id: list(links)},
        {incident.id: incident} if incident else {},
    )
    return judge(new, around, CAUSES)


def test_the_nearer_and_the_sooner_the_likelier() -> None:
    def score(hours: float, north: float) -> float:
        found = likeness(told(hours, north), told(), WATER, CAUSES)
        assert found is not None
        return found.score

    assert score(0, 10) > score(0, 300) > score(0, 600)
    assert score(1, 10) > score(12, 10) > score(30, 10)


def test_neighbours_within_hours_open_an_incident_and_an_unsure_topic_is_only_suggested() -> None:
    assert isinstance(verdict(told(2, 100), told()), Open)
    assert isinstance(verdict(told(2, 100, decided=False), told()), Suggest)
    assert verdict(told(2, 5000), told()) is None


def test_one_person_who_writes_twice_is_no_incident() -> None:
    first, again = told(), told(1, 10)
    repeat = Link(first.id, SimilarityKind.REPEAT, 0.9)
    assert isinstance(verdict(again, first, links=(repeat,)), Suggest)
    assert isinstance(verdict(again, first, links=(replace(repeat, kind=SimilarityKind.COPY),)), Open)


def test_the_same_words_without_any_place_are_one_cause() -> None:
    nowhere = Spot(PlaceLevel.REGION)
    first, copy = told(spot=nowhere), told(1, spot=nowhere)
    assert verdict(copy, first) is None
    assert isinstance(verdict(copy, first, links=(Link(first.id, SimilarityKind.COPY, 0.9),)), Open)


def test_what_an_operator_took_out_is_never_joined_again() -> None:
    assert verdict(told(1, 10, stood=True), told()) is None
    assert not isinstance(verdict(told(1, 10), told(stood=True)), Join | Open)


def test_an_incident_does_not_creep_from_house_to_house() -> None:
    at = (54.99, 73.37)
    incident = Incident(uuid4(), "omsk", 1, "water", at, NOON, NOON)
    member = told(0, 1300, incident=incident.id, stood=True)
    assert isinstance(verdict(told(1, 1350), member, incident=incident), Join)
    assert not takes(incident, told(1, 2 * WATER.radius + 50), WATER)
    assert not takes(incident, told(3 * WATER.hours + 1, 0), WATER)


def test_one_route_is_one_cause_wherever_it_is_waited_for() -> None:
    bus: dict[str, Any] = {"topic": "12.005", "topics": (("12.005", 0.9),)}
    far = told(1, 9000, objects=frozenset({"автобус 73"}), **bus)
    assert isinstance(verdict(far, told(objects=frozenset({"автобус 73"}), **bus)), Open)
    assert verdict(far, told(objects=frozenset({"автобус 14"}), **bus)) is None


@given(some.floats(0, 360), some.floats(0, 1), some.sampled_from([c for c in CAUSES.causes if c.radius >= 100]))
def test_whatever_lies_within_the_radius_shares_a_key_and_a_lock(angle: float, share: float, cause: Cause) -> None:
    metres = share * cause.radius * 0.999
    here = told(spot=Spot(PlaceLevel.HOUSE, latitude=54.99, longitude=73.37))
    north, east = metres * cos(radians(angle)) / 111_195, metres * sin(radians(angle)) / 111_195 / cos(radians(54.99))
    there = told(spot=Spot(PlaceLevel.HOUSE, latitude=54.99 + north, longitude=73.37 + east))
    assert set(asked(here, cause)) & set(filed(there, cause))
    assert locks(here, cause) & locks(there, cause)


@given(some.floats(41, 77), some.floats(19, 180), some.floats(50, 3000), some.floats(0, 6.283))
def test_rings_reach_far_enough_anywhere_in_russia(lat: float, lon: float, radius: float, angle: float) -> None:
    other = (lat + radius * cos(angle) / 111_400, lon + radius * sin(angle) / 111_400 / cos(radians(lat)))
    if distance((lat, lon), other) > radius or not -180 <= other[1] <= 180:
        return
    one, two = (h3.latlng_to_cell(*point, RESOLUTION) for point in ((lat, lon), other))
    assert h3.grid_distance(one, two) <= rings(radius)
    assert two in cells((lat, lon), radius)


def test_murmansk_takes_the_causes_of_omsk_whose_topics_it_uses() -> None:
    lender = causes_pack(load_pack("murmansk"))
    assert lender is not None and lender.id == "omsk"
    assert Causes.of_pack(load_pack("murmansk")).by_code.keys() == CAUSES.by_code.keys()


def test_the_pack_of_omsk_has_nothing_wrong() -> None:
    assert list(findings(load_pack("omsk"))) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [({"topics": ["99.999"]}, "no topic"), ({"radius_m": 90_000}, "bounds"), ({"opens_with": 1}, "no incident")],
)
def test_what_is_wrong_with_a_cause_is_found(tmp_path: Path, change: dict[str, object], words: str) -> None:
    content = load_pack("omsk").json("incidents.json")
    content["causes"][0] |= change
    for name in ("region.json", "topics.csv", "settlements.csv"):
        (tmp_path / name).write_bytes(load_pack("omsk").path(name).read_bytes())
    (tmp_path / "incidents.json").write_text(json.dumps(content), encoding="utf-8")
    about = {**load_pack("omsk").about, "topics_of": tmp_path.name}
    (tmp_path / "region.json").write_text(json.dumps(about), encoding="utf-8")
    assert any(words in each.message for each in findings(RegionPack(tmp_path)))
