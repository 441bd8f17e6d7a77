"""What is wrong in calendar.csv and policy.json of a region pack."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from models.finding import Finding
from models.pack import PackError, RegionPack
from models.regime_choice import RegimeTable
from models.regimes import Regime
from sla.calendar import COUNTRY, REGIONAL, Calendar, DayKind
from sla.policy import Policies, Policy
from sla.regime_terms import ANY
from sla.term import Basis

POLICY = "policy.json"
ARTICLE = re.compile(r"\bст\. \d|\bп\. \d|\bпп\. \d")


def findings(pack: RegionPack, today: date) -> Iterator[Finding]:
    """Everything wrong in the files; a calendar that does not reach into the next year in autumn is a finding too."""
    yield from _calendar(pack, today)
    try:
        policies, choice = Policies.of_pack(pack), RegimeTable.of_pack(pack)
    except PackError as error:
        yield Finding(POLICY, 0, str(error))
        return
    for row in choice.rows:
        if not row.source:
            yield Finding(POLICY, 0, f"regime_choice: the row of {row.regime.value!r} names no source")
    known = {ANY, *pack.topic_by_code, *(code.partition(".")[0] for code in pack.topic_by_code)}
    for policy in policies.versions:
        yield from _policy(policy, {row.regime for row in choice.rows}, known)


def _policy(policy: Policy, chosen: set[Regime], known: set[str]) -> Iterator[Finding]:
    """What a version of the policy lacks: topics that are none, terms without a source, regimes it does not tell of."""
    version = f"version {policy.version!r}"
    tables = {"solve": policy.solve} | {
        f"{regime.value}.solve": terms.solve for regime, terms in policy.regimes.items() if terms.solve is not None
    }
    for name, table in tables.items():
        for topic in sorted(table.keys() - known):
            yield Finding(POLICY, 0, f"{version}: {name}: no topic or group {topic!r}")
    for term in policy.terms:
        if not term.source:
            what = f"{term.amount} {term.unit.value}"
            yield Finding(POLICY, 0, f"{version}: a term of {what} {term.what!r} names no source".replace(" ''", ""))
        elif term.basis is Basis.LAW and not ARTICLE.search(term.source):
            yield Finding(POLICY, 0, f"{version}: a term is called law and names no article: {term.source!r}")
    for regime in sorted(chosen - policy.regimes.keys()):
        if policy.regimes:
            yield Finding(POLICY, 0, f"{version}: regime_choice gives {regime.value!r}, the policy has no such regime")


def _calendar(pack: RegionPack, today: date) -> Iterator[Finding]:
    for file in (COUNTRY, REGIONAL):
        if file == COUNTRY or pack.path(file).is_file():
            yield from _days(pack, file)
    try:
        calendar = Calendar.of_pack(pack)
    except PackError:
        return  # its lines are told already
    for day in sorted(calendar.short):
        if not calendar.is_working(day):
            yield Finding(COUNTRY, 0, f"{day} is called short and is not a working day")
    # the decree on the next year's transfers is out by October
    needed = {today.year} | ({today.year + 1} if today.month >= 11 else set())
    for year in sorted(needed - calendar.years):
        yield Finding(COUNTRY, 0, f"the year {year} is missing: terms in it are counted by the Labour Code alone")


def _days(pack: RegionPack, file: str) -> Iterator[Finding]:
    """What is wrong in the rows of one file of days."""
    seen: dict[str, int] = {}
    for line, row in enumerate(pack.rows(file), start=2):
        try:
            date.fromisoformat(row["date"])
            DayKind(row["kind"])
        except ValueError as error:
            yield Finding(file, line, str(error))
        if row["date"] in seen and row["kind"] != DayKind.SHORT_DAY:
            yield Finding(file, line, f"{row['date']} stands in line {seen[row['date']]} too")
        if row["kind"] != DayKind.SHORT_DAY:
            seen.setdefault(row["date"], line)
        if not row["source"]:
            yield Finding(file, line, "no source")
