"""Names of streets read in a sentence, put into the nominative: «на Тенистой» as «Тенистая»."""

from __future__ import annotations

from collections.abc import Sequence

from nlp.lemmas import parses
from nlp.places.kinds import GENDERS
from nlp.places.names import plain

ENDINGS = {
    "f": {"ой": "ая", "ую": "ая", "ею": "яя", "ей": "яя", "юю": "яя"},
    "m": {"ого": "ый", "ому": "ый", "ом": "ый", "ым": "ый", "его": "ий", "ему": "ий", "ем": "ий", "им": "ий"},
    "n": {"ого": "ое", "ому": "ое", "ом": "ое", "ым": "ое"},
}
GRAMMEMES = {"f": "femn", "m": "masc", "n": "neut"}
VELARS = frozenset("гкхжшщч")
SURELY = 0.2  # score from which a reading as a surname counts


def in_nominative(words: Sequence[str], kind: str) -> list[str]:
    """The words of a street's name as a list writes them. A genitive name («Бархатовой», «Советской Армии») stays."""
    names = [word for word in words if not word[0].isdigit()]
    if not all(_declines(word, GENDERS[kind]) for word in names):
        return list(words)
    return [word if word[0].isdigit() else _nominative(word, GENDERS[kind]) for word in words]


def _declines(word: str, gender: str) -> bool:
    """Whether the word is an adjective of this gender in any case, and no surname."""
    readings = parses(plain(word))
    if any("Surn" in parse.tag and parse.is_known and parse.score >= SURELY for parse in readings):
        return False
    return any(parse.tag.POS == "ADJF" and GRAMMEMES[gender] in parse.tag for parse in readings)


def _nominative(word: str, gender: str) -> str:
    for ending, nominative in ENDINGS[gender].items():
        if plain(word).endswith(ending) and len(word) > len(ending) + 2:
            stem = word[: len(word) - len(ending)]
            masculine = nominative == "ый" and stem[-1].lower() in VELARS
            return stem + ("ий" if masculine else nominative)
    return word


def can_end_name(word: str) -> bool:
    """Whether the word can end a street's name: an adjective or a genitive, not a verb or a plain subject."""
    readings = [parse for parse in parses(plain(word)) if parse.score > 0.05] or [parses(plain(word))[0]]
    if not readings[0].is_known and readings[0].tag.number != "plur":
        return True
    return any(
        parse.tag.case == "gent" or "Fixd" in parse.tag or (parse.tag.POS == "ADJF" and parse.tag.number == "sing")
        for parse in readings
    )
