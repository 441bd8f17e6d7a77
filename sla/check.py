"""What is wrong in calendar.csv and policy.json of a region pack."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from models.finding import Finding
from models.pack import PackError, RegionPack
from sla.calendar import Calendar, DayKind
from sla.policy import Policies
from sla.regime_terms import ANY

CALENDAR, POLICY = "calendar.csv", "policy.json"


def findings(pack: RegionPack, today: date) -> Iterator[Finding]:
    """Everything wrong in both files; a calendar that does not reach into the next year in autumn is a finding too."""
    yield from _calendar(pack, today)
    try:
        policies = Policies.of_pack(pack)
    except PackError as error:
        yield Finding(POLICY, 0, str(error))
        return
    known = {ANY, *pack.topic_by_code, *(code.partition(".")[0] for code in pack.topic_by_code)}
    for policy in policies.versions:
        for topic, term in policy.solve.items():
            if topic not in known:
                yield Finding(POLICY, 0, f"version {policy.version!r}: no topic or group {topic!r}")
            if not term.source:
                yield Finding(POLICY, 0, f"version {policy.version!r}: the term of {topic!r} names no source")
        if policy.danger is not None and not policy.danger.term.source:
            yield Finding(POLICY, 0, f"version {policy.version!r}: the term of danger names no source")


def _calendar(pack: RegionPack, today: date) -> Iterator[Finding]:
    seen: dict[str, int] = {}
    broken = False
    for line, row in enumerate(pack.rows(CALENDAR), start=2):
        try:
            date.fromisoformat(row["date"])
            DayKind(row["kind"])
        except ValueError as error:
            broken = True
            yield Finding(CALENDAR, line, str(error))
        if row["date"] in seen and row["kind"] != DayKind.SHORT_DAY:
            yield Finding(CALENDAR, line, f"{row['date']} stands in line {seen[row['date']]} too")
        if row["kind"] != DayKind.SHORT_DAY:
            seen.setdefault(row["date"], line)
        if not row["source"]:
            yield Finding(CALENDAR, line, "no source")
    if broken:
        return
    calendar = Calendar.of_pack(pack)
    for day in sorted(calendar.short):
        if not calendar.is_working(day):
            yield Finding(CALENDAR, 0, f"{day} is called short and is not a working day")
    # the decree on the next year's transfers is out by October
    needed = {today.year} | ({today.year + 1} if today.month >= 11 else set())
    for year in sorted(needed - calendar.years):
        yield Finding(CALENDAR, 0, f"the year {year} is missing: terms in it are counted by the Labour Code alone")
