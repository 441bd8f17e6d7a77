"""Facts of a text: typed, with the span that says so and a normal form.

Precision first: every finder asks for a word that proves the kind («автобус», «рублей», «с … января»), because an
invented fact is worse than a missed one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from models.facts import Fact, FactKind
from nlp.facts import (
    amounts,
    contacts,
    dates,
    durations,
    institutions,
    laws,
    numbers,
    organisations,
    persons,
    relative_dates,
    times,
    transport,
)
from nlp.facts.reading import Reading, reading_of
from nlp.words import Word

Finder = Callable[[Reading], Iterable[Fact]]

# The order is the order of trust: a piece of text that an earlier finder took is not read again by a later one.
FINDERS: tuple[Finder, ...] = (
    contacts.find,
    laws.find,
    numbers.find,
    transport.find,
    institutions.find,
    dates.find,
    relative_dates.find,
    times.find,
    durations.find,
    amounts.find,
    persons.find,
    organisations.find,
)


def find_facts(text: str, words: Sequence[Word], sent_at: datetime) -> list[Fact]:
    """All facts of a text in text order.

    `sent_at` is aware and in the time zone of the region: «вчера» is the day before its date.
    Facts of one finder may share a piece of text («третий день» is a date and a duration).
    """
    reading = reading_of(text, words, sent_at)
    taken = bytearray(len(text))
    found: list[Fact] = []
    for finder in FINDERS:
        new = [fact for fact in finder(reading) if 1 not in taken[fact.span.start : fact.span.end]]
        if len(new) > 1:
            new = without_repeats(new, len(text))
        for fact in new:
            taken[fact.span.start : fact.span.end] = b"\1" * (fact.span.end - fact.span.start)
        found += new
    found.sort(key=lambda fact: (fact.span.start, -fact.span.end, fact.kind))
    return found


def without_repeats(facts: Sequence[Fact], length: int) -> list[Fact]:
    """The facts of one finder without those whose text an earlier one of the same kind covers."""
    covered: dict[FactKind, bytearray] = {}
    kept = []
    for fact in facts:
        own = covered.setdefault(fact.kind, bytearray(length))
        if 1 not in own[fact.span.start : fact.span.end]:
            own[fact.span.start : fact.span.end] = b"\1" * (fact.span.end - fact.span.start)
            kept.append(fact)
    return kept


__all__ = ["FINDERS", "find_facts"]
