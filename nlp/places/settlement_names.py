"""Names of settlements: «рабочий посёлок Большеречье», «Колпино г.», «с. Троицкое», and how they decline."""

from __future__ import annotations

from collections.abc import Sequence

from nlp.lemmas import parses
from nlp.places.names import NameClass, plain

# what a list or a person writes -> the kind in full; longer ones first where one contains another
KINDS = {
    "рабочий поселок": "рабочий посёлок",
    "дачный поселок": "дачный посёлок",
    "коттеджный поселок": "посёлок",
    "поселок городского типа": "посёлок городского типа",
    "садоводческое некоммерческое товарищество": "СНТ",
    "город": "город",
    "гор": "город",
    "г": "город",
    "село": "село",
    "с": "село",
    "деревня": "деревня",
    "дер": "деревня",
    "д": "деревня",
    "поселок": "посёлок",
    "пос": "посёлок",
    "п": "посёлок",
    "рп": "рабочий посёлок",
    "р.п": "рабочий посёлок",
    "дп": "дачный посёлок",
    "пгт": "посёлок городского типа",
    "аул": "аул",
    "станция": "станция",
    "ст": "станция",
    "разъезд": "разъезд",
    "хутор": "хутор",
    "снт": "СНТ",
    "мкр": "микрорайон",
    "микрорайон": "микрорайон",
    "городок": "городок",
    "тер": "территория",
    "ж/д_оп": "остановочный пункт",
    "садоводство": "СНТ",
}
# single words that stand before a settlement's name in a text, by lemma or abbreviation
TEXT_KINDS = frozenset(
    "город гор г село с деревня дер д поселок пос п рп пгт аул станция ст разъезд хутор снт мкр мкрн микрорайон "
    "дп".split()
)


def split_settlement(raw: str) -> tuple[str, str]:
    """Name and kind of a settlement as a list writes it; the kind is empty where none is given."""
    words = raw.replace(".", ". ").split()
    for size in (3, 2, 1):
        head = plain(" ".join(words[:size])).rstrip(".")
        if len(words) > size and head in KINDS:
            return " ".join(words[size:]), KINDS[head]
    tail = plain(words[-1]).rstrip(".") if len(words) > 1 else ""
    if tail in KINDS and (words[-1].endswith(".") or words[-1] == "СНТ" or len(tail) > 3):
        return " ".join(words[:-1]), KINDS[tail]
    return raw.strip(), ""


def settlement_class(words: Sequence[str]) -> NameClass:
    """How the name declines: «Луговой» as an adjective, «Большие Уки» as a phrase."""
    if all(_is_adjective(word) for word in words):
        return NameClass.ADJECTIVE
    return NameClass.NOMINATIVE


def _is_adjective(word: str) -> bool:
    if word[-2:] not in ("ый", "ий", "ой", "ая", "яя", "ое", "ее") or len(word) < 5:
        return False
    best = parses(word)[0].tag
    return best.POS in ("ADJF", "PRTF") or not parses(word)[0].is_known or word.endswith("ское")
