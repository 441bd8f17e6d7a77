"""A house number that stands alone, in its normal form: a column of a table, a tag of a map."""

from __future__ import annotations

from nlp.places.houses import house_at
from nlp.places.tokens import Tokens
from nlp.words import words_of


def whole_number(raw: str) -> str:
    """«12 А» as «12а», «12 корп. 2» as «12к2»; empty when the text is not one house number and nothing else."""
    tokens = Tokens(raw, words_of(raw))
    house = house_at(tokens, 0)
    return house.number if house is not None and house.end == len(tokens) else ""
