"""Lemmas and grammar of Russian word forms: pymorphy3 behind a cache, so that a form seen again costs nothing."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import pymorphy3
from pymorphy3.analyzer import Parse

CACHED_FORMS = 300_000


@lru_cache(maxsize=1)
def analyser() -> pymorphy3.MorphAnalyzer:
    """The one morphological analyser of the process (its dictionary takes about 15 MB)."""
    return pymorphy3.MorphAnalyzer(lang="ru")


@lru_cache(maxsize=CACHED_FORMS)
def lemma(form: str) -> str:
    """The most probable lemma of a word form, lower case, with «ё» written as «е»."""
    return str(parses(form)[0].normal_form).replace("ё", "е")


@lru_cache(maxsize=CACHED_FORMS // 10)
def parses(form: str) -> tuple[Parse, ...]:
    """All readings of a word form, most probable first; never empty."""
    try:
        return tuple(analyser().parse(form.lower()))
    except ValueError:  # pymorphy3 asks Unicode for the name of every letter, and some letters have none
        named = "".join(letter if unicodedata.name(letter, "") else "\ufffd" for letter in form.lower())
        return tuple(analyser().parse(named))
