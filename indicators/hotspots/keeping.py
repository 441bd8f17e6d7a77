"""A run: look for hot spots of the days up to yesterday, and keep what was found with its history."""

from __future__ import annotations

import time
import zlib
from collections.abc import Sequence
from datetime import date, datetime

from indicators.heat.cells import FINEST, resolution, span, text_of
from indicators.heat.towns import vague_of
from indicators.hotspots import store
from indicators.hotspots.finding import Settings, find
from indicators.hotspots.records import Found
from indicators.hotspots.store import HotSpot
from models.pack import RegionPack
from streams.contract import Connection


def run(
    connection: Connection, pack: RegionPack, day: date, now: datetime, settings: Settings | None = None
) -> list[Found]:
    """Look for hot spots of the window that ends with `day`; the same day again finds the same.

    Work of some seconds to a few minutes, in the caller's transaction.
    """
    settings = settings or Settings()
    began = time.perf_counter()
    store.lock(connection, pack.id)
    window = settings.windows.days
    observed = store.observed(connection, pack.id, day, window, settings.resolution, vague_of(pack))
    found = find(observed, day, settings, seed=zlib.crc32(f"{pack.id} {day}".encode()))
    last = store.last_run(connection, pack.id)
    if last is None or day >= last:  # an earlier day may be looked at, but what stands now is of the last one
        _keep(connection, pack.id, found, day)
        store.put_run(connection, pack.id, day, now, time.perf_counter() - began, len(found))
    return found


def _keep(connection: Connection, region: str, found: Sequence[Found], day: date) -> None:
    left = store.running(connection, region)
    for each in found:
        same = continued(each, left)
        if same is not None:
            left.remove(same)
        municipality = store.municipality_of(connection, region, runs_of(each.cells), each.first)
        store.put(connection, region, same.id if same else None, each, municipality, day)
    store.end(connection, [spot.id for spot in left], day)


def continued(found: Found, running: Sequence[HotSpot]) -> HotSpot | None:
    """The hot spot that goes on in what was found: of the same group, with most cells in common."""
    common = [(len(set(spot.cells) & set(found.cells)), spot) for spot in running if spot.group_name == found.group]
    best = max(common, key=lambda pair: pair[0], default=(0, None))
    return best[1] if best[0] else None


def runs_of(cells: Sequence[int]) -> list[tuple[str, str]]:
    """The descendants of cells as runs of texts, for problem_facts.cell."""
    spans = [span(cell, at) for cell in cells for at in range(resolution(cell), FINEST + 1)]
    return [(text_of(low), text_of(high)) for low, high in spans]
