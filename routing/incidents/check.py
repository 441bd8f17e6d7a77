"""`otklik region check` of incidents.json: what would make incidents join wrongly or not at all."""

from __future__ import annotations

from collections.abc import Iterator

from models.finding import Finding
from models.pack import RegionPack
from routing.incidents.causes import FILE, Causes, causes_pack

LARGEST_RADIUS = 5_000
"""Metres; more is no place any more, and hundreds of cells would be searched for each problem."""


def findings(pack: RegionPack) -> Iterator[Finding]:
    """Everything wrong in the file; none where the pack has none of its own."""
    if causes_pack(pack) != pack:
        return
    causes, known, taken = Causes.of_pack(pack), pack.topic_by_code, dict[str, str]()
    if not 0 < causes.likely <= causes.sure <= 1:
        yield Finding(FILE, 0, "likely and sure are not in the order 0 < likely <= sure <= 1")
    for cause in causes.causes:
        for topic in sorted(cause.topics):
            if topic not in known:
                yield Finding(FILE, 0, f"{cause.code}: no topic {topic}")
            if taken.setdefault(topic, cause.code) != cause.code:
                yield Finding(FILE, 0, f"{topic} belongs to {taken[topic]} and {cause.code}")
        if not 0 < cause.radius <= LARGEST_RADIUS or cause.hours <= 0:
            yield Finding(FILE, 0, f"{cause.code}: radius_m or hours is out of bounds")
        if cause.opens_with < 2:
            yield Finding(FILE, 0, f"{cause.code}: one problem is no incident: opens_with is 2 or more")
    bursts = causes.bursts
    if not 0 < bursts.probability < 1 or bursts.least < 2 or not bursts.hours or min(bursts.hours) < 1:
        yield Finding(FILE, 0, "bursts: probability, least or hours is out of bounds")
