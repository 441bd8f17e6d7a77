"""MinHash of a text: numbers that two texts share the oftener, the more of their letter sequences they share.

A. Broder, "On the resemblance and containment of documents", 1997; bands as in J. Leskovec, A. Rajaraman, J. Ullman,
"Mining of Massive Datasets", 3.4. From the numbers no word can be had back.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]

SHINGLE = 8
"""Characters in a shingle."""
BANDS = 12
ROWS = 2
"""Two texts meet in a band where all its rows agree: with the share J of common shingles, J ** ROWS of the bands."""

_PRIME = np.uint64(0x100000001B3)  # of the FNV hash
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(32)
_random = np.random.Generator(np.random.PCG64(20261122))  # the seed is part of the format: other numbers, other keys
_FACTORS: Hashes = _random.integers(1, 2**63, BANDS * ROWS, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
_ADDENDS: Hashes = _random.integers(0, 2**63, BANDS * ROWS, dtype=np.uint64)
_BAND_NUMBERS: Hashes = np.arange(1, BANDS + 1, dtype=np.uint64)


def text_keys(words: Sequence[str], salt: int) -> list[int]:
    """One signed 64-bit key a band; none of a text without words. `salt` keeps regions apart."""
    if not words:
        return []
    lowest = ((shingles(" ".join(words))[:, None] * _FACTORS + _ADDENDS) >> _HALF).min(axis=0)
    keys = _BAND_NUMBERS * _GOLDEN + np.uint64(salt & (2**64 - 1))
    for row in lowest.reshape(BANDS, ROWS).T:
        keys = mixed(keys ^ row)
    return [int(key) for key in keys.view(np.int64)]


def shingles(text: str) -> Hashes:
    """A hash of every sequence of SHINGLE characters; of a shorter text, of the whole."""
    letters = np.frombuffer(f" {text} ".encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)
    length = min(SHINGLE, len(letters))
    count = len(letters) - length + 1
    hashes = np.zeros(count, dtype=np.uint64)
    for offset in range(length):
        hashes = hashes * _PRIME + letters[offset : offset + count]
    return mixed(hashes)


def mixed(numbers: Hashes) -> Hashes:
    """The numbers with every bit depending on every bit of before (the finaliser of SplitMix64)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    result: Hashes = numbers ^ (numbers >> np.uint64(31))
    return result
