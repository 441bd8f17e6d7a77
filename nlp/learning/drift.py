"""What has changed in a region's appeals of late: topics that grow, confidence that falls, words never seen, and what
operators correct. The last days are set against the REFERENCE times as many before them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from nlp.learning import drift_store
from nlp.learning.drift_store import Seen
from nlp.learning.new_words import NewWords, new_words
from nlp.learning.rates import Ratio, discoveries, dispersion, mean_fall, rate_ratio, share_interval
from nlp.words import Word
from streams.contract import Connection

REFERENCE = 3
"""The time before is so many times as long as the time in question: its rates are then the surer ones."""

MOST_TEXTS = 20_000
"""Appeals of each time whose words are read, the newest: a few seconds."""


@dataclass(frozen=True, slots=True)
class Growth:
    """How often a topic came. `ratio` compares its rate with the time before, `grows` holds after the correction for
    asking of every topic at once."""

    topic: str
    now: int
    before: int
    ratio: Ratio
    grows: bool


@dataclass(frozen=True, slots=True)
class Week:
    """The machine's confidence in its first topic over seven days from `start`: mean, tenth, half and nine tenths of
    the problems below; the share left to operators; how many of the problems each model classified."""

    start: datetime
    problems: int
    mean: float
    low: float
    median: float
    high: float
    to_operators: float
    models: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Fall:
    """Change of the mean confidence, now - before, with its 95 % interval."""

    change: float
    low: float
    high: float

    @property
    def falls(self) -> bool:
        return self.high < 0


@dataclass(frozen=True, slots=True)
class Corrected:
    """Of the problems that the machine put under `topic`, how many an operator put elsewhere, with the 95 % interval
    of the share, and where most often (empty where nowhere)."""

    topic: str
    problems: int
    corrected: int
    low: float
    high: float
    most_often: str


@dataclass(frozen=True, slots=True)
class Drift:
    """The report. `total` compares the number of all problems; places and executors are counts of the last days."""

    start: datetime
    end: datetime
    before: datetime
    problems: int
    total: Ratio
    topics: tuple[Growth, ...]
    weeks: tuple[Week, ...]
    confidence: Fall
    words: NewWords
    words_before: NewWords
    corrections: tuple[Corrected, ...]
    places_corrected: int
    given_elsewhere: int


def drift(connection: Connection, region: str, days: int, now: datetime, knows: Callable[[Word], bool]) -> Drift:
    """The report on the last `days` up to `now`; `knows` says whether the model at work has a word's lemma."""
    start = now - timedelta(days=days)
    before = start - timedelta(days=days * REFERENCE)
    rows = drift_store.problems(connection, region, before, now)
    late = [row for row in rows if row.at >= start]
    early = [row for row in rows if row.at < start]
    texts = drift_store.appeals(connection, region, start, now, MOST_TEXTS)
    words = new_words(texts, knows)
    words_before = new_words(drift_store.appeals(connection, region, before, start, MOST_TEXTS), knows)
    bursts = max(dispersion(_daily(early, before, days * REFERENCE)), dispersion(_daily(late, start, days)))
    total = rate_ratio(len(late), len(early), days, days * REFERENCE, bursts)
    fall = mean_fall([row.probability for row in late], [row.probability for row in early])
    return Drift(
        start=start,
        end=now,
        before=before,
        problems=len(late),
        total=total,
        topics=growth(late, early, before, start, days),
        weeks=weeks(rows, before, now),
        confidence=Fall(*fall),
        words=words,
        words_before=words_before,
        corrections=corrected(late),
        places_corrected=sum(row.place_corrected for row in late),
        given_elsewhere=sum(row.given_elsewhere for row in late),
    )


def growth(
    late: Sequence[Seen], early: Sequence[Seen], before: datetime, start: datetime, days: int
) -> tuple[Growth, ...]:
    """Each topic's rate now against before, the surest growth first."""
    now, then = (Counter(row.topic for row in rows) for rows in (late, early))
    topics = sorted({*now, *then})
    length = days * REFERENCE
    ratios = []
    for topic in topics:
        bursts = max(
            dispersion(_daily([row for row in early if row.topic == topic], before, length)),
            dispersion(_daily([row for row in late if row.topic == topic], start, days)),
        )
        ratios.append(rate_ratio(now[topic], then[topic], days, length, bursts))
    found = discoveries([ratio.p for ratio in ratios])
    rows = [
        Growth(topic, now[topic], then[topic], ratio, grows)
        for topic, ratio, grows in zip(topics, ratios, found, strict=True)
    ]
    return tuple(sorted(rows, key=lambda row: (row.ratio.p, -row.now)))


def weeks(rows: Sequence[Seen], before: datetime, end: datetime) -> tuple[Week, ...]:
    """The whole weeks from `before` to `end`, oldest first; one without problems is left out."""
    found = []
    start = end - timedelta(days=7)
    while start >= before:
        some = [row for row in rows if start <= row.at < start + timedelta(days=7)]
        if some:
            found.append(_week(start, some))
        start -= timedelta(days=7)
    return tuple(reversed(found))


def _week(start: datetime, rows: Sequence[Seen]) -> Week:
    sure = np.array([row.probability for row in rows], np.float64)
    low, median, high = np.percentile(sure, [10, 50, 90])
    left = sum(row.operator for row in rows) / len(rows)
    models = Counter(row.model or "unknown" for row in rows).most_common()
    return Week(start, len(rows), float(sure.mean()), float(low), float(median), float(high), left, tuple(models))


def corrected(rows: Sequence[Seen]) -> tuple[Corrected, ...]:
    """The topics of the machine that operators changed, those changed most first."""
    problems = Counter(row.topic for row in rows)
    moved = Counter((row.topic, row.corrected) for row in rows if row.corrected not in (None, row.topic))
    found = []
    for topic, number in problems.items():
        away = {to: count for (was, to), count in moved.items() if was == topic}
        if not away:
            continue
        low, high = share_interval(sum(away.values()), number)
        most = max(away, key=lambda to: (away[to], str(to)))
        found.append(Corrected(topic, number, sum(away.values()), low, high, str(most)))
    return tuple(sorted(found, key=lambda row: (-row.corrected, row.topic)))


def _daily(rows: Sequence[Seen], start: datetime, days: int) -> list[int]:
    """Problems of each day from `start`."""
    counts = Counter((row.at - start).days for row in rows)
    return [counts[day] for day in range(days)]
