"""Spaces lost and spaces added: «нетводы», «н е т  в о д ы», «во ды»."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from math import log

from nlp.script.alignment import Edit
from nlp.script.known import CACHED_FORMS, frequency, is_word

WORD = re.compile(r"[А-Яа-яЁё]+")
SPACED = re.compile(r"(?<!\w)[А-Яа-яЁё](?: {1,3}[А-Яа-яЁё]){3,200}(?!\w)")
NO_WORDS = frozenset("бгдежзйлмнпртфхцчшщъыьэю")
"""Letters that are no word."""
LONE_LETTER = re.compile(rf"(?<!\w)[{''.join(sorted(NO_WORDS))}](?!\w)", re.IGNORECASE)
GAP = re.compile(" +")
LONG = 22
"""Letters of an unknown word that is looked into wherever it stands, for compounds («противогололёдной») are shorter;
shorter ones only in texts that lack spaces."""
LONG_WORD = re.compile(f"[А-Яа-яЁё]{{{LONG},}}")
SHORT = 5
DENSE = 9
"""Characters of a text for each of its spaces above which it lacks some."""
LONGEST_PIECE = 20
WORDS_OF_NEWS = log(1e9)
PRICE_OF_PIECE = 1.0
LEAST_MEAN = 3.45
"""Letters of a piece on average; what falls into shorter ones is one rare word."""
LONGEST = 20_000
"""Letters of a form that is looked into."""
LIKELY = 2.6
"""Cost a letter at most: short words cost most."""
LONE = frozenset("авикосуя")
ABBREVIATED = frozenset(
    "г д т м ул кв пр пер р п ж б э ч л х ш стр корп мкр рн обл им ост пл руб коп тел эт под зд см рд др тд тп сот "
    "лет км га тс шт мин час сут гос".split()
)


def scattered(text: str) -> list[Edit]:
    """«н е т  в о д ы»: single letters in a row; and «во ды»: two neighbours that are a word only together."""
    edits: list[Edit] = []
    for match in SPACED.finditer(text):
        edits += gathered(text, *match.span())
    if edits:
        return edits
    return list(halves(text))


def gathered(text: str, start: int, end: int) -> Iterator[Edit]:
    written = text[start:end]
    wide = "  " in written
    for gap in GAP.finditer(text, start, end):
        if not wide or gap.end() - gap.start() == 1:
            yield Edit(gap.start(), gap.end(), "")


def halves(text: str) -> Iterator[Edit]:
    forms = WORD.findall(text.lower())
    distinct = set(forms)
    if all(map(is_word, distinct)) and (NO_WORDS.isdisjoint(distinct) or not LONE_LETTER.search(text)):
        return
    broken = {form for form in distinct if not is_whole(form)}
    taken = 0
    matches = list(WORD.finditer(text)) if broken else []
    for at, (first, second) in enumerate(pairwise(forms) if broken else ()):
        if (first not in broken and second not in broken) or second in ABBREVIATED or first in ABBREVIATED:
            continue
        one, two = matches[at], matches[at + 1]
        if one.start() < taken or two.start() != one.end() + 1 or text[one.end()] != " ":
            continue
        if one[0].isupper() != two[0].isupper() and (len(one[0]) > 1 or two[0][0].isupper()):
            continue
        word = first + second
        rest = second if is_whole(first) else first
        if len(word) >= 3 and is_word(word) and frequency(word) > 5 * frequency(rest):
            yield Edit(one.end(), two.start(), "")
            taken = two.end()


def is_whole(form: str) -> bool:
    return form in LONE if len(form) == 1 else is_word(form)


def glued(text: str) -> list[Edit]:
    """«нетводыналенина»: spaces put where the likeliest words of the language end."""
    dense = len(text) > DENSE * (1 + text.count(" ") + text.count("\n"))
    least = SHORT if dense else LONG
    edits: list[Edit] = []
    for match in (LONG_WORD if least == LONG else WORD).finditer(text):
        form = match[0].lower()
        if not least <= len(form) <= LONGEST or is_word(form) or text[match.start() - 1 : match.start()] == "-":
            continue
        cuts = segmented(form)
        if cuts:
            edits += [Edit(match.start() + cut, match.start() + cut, " ") for cut in around(text, match, cuts)]
    return edits


def around(text: str, match: re.Match[str], cuts: list[int]) -> list[int]:
    """The cuts, and one beside a number that the words are glued to: «ленина5уже»."""
    before = [0] if match.start() and text[match.start() - 1].isdecimal() else []
    after = [len(match[0])] if match.end() < len(text) and text[match.end()].isdecimal() else []
    return [*before, *cuts, *after]


def segmented(form: str) -> list[int]:
    """Where to cut a form into the likeliest words; empty where it is no row of words."""
    size = len(form)
    costs = [0.0] + [1e9] * size
    origins = [0] * (size + 1)
    for end in range(1, size + 1):
        for start in range(max(0, end - LONGEST_PIECE), end):
            price = costs[start] + cost(form[start:end])
            if price < costs[end]:
                costs[end], origins[end] = price, start
    if costs[size] > LIKELY * size:
        return []
    cuts = []
    at = origins[size]
    while at:
        cuts.append(at)
        at = origins[at]
    return cuts[::-1] if size >= LEAST_MEAN * (len(cuts) + 1) else []


@lru_cache(maxsize=CACHED_FORMS)
def cost(form: str) -> float:
    """What a word costs, by its count in the news; a chance letter costs more than any word."""
    if len(form) == 1 and form not in LONE:
        return 30.0
    count = frequency(form)
    if not count or not is_word(form) or (len(form) <= 2 and count < 20_000):
        return 30.0 * len(form)
    return PRICE_OF_PIECE + WORDS_OF_NEWS - log(count)
