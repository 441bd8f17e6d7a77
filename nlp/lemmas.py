"""Lemmas and grammar of Russian word forms: pymorphy3 behind a cache, so that a form seen again costs nothing."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import pymorphy3
from pymorphy3.analyzer import Parse

CACHED_FORMS = 200_000
UNKNOWN = "?"
"""Read in place of what cannot be read."""
LONGEST_FORM = 40
"""Letters; what is longer is no word («аааа…», a text without spaces) and is its own lemma, unread and not kept."""


@lru_cache(maxsize=1)
def analyser() -> pymorphy3.MorphAnalyzer:
    """The one morphological analyser of the process (its dictionary takes about 15 MB)."""
    return pymorphy3.MorphAnalyzer(lang="ru")


def lemma(form: str) -> str:
    """The most probable lemma of a word form, lower case, with «ё» written as «е»."""
    return kept_lemma(form) if len(form) <= LONGEST_FORM else form.lower().replace("ё", "е")


@lru_cache(maxsize=CACHED_FORMS)
def kept_lemma(form: str) -> str:
    if "а" <= form[:1].lower().replace("ё", "е") <= "я":
        build = analyser().dictionary.build_normal_form
        normal = {build(paradigm, at, word).replace("ё", "е") for word, paradigm, at in in_dictionary(form)}
        return normal.pop() if len(normal) == 1 else str(parses(form)[0].normal_form).replace("ё", "е")
    return form.lower()


@lru_cache(maxsize=CACHED_FORMS)
def part_of_speech(form: str) -> str | None:
    """That of the most probable reading, as pymorphy3 calls it; None for what has none (numbers, foreign words)."""
    tag = analyser().dictionary.build_tag_info
    found = {tag(paradigm, at).POS for _, paradigm, at in in_dictionary(form)}
    most_probable = found.pop() if len(found) == 1 else parses(form)[0].tag.POS
    return None if most_probable is None else str(most_probable)


def in_dictionary(form: str) -> Iterator[tuple[str, int, int]]:
    """The word («ё» put back), the paradigm and the place in it of each reading that the dictionary has of a form.

    Where all of them agree (five forms in six of real texts do of their lemma) nobody need ask which one is the most
    probable, and that takes six times the time.
    """
    asked = analyser()
    for word, readings in asked.dictionary.words.similar_items(form[-LONGEST_FORM:].lower(), asked.char_substitutes):
        for paradigm, at in readings:
            yield word, paradigm, at


def parses(form: str) -> tuple[Parse, ...]:
    """All readings of a word form, most probable first; never empty. Of a form too long, those of its end."""
    return kept_parses(form[-LONGEST_FORM:])


@lru_cache(maxsize=CACHED_FORMS // 10)
def kept_parses(form: str) -> tuple[Parse, ...]:
    try:
        return tuple(analyser().parse(form.lower()))
    except ValueError:  # pymorphy3 asks the Unicode name of every letter, and some (Tangut, Nüshu) have none
        return tuple(analyser().parse(UNKNOWN))
