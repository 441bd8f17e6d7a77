"""Wordings compared: MinHash of a text's words in threes, so that a stamp with a word changed is known again."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import lru_cache

PERMUTATIONS = 32
BANDS = 8
ROWS = PERMUTATIONS // BANDS
ALIKE = 0.7
"""Share of equal positions (an estimate of the Jaccard similarity) from which two wordings are one."""
PRIME = (1 << 61) - 1
WORD = re.compile(r"[а-яёa-z0-9]+")
SHINGLE = 3


def signature(text: str) -> list[int]:
    """The MinHash of a text, 31 bits a position; the same text in other case and punctuation gives the same."""
    words = WORD.findall(text.lower().replace("ё", "е"))
    shingles = {" ".join(words[at : at + SHINGLE]) for at in range(max(1, len(words) - SHINGLE + 1))}
    hashes = [int.from_bytes(hashlib.blake2b(each.encode(), digest_size=7).digest()) for each in shingles]
    return [min((a * value + b) % PRIME for value in hashes) & 0x7FFFFFFF for a, b in _permutations()]


def bands(marks: Sequence[int]) -> list[int]:
    """Signed 64-bit hashes of the bands: two wordings that are alike share at least one, very probably."""
    pieces = (f"{at}:{','.join(map(str, marks[at * ROWS : (at + 1) * ROWS]))}" for at in range(BANDS))
    return [int.from_bytes(hashlib.blake2b(each.encode(), digest_size=8).digest(), signed=True) for each in pieces]


def alike(one: Sequence[int], other: Sequence[int]) -> bool:
    equal = sum(a == b for a, b in zip(one, other, strict=True))
    return equal >= ALIKE * len(one)


@lru_cache(maxsize=1)
def _permutations() -> tuple[tuple[int, int], ...]:
    """The same in every process and version: what is stored is compared with what comes."""
    made = []
    for number in range(PERMUTATIONS):
        digest = hashlib.blake2b(f"otklik wording {number}".encode(), digest_size=16).digest()
        made.append((int.from_bytes(digest[:8]) % (PRIME - 1) + 1, int.from_bytes(digest[8:]) % PRIME))
    return tuple(made)
