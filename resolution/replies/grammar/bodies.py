"""Names of bodies in case: the head noun with its adjectives is inflected, what depends on it stays."""

from __future__ import annotations

import re
from functools import lru_cache

from resolution.replies.grammar.morphology import Case, Gender, adjective, inflected, noun

ABBREVIATION = re.compile(r"[А-ЯЁ]{2,}")
GENERIC = frozenset(
    """администрация управление департамент министерство комитет отдел служба инспекция агентство фонд центр учреждение
    предприятие компания организация общество товарищество дирекция комиссия аппарат правительство отделение филиал
    оператор прокуратура палата совет дума собрание отделение станция больница поликлиника школа горсвет водоканал
    управа префектура главк бюро институт университет театр музей библиотека""".split()
)
MOST_ADJECTIVES = 4


@lru_cache(maxsize=4_000)
def body_in(name: str, case: Case) -> str:
    """The name of a body in a case: «Департамента транспорта», «Администрацией города Омска»; abbreviations stay.

    A name whose head is no noun we know how to read stays as it is: a nominative in the wrong place reads worse than
    nothing, so templates put it after a word that takes the case («исполнитель — …»).
    """
    words = name.split(" ")
    head = _head(words)
    if head is None:
        return name
    gender, count = head
    living = _is_living(words[count])
    made = [_word_in(word, case, gender, living, is_head=at == count) for at, word in enumerate(words[: count + 1])]
    return " ".join([*made, *words[count + 1 :]])


def is_inflected(name: str) -> bool:
    """Whether the name can be put in case."""
    return _head(name.split(" ")) is not None


def gender_of(name: str) -> Gender | None:
    """The gender that a verb of the past takes beside the name: «Администрация … ответила»."""
    head = _head(name.split(" "))
    return None if head is None else head[0]


def _head(words: list[str]) -> tuple[Gender, int] | None:
    """(gender, position) of the head noun, where only adjectives that agree with it stand before it."""
    for at, word in enumerate(words[: MOST_ADJECTIVES + 1]):
        bare = word.strip(",")
        if not bare or ABBREVIATION.fullmatch(bare) or not bare.replace("-", "").isalpha():
            return None
        reading = noun(bare)
        if reading is not None and (bare.lower() in GENERIC or adjective(bare) is None):
            gender = reading.tag.gender
            known = reading.is_known or bare.lower() in GENERIC
            if "plur" in reading.tag or gender is None or not known:
                return None
            return (gender, at) if all(adjective(each, gender) for each in words[:at]) else None
        if adjective(bare) is None:
            return None
    return None


def _is_living(head: str) -> bool:
    """Whether the accusative is that of living beings: «регионального оператора»."""
    reading = noun(head.strip(","))
    return reading is not None and "anim" in reading.tag


def _word_in(word: str, case: Case, gender: Gender, living: bool, *, is_head: bool) -> str:
    bare = word.strip(",")
    reading = noun(bare) if is_head else adjective(bare, gender)
    if reading is None:
        return word
    extra = () if is_head or case != "accs" or gender != "masc" else ("anim" if living else "inan",)
    made = inflected(bare, reading, case, *extra)
    return word if made is None else word.replace(bare, made)
