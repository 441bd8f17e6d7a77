"""What pages say of regimes and of the right by which clocks run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from api.views.terms import regime_told, with_source
from models.events import Event, EventType
from models.pack import RegionPack, load_pack
from models.regimes import Regime
from sla import ClockKind, Rules, derive_clocks

PACK = load_pack("omsk")
RULES = Rules.of_pack(PACK)
START = datetime(2026, 2, 2, 4, tzinfo=UTC)


def happened(type: EventType, hours: int, **data: object) -> Event:
    return Event(type, "omsk", UUID(int=1), START + timedelta(hours=hours), {"problem_id": "1", **data}, UUID(int=2))


def test_every_regime_is_told_with_its_source() -> None:
    told = {regime: regime_told(PACK, regime, START) for regime in Regime}
    assert told[Regime.FZ59].name == "обращение по 59-ФЗ"
    assert all(each.name and each.source for each in told.values())


def test_a_clock_is_told_with_its_article_and_that_it_stands() -> None:
    first = {"topic": "05.020", "urgency": 2, "accepted_at": START.isoformat()}
    found = happened(EventType.PROBLEM_FOUND, 0, **first, regime=Regime.FZ59)
    clocks = {clock.kind: clock for clock in derive_clocks([found], RULES.calendar, RULES.policies, RULES.zone)}
    row = with_source({"kind": "solve"}, clocks, PACK)
    assert (row["basis"], row["paused"]) == ("закон", False)
    assert "ст. 12, ч. 1" in row["source"]
    paused = [happened(EventType.PROBLEM_FOUND, 0, **first), happened(EventType.PROBLEM_PAUSED, 1, reason="author")]
    stands = {clock.kind: clock for clock in derive_clocks(paused, RULES.calendar, RULES.policies, RULES.zone)}
    assert with_source({"kind": ClockKind.SOLVE.value}, stands, PACK)["paused"] is True


def test_a_page_of_a_region_without_a_policy_tells_what_it_can(tmp_path: Path) -> None:
    pack = RegionPack(tmp_path)
    assert regime_told(pack, Regime.PORTAL, START).source == ""
    assert with_source({"kind": "solve"}, {}, pack)["source"] == ""
