"""Russian word forms by pymorphy3, behind a cache: names of streets and bodies come again and again."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import pymorphy3
from pymorphy3.analyzer import Parse

Case = Literal["nomn", "gent", "datv", "accs", "ablt", "loct"]
"""Nominative, genitive, dative, accusative, instrumental, prepositional: pymorphy3's own names."""
Gender = Literal["masc", "femn", "neut"]
LONGEST_FORM = 40
"""Letters; what is longer is no word, and stays as it is."""


@lru_cache(maxsize=1)
def _analyser() -> pymorphy3.MorphAnalyzer:
    """The dictionary, about 15 MB."""
    return pymorphy3.MorphAnalyzer(lang="ru")


@lru_cache(maxsize=20_000)
def parses(form: str) -> tuple[Parse, ...]:
    """All readings of a word form, the most probable first; none where it cannot be read."""
    if len(form) > LONGEST_FORM:
        return ()
    try:
        return tuple(_analyser().parse(form.lower()))
    except ValueError:  # pymorphy3 asks the Unicode name of every letter, and some have none
        return ()


def inflected(form: str, reading: Parse, case: Case, *extra: str) -> str | None:
    """The form in another case, its capitals kept; None where the reading has no such form."""
    made = reading.inflect({case, *extra})
    if made is None:
        return None
    word = str(made.word)
    # the dictionary writes «ё» where the person or the register did not
    return in_case_of(form, word if "ё" in form.lower() else word.replace("ё", "е"))


def in_case_of(pattern: str, word: str) -> str:
    """`word` with the capitals of `pattern`: «ТАРА» gives «ТАРЕ», «Тара» gives «Таре», «Усть-Ишим» «Усть-Ишиме»."""
    if len(pattern) > 1 and pattern.isupper():
        return word.upper()
    parts, model = word.split("-"), pattern.split("-")
    if len(parts) != len(model):
        return word[:1].upper() + word[1:] if pattern[:1].isupper() else word
    return "-".join(
        part[:1].upper() + part[1:] if like[:1].isupper() else part for part, like in zip(parts, model, strict=True)
    )


def adjective(form: str, gender: Gender | None = None) -> Parse | None:
    """The reading of the form as an adjective in the nominative singular of this gender, if it has one."""
    return next(
        (
            one
            for one in parses(form)
            if one.tag.POS in ("ADJF", "PRTF")
            and {"nomn", "sing"} in one.tag
            and not {"Abbr", "Poss"} & one.tag.grammemes  # «Ленина» is no adjective
            and gender in (None, one.tag.gender)
        ),
        None,
    )


def noun(form: str) -> Parse | None:
    """The reading of the form as a noun in the nominative, an inanimate one before a person's name."""
    found = [one for one in parses(form) if one.tag.POS == "NOUN" and "nomn" in one.tag and "Abbr" not in one.tag]
    found.sort(key=lambda one: ("Surn" in one.tag or "Name" in one.tag, "plur" in one.tag))
    return found[0] if found else None


def ordinal(form: str, case: Case, gender: Gender) -> str | None:
    """«1-й» and «12-я» in another case; None where the form is no such number."""
    number, hyphen, ending = form.partition("-")
    if not (hyphen and number.isdigit() and ending in ("й", "я", "е")):
        return None
    return f"{number}-{ORDINAL_ENDINGS[gender][case]}"


ORDINAL_ENDINGS: dict[Gender, dict[Case, str]] = {
    "masc": {"nomn": "й", "gent": "го", "datv": "му", "accs": "й", "ablt": "м", "loct": "м"},
    "neut": {"nomn": "е", "gent": "го", "datv": "му", "accs": "е", "ablt": "м", "loct": "м"},
    "femn": {"nomn": "я", "gent": "й", "datv": "й", "accs": "ю", "ablt": "й", "loct": "й"},
}
"""Endings written after a hyphen: one letter where the last but one is a vowel, two where it is a consonant."""
