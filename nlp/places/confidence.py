"""How often a place of each kind was right: measured precision, not opinion (docs/nlp.md has the command)."""

from __future__ import annotations

from nlp.places.resolve import Known, Reading

SETTLEMENT = 0.9
STATED = 0.9
OBJECT = 0.7
UNLISTED = 0.6
MISSPELT = 0.8  # factor

BY_SUPPORT = {"kind": 0.95, "house": 0.95, "strong": 0.9, "bare": 0.85}
BY_SETTLEMENT = {Known.NAMED: 1.0, Known.STATED: 1.0, Known.CAPITAL: 1.0, Known.ONLY: 0.7, Known.GUESS: 0.35}


def support(reading: Reading) -> str:
    """What says that the mention is a street."""
    mention = reading.mention
    if mention.kinds:
        return "kind"
    if mention.houses:
        return "house"
    return "strong" if mention.grammar == "strong" else "bare"


def of_street(reading: Reading, house_known: bool) -> float:
    """The probability that the street is the one meant."""
    value = BY_SUPPORT[support(reading)] * BY_SETTLEMENT[reading.known]
    if house_known:
        value += (1 - value) / 2
    if reading.mention.guessed < 1:
        value *= MISSPELT
    return round(value, 2)
