"""The counting of sla held against the reference counter (at length: `python -m bench.clocks --reference 10000`)."""

from __future__ import annotations

import random
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.pack import load_pack
from sla.calendar import Calendar
from sla.count import Standing, deadline, elapsed
from sla.measure import Measure
from sla.term import Basis, Roll, Start, Term, Unit
from tests.clock_reference import Case, Counter, random_case

PACK = load_pack("omsk")
CALENDAR = Calendar.of_pack(PACK)


def moment(minutes: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)


def difference(case: Case) -> str:
    """What sla and the reference tell differently of a case; empty where they agree."""
    measure = Measure(CALENDAR, ZoneInfo(case.zone), time(9), time(18))
    term = Term(case.amount, Unit(case.unit), Basis.PRACTICE, "тест", Roll(case.roll), start=Start(case.rule))
    standings = [Standing(moment(since), moment(till)) for since, till in case.pauses]
    start, counter = moment(case.start), Counter(case, PACK.path("calendar.csv"))
    ends, ran = deadline(start, term, measure, standings), elapsed(start, moment(case.now), term, measure, standings)
    if ends != (by_hand := moment(counter.deadline())):
        return f"{case}: deadline {ends} by sla, {by_hand} minute by minute"
    counted = counter.elapsed()
    if ran != (timedelta(minutes=counted) if term.in_hours else timedelta(days=counted)):
        return f"{case}: elapsed {ran} by sla, {counted} minute by minute"
    return ""


def differences(cases: int, seed: int) -> list[str]:
    """What differs in so many random cases."""
    chance = random.Random(seed)
    return [told for told in (difference(random_case(chance)) for _ in range(cases)) if told]
