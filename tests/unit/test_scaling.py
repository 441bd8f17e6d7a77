"""docs/scaling.md says what bench.scaling reckons from the measured figures."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bench.scaling import DEMANDS, MEASURED, PAGE, needs, tables

COST = {"nlp_ms": 6.0, "routing_ms": 1.0, "sla_ms": 1.0, "tables_bytes": 8e3, "log_bytes": 2e3, "wal_bytes": 14e3}


def test_the_page_holds_the_tables_of_the_measured_figures() -> None:
    measured = json.loads(MEASURED.read_text(encoding="utf-8"))
    assert tables(measured) in PAGE.read_text(encoding="utf-8")


def test_a_region_of_a_million_a_year_needs_what_can_be_reckoned_by_hand() -> None:
    region = needs(DEMANDS[0], COST)
    assert region["appeals_a_second_at_peak"] == pytest.approx(1e6 / 365 * 10 * 0.15 / 3600, abs=0.01)
    assert region["workers_nlp"] == 1
    assert region["partitions"] == 8
    assert region["database_gb"] == 10.0


def test_growth_is_compounded_and_everything_kept_is_counted() -> None:
    later = needs(replace(DEMANDS[0], years=2, growth=0.5), COST)
    assert later["appeals_a_year"] == 2_250_000
    assert later["database_gb"] == pytest.approx((1 + 1.5 + 2.25) * 10, abs=0.1)
