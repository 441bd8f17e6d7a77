"""How often a place of each kind was right: measured precision, not opinion (docs/places.md has the commands)."""

from __future__ import annotations

from nlp.places.resolve import Known, Reading

# The four below: `python -m bench.place_confidence` on the labelled posts of Omsk oblast and a gazetteer made without
# them (docs/places.md has the table). A settlement named by itself was the labelled one in 72 of 94 cases.
SETTLEMENT = 0.77
STATED = 0.9
OBJECT = 0.74  # 45 of 50 names right by eye, the settlement right in 18 of 22
UNLISTED = 0.86  # 24 of 28
MISSPELT = 0.87  # factor: 356 of 409 streets read right were read right again after one slip of the pen

# Of 815 streets found in 1,880 public posts of Omsk oblast 12 were judged by eye to be no street or another one.
BY_SUPPORT = {"kind": 0.99, "house": 0.98, "strong": 0.98, "bare": 0.95}
# How often the settlement was the labelled one: stated 418 of 418, named 218 of 218, capital 359 of 395, guess 6 of 11.
BY_SETTLEMENT = {Known.NAMED: 0.99, Known.STATED: 0.99, Known.CAPITAL: 0.91, Known.ONLY: 0.8, Known.GUESS: 0.5}


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
