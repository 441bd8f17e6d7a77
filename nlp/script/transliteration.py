"""Russian written in Latin letters («Privet, ne rabotaet lift»), by whatever scheme or by ear.

Schemes differ in the same few places (й, ы, ё, э, х, ц, щ, ю, я, soft and hard signs), so a word and its Latin writings
are brought to one key in which those differences are gone; of the words with that key the most frequent one is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain

from nlp.script.alignment import Edit
from nlp.script.known import CACHED_FORMS, frequency, is_word, places_in_vocabulary

WORD = re.compile(r"(?<![\w-])[a-zA-Z46]*[a-zA-Z][a-zA-Z46]*(?:['’`ʹ][a-zA-Z]+)*['’`ʹ]?(?!\w)")
KEY_OF_RUSSIAN = str.maketrans(
    {"ё": "е", "э": "е", "ы": "и", "й": "и", "ц": "тс", "щ": "сч", "ю": "иу", "я": "иа", "ь": "", "ъ": ""}
)
LATIN = {
    "shch": "сч", "sch": "сч", "shh": "сч", "zh": "ж", "kh": "х", "ch": "ч", "sh": "ш", "ph": "ф", "cz": "тс",
    "ck": "к", "a": "а", "b": "б", "c": "Ц", "d": "д", "e": "е", "f": "ф", "g": "г", "h": "х", "i": "и", "j": "Ж",
    "k": "к", "l": "л", "m": "м", "n": "н", "o": "о", "p": "п", "q": "к", "r": "р", "s": "с", "t": "т", "u": "у",
    "v": "в", "w": "В", "x": "Х", "y": "и", "z": "з", "4": "ч", "6": "ш",
}  # fmt: skip
PIECE = re.compile("|".join(sorted(LATIN, key=len, reverse=True)))
# what a piece of a key may stand for besides: each is tried on the whole word, alone and with the others
CHOICES = (
    ("Ц", ("тс", "к", "с")), ("Ж", ("и", "ж")), ("В", ("в", "ш")), ("Х", ("х", "кс")), ("ш", ("ш", "сч")),
    ("ио", ("ио", "е")), ("ие", ("ие", "е")),
)  # fmt: skip
MOST_KEYS = 24
# letters for a word that no dictionary has: names of streets and people
SPELT = {
    "shch": "щ", "sch": "щ", "shh": "щ", "zh": "ж", "kh": "х", "ts": "ц", "ch": "ч", "sh": "ш", "yu": "ю", "ju": "ю",
    "iu": "ю", "ya": "я", "ja": "я", "ia": "ия", "yo": "ё", "jo": "ё", "ph": "ф", "ck": "к", "iy": "ий", "yy": "ый",
    "ay": "ай", "ey": "ей", "oy": "ой", "uy": "уй", "aj": "ай", "ej": "ей", "oj": "ой", "a": "а", "b": "б", "c": "ц",
    "d": "д", "e": "е", "f": "ф", "g": "г", "h": "х", "i": "и", "j": "й", "k": "к", "l": "л", "m": "м", "n": "н",
    "o": "о", "p": "п", "q": "к", "r": "р", "s": "с", "t": "т", "u": "у", "v": "в", "w": "в", "x": "х", "y": "ы",
    "z": "з", "'": "ь", "’": "ь", "`": "ь", "ʹ": "ь",
}  # fmt: skip
SPELLING = re.compile("|".join(sorted(map(re.escape, SPELT), key=len, reverse=True)))
RARE = 30
COMMON = 20_000
"""Counts in the news: below the one a word proves nothing, above the other it is a word of everyday."""
LEAST = 4
SHARE_OF_TEXT, SHARE_OF_PIECE = 0.6, 0.8
LONGEST = 30
"""Letters of a word that is looked up."""


def transliterated(text: str, start: int, end: int, *, whole: bool) -> list[Edit]:
    """Edits that read [start, end), a piece without Cyrillic, as Russian in Latin letters; none where it is not.

    Inside a Russian text (`whole` false) only a phrase of three words and more with an everyday one among them is read
    so: what stands there alone is a name or a brand.
    """
    words = [match for match in WORD.finditer(text, start, end) if any(map(str.isalpha, match[0]))]
    if not words or (not whole and (len(words) < 3 or not any(is_everyday(match[0].lower()) for match in words))):
        return []
    letters = right = 0
    everyday = longest = 0
    for match in words:
        size = sum(map(str.isalpha, match[0]))
        if size == 1:
            continue
        letters += size
        word, count = found(match[0].lower())
        if count >= RARE and frequency(match[0].lower()) <= (count * 20 if whole else count / 100):
            right += size
            longest = max(longest, len(word))
            everyday += count >= COMMON
    share = SHARE_OF_TEXT if whole else SHARE_OF_PIECE
    if right < LEAST or right < share * letters or longest < LEAST or (not everyday and (not whole or len(words) > 2)):
        return []
    return list(read(words))


def is_everyday(written: str) -> bool:
    """Whether the plainest reading is a word of everyday («ne», «net», «vody»): spares most texts the table of keys."""
    return len(written) > 1 and frequency(spelt(written)) >= COMMON


def read(words: Sequence[re.Match[str]]) -> Iterator[Edit]:
    for match in words:
        written = match[0]
        word, count = found(written.lower())
        if not count and not written.isalpha() and any(map(str.isdecimal, written)):
            continue
        russian = word if count else spelt(written.lower())
        yield Edit(match.start(), match.end(), cased(russian, written))


def cased(russian: str, written: str) -> str:
    if written.isupper() and len(written) > 1:
        return russian.upper()
    return russian.capitalize() if written[0].isupper() else russian


def spelt(written: str) -> str:
    return SPELLING.sub(lambda piece: SPELT[piece[0]], written)


@lru_cache(maxsize=CACHED_FORMS // 10)
def found(written: str) -> tuple[str, int]:
    """The likeliest Russian word for a Latin writing in lower case, and its count in the news (0: none is known)."""
    if len(written) > LONGEST:
        return written, 0
    own = spelt(written)
    best, weight = own, float(frequency(own) if is_word(own) else 0)
    if not weight and is_word(own) and len(own) > 3:
        weight = float(RARE)
    for key, changes in keys_of(written):
        word, count = words_by_key().get(key, ("", 0))
        likely = count / 20**changes
        if likely > weight:
            best, weight = word, likely
    return best, int(weight)


def keys_of(written: str) -> list[tuple[str, int]]:
    """Keys of a Latin word with the number of unusual choices in each."""
    base = "".join(LATIN[piece[0]] for piece in PIECE.finditer(written))
    keys = [(base, 0)]
    for mark, meanings in CHOICES:
        keys = list(
            chain.from_iterable(
                [(key.replace(mark, meaning), changes + min(order, 1)) for order, meaning in enumerate(meanings)]
                if mark in key
                else [(key, changes)]
                for key, changes in keys
            )
        )[:MOST_KEYS]
    return [(squeezed(key), changes) for key, changes in keys]


def squeezed(key: str) -> str:
    while "ии" in key:
        key = key.replace("ии", "и")
    return key


@lru_cache(maxsize=1)
def words_by_key() -> dict[str, tuple[str, int]]:
    """The most frequent word of every key, with its count."""
    kept: dict[str, tuple[str, int]] = {}
    for word in places_in_vocabulary():
        if "а" <= word[0] <= "я" and (count := frequency(word)) >= RARE and word.isalpha():
            key = squeezed(word.translate(KEY_OF_RUSSIAN))
            if count > kept.get(key, ("", 0))[1]:
                kept[key] = (word, count)
    return kept
