"""How soon a problem must be looked at: 1 (can wait) to 5 (danger to life now), and why."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from models.analysis import Urgency
from models.text import Span
from models.topics import TopicDecision
from nlp.urgency_rules import (
    ASKING,
    CHILDREN,
    FROST,
    GRAVE_TOPICS,
    LONG_TIME,
    NEGATABLE_ABSENCE,
    RULES,
    WEAK,
    UrgencyRule,
)
from nlp.words import Word, inside

USUAL = 2
SENTENCE_ENDS = frozenset(".!?…;")
NEGATIONS = frozenset({"не", "ни", "без"})
IMPOSSIBLE = frozenset({"невозможно", "нельзя", "нереально", "трудно"})
ONLY = frozenset({"только", "просто"})
MOST_REASONS = 4
FROST_DEGREES = re.compile(r"(?<![\w-])[-–—](?:1[5-9]|[2-5]\d)(?![\d-])")
"""«-25», but not «10-25», «дом - 25» or «-25-30»."""


def _by_thing() -> Mapping[str, tuple[UrgencyRule, ...]]:
    found: dict[str, list[UrgencyRule]] = defaultdict(list)
    for rule in RULES:
        for thing in rule.things:
            found[thing].append(rule)
    return {thing: tuple(rules) for thing, rules in found.items()}


RULES_BY_THING = _by_thing()


def urgency(text: str, words: Sequence[Word], spans: Sequence[Span], topic: TopicDecision | None = None) -> Urgency:
    """Urgency of the problem that `spans` of `text` describe; `words` are the words of the whole text.

    Linear in the words. Without spans the whole text is read.
    """
    own = inside(words, spans) if spans else list(words)
    aggravating = _aggravating(text, own, spans)
    levels: dict[str, int] = {}
    for rule in _rules_that_hold(own):
        levels[rule.reason] = max(levels.get(rule.reason, 0), rule.raised if aggravating else rule.level)
    for start, reason in GRAVE_TOPICS:
        if topic is not None and not levels and start in topic.best.name.lower():
            levels[reason] = 4 if len(aggravating) > 1 else 3
    if not levels:
        return Urgency(1 if _merely_asks(own) else USUAL)
    reasons = sorted(levels, key=lambda reason: -levels[reason])
    return Urgency(max(levels.values()), tuple([*reasons, *aggravating][:MOST_REASONS]))


def _rules_that_hold(words: Sequence[Word]) -> list[UrgencyRule]:
    held: list[UrgencyRule] = []
    first = 0
    for at, word in enumerate(words):
        if word.lower in SENTENCE_ENDS:
            first = at + 1
        for rule in RULES_BY_THING.get(word.lemma, ()):
            if rule not in held and _holds(rule, words, at, first):
                held.append(rule)
    return held


def _holds(rule: UrgencyRule, words: Sequence[Word], at: int, first: int) -> bool:
    """Whether an event of the rule stands near the thing at `at` and nothing denies it."""
    if rule.forms and words[at].lower not in rule.forms:
        return False
    low = max(first, at - rule.window)
    high = at + 1
    while high < len(words) and high <= at + rule.window and words[high].lower not in SENTENCE_ENDS:
        high += 1
    near = words[low:high]
    if rule.unless and any(word.lemma in rule.unless for word in near):
        return False
    if not rule.events:
        return not _denied(rule, words, at, first, high)
    for place in range(low, high):
        if (
            place != at
            and words[place].lemma in rule.events
            and _denied(rule, words, place, first, high) == rule.denied
        ):
            return True
    return False


def _denied(rule: UrgencyRule, words: Sequence[Word], place: int, first: int, high: int) -> bool:
    """«Газом не пахнет», «запаха газа нет»; but «нет воды» is itself what the rule is about."""
    event = words[place].lemma
    if event in NEGATABLE_ABSENCE or event in NEGATIONS:
        return False
    before = words[max(first, place - 2) : place]
    if any(word.lower in NEGATIONS or word.lemma in IMPOSSIBLE for word in before):
        return not any(word.lower in ONLY for word in words[max(first, place - 1) : place + 1])
    absent = NEGATABLE_ABSENCE - rule.events
    return any(word.lemma in absent for word in words[place + 1 : min(high, place + 3)])


def _aggravating(text: str, words: Sequence[Word], spans: Sequence[Span]) -> list[str]:
    """What makes a missing supply or a danger worse: children, weak people, frost, a long time."""
    lemmas = {word.lemma for word in words}
    found = []
    if lemmas & CHILDREN:
        found.append("дети")
    if lemmas & WEAK:
        found.append("пожилые или больные люди")
    if lemmas & FROST or _degrees_below(text, spans):
        found.append("мороз")
    if _lasts(words):
        found.append("длится не первый день")
    return found


def _degrees_below(text: str, spans: Sequence[Span]) -> bool:
    return any(FROST_DEGREES.search(span.of(text)) for span in spans or (Span(0, len(text)),))


def _lasts(words: Sequence[Word]) -> bool:
    """«Третий день», «5 дней», «неделю»: two days and more."""
    for at, word in enumerate(words):
        if word.lemma not in LONG_TIME:
            continue
        before = words[at - 1] if at else None
        if word.lower in {"неделю", "недели", "недель", "месяц", "месяца", "месяцев"}:
            return True
        if before is None:
            continue
        if before.lower.isdecimal() and len(before.lower) < 4 and int(before.lower) >= 2:
            return True
        if before.lemma in {"второй", "третий", "четвертый", "пятый", "шестой", "седьмой", "десятый", "несколько"}:
            return True
        if before.lemma in {"два", "три", "четыре", "пять", "шесть", "семь", "десять", "двое", "трое", "который"}:
            return True
    return False


def _merely_asks(words: Sequence[Word]) -> bool:
    lemmas = {word.lemma for word in words}
    complains = lemmas & {"не", "нет", "без", "невозможно", "плохой", "опасный", "отсутствовать"}
    return bool(lemmas & ASKING) and not complains
