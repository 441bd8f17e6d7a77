"""What is wrong in escalation.json of a region pack."""

from __future__ import annotations

from collections.abc import Iterator

from models.finding import Finding
from models.pack import RegionPack
from sla.escalation import FILE, Escalations


def findings(pack: RegionPack) -> Iterator[Finding]:
    """Everything wrong in it. Raises PackError where it cannot be read; a pack may do without."""
    persons = {row["code"] for row in pack.optional_rows("persons.csv")}
    for escalation in Escalations.of_pack(pack).versions:
        for level, code in escalation.desks.items():
            if code not in persons:
                yield Finding(FILE, 0, f"version {escalation.version!r}: the desk {level} is {code!r}, no such person")
        for ladder in escalation.ladders:
            if any(step.after is not None and not step.after.source for step in ladder.steps):
                yield Finding(FILE, 0, f"version {escalation.version!r}: ladder {ladder.what!r} names no source")
