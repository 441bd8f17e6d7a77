"""Grammar of names: whether a form is a name, a patronymic or a surname, its gender, and its nominative."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from pymorphy3.analyzer import Parse

from nlp.lemmas import parses

Kind = Literal["Name", "Patr", "Surn"]
Gender = Literal["masc", "femn"]
COMMON_WORD = 0.5
"""A form read as a common word this surely («Роман», «Вера» apart) is no surname."""


@lru_cache(maxsize=20_000)
def readings(form: str, kind: Kind, gender: Gender | None) -> tuple[Parse, ...]:
    found = tuple(parse for parse in parses(form) if kind in parse.tag and "plur" not in parse.tag)
    return tuple(
        parse for parse in found if gender is None or parse.tag.gender in (gender, None) or "ms-f" in parse.tag
    )


@lru_cache(maxsize=20_000)
def is_kind(form: str, kind: Kind, gender: Gender | None = None) -> bool:
    """Whether the form can be read so; a patronymic or name must be in the dictionary, not guessed by its ending."""
    found = readings(form, kind, gender)
    if not found:
        return False
    if kind == "Surn":
        best = parses(form)[0]
        return kind in best.tag or best.score < COMMON_WORD or "Name" in best.tag
    return found[0].is_known or kind == "Patr"


def gender_of(form: str) -> Gender | None:
    """The gender of a name or patronymic; None where both are possible."""
    genders = {parse.tag.gender for kind in ("Patr", "Name") for parse in readings(form, kind, None)}
    genders.discard(None)
    if genders == {"masc"}:
        return "masc"
    return "femn" if genders == {"femn"} else None


def nominative(form: str, kind: Kind | None, gender: Gender | None) -> str:
    """The form in the nominative singular, capitalised; as written where grammar cannot tell."""
    candidates = readings(form, kind, gender) if kind else parses(form)
    if any({"nomn", "sing"} in parse.tag for parse in candidates):
        return capitalised(form)
    for parse in candidates:
        inflected = parse.inflect({"nomn", "sing"})
        if inflected is not None:
            return capitalised(str(inflected.word))
    return capitalised(form)


def cases(form: str, kind: Kind | None) -> set[str]:
    found = readings(form, kind, None) if kind else parses(form)
    return {str(parse.tag.case) for parse in found if parse.tag.case}


def capitalised(form: str) -> str:
    return "-".join(part.capitalize() for part in form.split("-"))
