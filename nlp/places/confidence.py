"""How often a place of each kind was right: measured precision, not opinion."""

from __future__ import annotations

from nlp.places.mentions import StreetMention


def street_confidence(mention: StreetMention, how: str, house_known: bool, alternative: bool) -> float:
    """The probability that a street is the one meant."""
    value = 0.9 if mention.kinds or mention.houses else 0.75
    if house_known:
        value += 0.05
    if how == "guess":
        value = 0.3
    elif how == "only":
        value = 0.6
    return round(value * (0.2 if alternative else 1.0), 2)
