"""What `otklik clock what-if` prints."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rich.table import Table

from models.pack import RegionPack
from sla.what_if import Counts, WhatIf

COLUMNS = {
    "clocks": "clocks",
    "earlier": "earlier",
    "later": "later",
    "breached_before": "late",
    "breached_after": "would be",
    "newly_breached": "newly",
    "no_longer_breached": "no more",
}
"""Counts -> heading, short enough for a terminal of 80 columns."""


def table(told: WhatIf, pack: RegionPack) -> Table:
    """A row a group of topics, regime and clock whose deadlines or breaches would be otherwise, and the whole."""
    groups = {topic.code.partition(".")[0]: topic.group for topic in pack.topics}
    shown = Table(
        padding=(0, 0),
        title=f"{told.problems} problems counted, {told.changed} with another deadline"
        + (f", {told.uncounted} without their beginning" if told.uncounted else ""),
        caption="nothing was changed",
    )
    for name in ("topics", "regime", "clock"):
        shown.add_column(name)
    for name in COLUMNS.values():
        shown.add_column(name, justify="right", no_wrap=True)
    for (group, regime, kind), counts in sorted(told.rows.items()):
        if (
            counts.moved
            or counts.newly_breached
            or counts.no_longer_breached
            or counts.only_before
            or counts.only_after
        ):
            shown.add_row(f"{group} {groups.get(group, '')}", regime, kind, *_figures(counts))
    shown.add_section()
    shown.add_row("all", "", "", *_figures(told.whole))
    return shown


def _figures(counts: Counts) -> list[str]:
    return [str(getattr(counts, name)) for name in COLUMNS]


def as_json(told: WhatIf) -> dict[str, Any]:
    """Every row, changed or not."""
    return {
        "problems": told.problems,
        "changed": told.changed,
        "uncounted": told.uncounted,
        "whole": asdict(told.whole),
        "rows": [
            {"group": group, "regime": regime.value, "clock": kind.value} | asdict(counts)
            for (group, regime, kind), counts in sorted(told.rows.items())
        ],
    }
