"""Landline numbers as people write them: codes of towns have three to five digits, their own numbers the rest of ten.

Mobile numbers and most landlines are facts already (nlp.facts.contacts); a number that is hidden twice is hidden once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

DASH = "‐‑‒–—−-"
BETWEEN = rf"[\s().,/{DASH}]"
WHOLE = re.compile(rf"(?<![\w+])(?:\+\s?7|[78])(?:{BETWEEN.replace(',', '')}{{0,3}}\d){{10}}(?!\d)")
"""«8 (38173) 2-15-40», «8-38151-21-345», «+7 3812 23 45 67»."""
CODED = re.compile(
    rf"(?<![\w(])(?:\([348]\d(?:[\s{DASH}]?\d){{1,3}}\)|[348]\d{{2,4}}(?=[\s,]{{1,2}}\d{{1,3}}[{DASH}]\d\d[{DASH}]))"
    rf"{BETWEEN}{{0,2}}\d(?:[\s{DASH}]?\d){{4,6}}(?![\d{DASH}])"
)
"""«(38173) 2-15-40», «38173 2-15-40»: a code without brackets must be followed by a number with dashes."""
SAID = re.compile(
    rf"(?i:\bтел(?:ефон[а-я]{{0,3}})?\b|\bзвон(?:ить|ите)\b|\bпозвоните\b|\bт(?=\.\s?\d{{1,3}}[{DASH}]))[.:№\s]{{0,4}}"
    rf"(?P<number>\d{{1,3}}\s\d\d\s\d\d|\d(?:[{DASH}]?\d){{4,6}})(?![\d{DASH}]|\s?(?:тыс|руб|р\b|₽))"
)
"""«тел. 2-15-40», «телефон 215640»."""
BARE = re.compile(rf"(?<![\d.,){DASH}])(?<!\)\s)(?<!\d\s)\d{{1,3}}[{DASH}]\d\d[{DASH}]\d\d(?![\d{DASH}])")
"""«2-15-40»: only where the text speaks of phones, for a date or a number of a case looks the same."""
SPOKEN_OF = re.compile(r"\bтел(?:\b|еф)|\bзвон|\bпозвон|\bт\.\s?\d", re.IGNORECASE)
NO_PHONE = re.compile(
    r"(?:инн|снилс|огрн|огрнип|кпп|бик|л/с|сч[её]т[а-я]{0,2}|заявк[а-я]{1,2}|обращени[а-я]{1,2})\W{0,6}\Z",
    re.IGNORECASE,
)
LONGEST_WORD = 20
DIGITS = 10
"""Of a number with its code."""
FEWEST = 5
"""Digits of a number within a small town."""


def landlines(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each number in the text; the same may come twice. A text without digits need not be asked."""
    digits = sum(map(text.count, "0123456789"))  # most texts have too few: counting costs a tenth of the patterns
    if digits >= DIGITS:
        yield from _with_code(text)
    if digits >= FEWEST and SPOKEN_OF.search(text):
        yield from (match.span("number") for match in SAID.finditer(text))
        yield from (match.span() for match in BARE.finditer(text))


def _with_code(text: str) -> Iterator[tuple[int, int]]:
    for match in WHOLE.finditer(text):
        if _digits(match[0])[1] in "3489":
            yield from _unless_named_otherwise(text, match)
    for match in CODED.finditer(text):
        if len(_digits(match[0])) == DIGITS:
            yield from _unless_named_otherwise(text, match)


def _digits(written: str) -> str:
    return "".join(filter(str.isdecimal, written))


def _unless_named_otherwise(text: str, match: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Numbers of accounts and requests may look like phones; free hot lines are nobody's own."""
    free = _digits(match[0])[-DIGITS:].startswith("800")
    if not free and not NO_PHONE.search(text, max(0, match.start() - LONGEST_WORD), match.start()):
        yield match.span()
