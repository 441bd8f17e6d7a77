"""Decides whether a problem is the repeat or the copy of an earlier one, or of one cause with it, and says why."""

from __future__ import annotations

from datetime import timedelta

from models.repeats import SimilarityKind
from models.russian import plural
from nlp.repeats.nearness import NEARNESS_WORDS, Nearness, nearness
from nlp.repeats.records import Comparable, Likeness
from nlp.repeats.wording import Wording

SAME_WORDS = 0.8
"""From here on two texts of different people are one text."""
OWN_WORDS = 0.7
"""From here on two texts of one person are about one thing."""
REPEAT_WINDOW = timedelta(days=180)
"""A person who writes of the same place and topic after half a year has a new case."""
COMMON_WINDOW = timedelta(days=14)
LEAST_SCORE = 0.5
"""A common cause scores at least so much."""
SAME_TOPIC = 1.0
SAME_GROUP = 0.6
AFTER_WINDOW = 0.5
"""What is left of the score of a common cause at the end of its window; it falls in a straight line."""
PLACE_SCORES = {
    Nearness.OBJECT: 0.9,
    Nearness.HOUSE: 1.0,
    Nearness.NEIGHBOURS: 0.75,
    Nearness.STREET: 0.7,
}


def likeness(new: Comparable, earlier: Comparable, wording: Wording) -> Likeness | None:
    """What `new` is to `earlier`, found before it; None where they have nothing in common that would help anybody."""
    if new.appeal_id == earlier.appeal_id or new.region != earlier.region:
        return None
    near = nearness(new, earlier)
    if near is Nearness.ELSEWHERE:
        return None
    apart = abs(new.sent_at - earlier.sent_at)
    if new.authors & earlier.authors:
        return repeat(new, earlier, wording, near, apart)
    return copy(wording, near, apart, bool(new.authors and earlier.authors)) or common_cause(new, earlier, near, apart)


def repeat(new: Comparable, earlier: Comparable, wording: Wording, near: Nearness, apart: timedelta) -> Likeness | None:
    """The same person on the same thing: nearly the same words, or the same topic in the same place."""
    if wording.numbers_differ and near is Nearness.UNKNOWN:
        return None
    when = days(apart)
    if wording.score >= OWN_WORDS:
        return Likeness(SimilarityKind.REPEAT, wording.score, f"тот же автор, {wording.reason}, {when}")
    if near in PLACE_SCORES and new.topic == earlier.topic and apart <= REPEAT_WINDOW:
        score = PLACE_SCORES[near] * fading(apart, REPEAT_WINDOW)
        reason = f"тот же автор, та же тема, {NEARNESS_WORDS[near]}, {when}"
        return Likeness(SimilarityKind.REPEAT, score, reason)
    return None


def copy(wording: Wording, near: Nearness, apart: timedelta, known: bool) -> Likeness | None:
    """Nearly the same words from somebody else. Short ones say nothing: «Нет света» is written by thousands."""
    if wording.score < SAME_WORDS or not wording.telling or (wording.numbers_differ and near is Nearness.UNKNOWN):
        return None
    who = "другой автор" if known else "автор неизвестен"
    where = f", {NEARNESS_WORDS[near]}" if near in PLACE_SCORES else ""
    return Likeness(SimilarityKind.COPY, wording.score, f"{who}, {wording.reason}{where}, {days(apart)}")


def common_cause(new: Comparable, earlier: Comparable, near: Nearness, apart: timedelta) -> Likeness | None:
    """Other words about one thing: place and topic weigh by how exactly they agree, and fade with time."""
    if near not in PLACE_SCORES or new.group != earlier.group or apart > COMMON_WINDOW:
        return None
    topic = SAME_TOPIC if new.topic == earlier.topic else SAME_GROUP
    score = PLACE_SCORES[near] * topic * fading(apart, COMMON_WINDOW)
    if score < LEAST_SCORE:
        return None
    about = "та же тема" if new.topic == earlier.topic else "близкая тема"
    return Likeness(SimilarityKind.COMMON_CAUSE, score, f"{about}, {NEARNESS_WORDS[near]}, {days(apart)}")


def fading(apart: timedelta, window: timedelta) -> float:
    """1 at once, AFTER_WINDOW at the end of the window."""
    return 1 - (1 - AFTER_WINDOW) * min(apart / window, 1.0)


def days(apart: timedelta) -> str:
    """«в те же сутки», «разница 1 день», «разница 5 дней»."""
    number = apart.days
    if number == 0:
        return "в те же сутки"
    return f"разница {plural(number, 'день', 'дня', 'дней')}"
