"""Character n-grams of word forms, and where in a vocabulary they stand.

The n-grams are those of scikit-learn's `char_wb`: inside words, edges padded with a space.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

SHORTEST, LONGEST = 2, 5
"""Lengths of the n-grams."""

NEW_FORMS = 4_096
"""Forms whose n-grams are kept for a moment, since the same forms come again in the next texts."""

MOST_CHARACTERS = 4_000
"""Distinct characters of a vocabulary that are told apart: so many to the power of LONGEST fit into 64 bits. Russian
complaints have less than a hundred."""

NO_CHARACTER = "\0"
BETWEEN = f" {NO_CHARACTER} "
"""What stands between two forms: the edges of both, and what is in no word."""

Positions = NDArray[np.int32]
Keys = NDArray[np.int64]


@lru_cache(maxsize=NEW_FORMS)
def grams_of(form: str) -> list[str]:
    """The character n-grams of one word form; a short word gives itself once."""
    padded = f" {form} "
    found: list[str] = []
    for length in range(SHORTEST, LONGEST + 1):
        if length >= len(padded):
            found.append(padded)
            break
        found += [padded[at : at + length] for at in range(len(padded) - length + 1)]
    return found


class GramTable:
    """The positions of a vocabulary's n-grams, found for many word forms at once.

    An n-gram is a number whose digits are its characters (from 1, so that lengths differ too), and the numbers are
    sorted: for some hundred forms a search among them takes a tenth of the time of cutting strings and asking a
    dictionary for each.
    """

    def __init__(self, grams: Sequence[str]) -> None:
        characters = sorted(set("".join(grams)) - {NO_CHARACTER})[:MOST_CHARACTERS]
        self._base = len(characters) + 1
        # of a character beyond the table, and of one that is in no n-gram: a digit that no kept number has
        self._digits = np.full(max(map(ord, characters), default=0) + 2, self._base, np.int64)
        self._digits[[ord(character) for character in characters]] = np.arange(1, self._base)
        keys = np.zeros(len(grams), np.int64)
        lengths = np.fromiter(map(len, grams), np.int64, len(grams))
        for length in np.unique(lengths).tolist():
            of_length = np.flatnonzero(lengths == length)
            digits = self._read("".join(grams[at] for at in of_length.tolist())).reshape(-1, length)
            for column in digits.T:
                keys[of_length] = keys[of_length] * self._base + column
            keys[of_length[(digits == self._base).any(axis=1)]] = 0  # no form finds it
        order = np.argsort(keys)
        self._keys: Keys = keys[order]
        self._positions = order.astype(np.int32)

    def find(self, forms: Sequence[str]) -> list[Positions]:
        """Positions of the known n-grams of each form (words, numbers), as often as they stand in it."""
        if not forms or not len(self._keys):
            return [np.zeros(0, np.int32)] * len(forms)
        # as many n-grams begin at every character; those that reach over the end of a form are none
        digits = np.pad(self._read(f" {BETWEEN.join(forms)} "), (0, LONGEST - 1), constant_values=self._base)
        count = len(digits) - LONGEST + 1
        keys = np.empty((count, LONGEST - SHORTEST + 1), np.int64)
        key = digits[:count].copy()
        for further in range(1, LONGEST):
            key = key * self._base + digits[further : further + count]
            if further >= SHORTEST - 1:
                keys[:, further - SHORTEST + 1] = key
        flat = keys.ravel()
        at = np.minimum(np.searchsorted(self._keys, flat), len(self._keys) - 1)
        known = self._keys[at] == flat
        begins = np.cumsum([0, *(len(form) + len(BETWEEN) for form in forms[:-1])])
        seen = np.concatenate([[0], np.cumsum(known)])[begins[1:] * keys.shape[1]]
        return np.split(self._positions[at[known]], seen)

    def _read(self, text: str) -> Keys:
        """The digits of the characters of a text."""
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        return self._digits[np.minimum(codes, len(self._digits) - 1)]
