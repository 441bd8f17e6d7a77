"""Kinds of streets and what stands for them in writing: «улица», «ул.», «пр-т», «б-р»."""

from __future__ import annotations

from nlp.lemmas import lemma

# kind -> grammatical gender of its noun: an adjective name agrees with it («Моторная улица», «Космический проспект»)
GENDERS = {
    "улица": "f",
    "проспект": "m",
    "переулок": "m",
    "проезд": "m",
    "бульвар": "m",
    "шоссе": "n",
    "площадь": "f",
    "набережная": "f",
    "тракт": "m",
    "линия": "f",
    "тупик": "m",
    "аллея": "f",
    "спуск": "m",
    "дорога": "f",
    "мост": "m",
    "парк": "m",
    "городок": "m",
    "квартал": "m",
    "микрорайон": "m",
    "территория": "f",
    "посёлок": "m",
    "разъезд": "m",
    "километр": "m",
    "СНТ": "n",
}

# kinds that name a piece of a settlement, not a line on the map
DISTRICT_KINDS = frozenset({"городок", "квартал", "микрорайон", "территория", "посёлок", "разъезд", "СНТ", "парк"})

# words that prove nothing by themselves: they support only a street that is officially of that kind
EVERYDAY_KINDS = DISTRICT_KINDS | {
    "дорога",
    "мост",
    "линия",
    "проезд",
    "километр",
    "тупик",
    "спуск",
    "площадь",
    "набережная",
}

ABBREVIATIONS: dict[str, tuple[str, ...]] = {
    "ул": ("улица",),
    "улиц": ("улица",),
    "улици": ("улица",),
    "у": ("улица",),
    "пр": ("проспект", "проезд"),
    "прт": ("проспект",),
    "пр-т": ("проспект",),
    "пр-кт": ("проспект",),
    "пркт": ("проспект",),
    "п-т": ("проспект",),
    "просп": ("проспект",),
    "проспек": ("проспект",),
    "пер": ("переулок",),
    "переул": ("переулок",),
    "п-к": ("переулок",),
    "пр-д": ("проезд",),
    "прд": ("проезд",),
    "прозд": ("проезд",),
    "б-р": ("бульвар",),
    "б": ("бульвар",),
    "бр": ("бульвар",),
    "бул": ("бульвар",),
    "бульв": ("бульвар",),
    "ш": ("шоссе",),
    "шос": ("шоссе",),
    "пл": ("площадь",),
    "наб": ("набережная",),
    "тр-т": ("тракт",),
    "туп": ("тупик",),
    "ал": ("аллея",),
    "алеея": ("аллея",),
    "а": ("аллея",),
    "дор": ("дорога",),
    "дорожка": ("дорога",),
    "мкр": ("микрорайон",),
    "мкрн": ("микрорайон",),
    "мкр-н": ("микрорайон",),
    "м-н": ("микрорайон",),
    "мк-н": ("микрорайон",),
    "мик-н": ("микрорайон",),
    "микр": ("микрорайон",),
    "кв-л": ("квартал",),
    "тер": ("территория",),
    "пос": ("посёлок",),
    "поселок": ("посёлок",),
    "км": ("километр",),
    "снт": ("СНТ",),
    "сдт": ("СНТ",),
    "сад-во": ("СНТ",),
    "с-во": ("СНТ",),
    "снтсн": ("СНТ",),
    "жилгородок": ("городок",),
}
# abbreviations that are also everyday short words: read as a kind in official lists only
LIST_ONLY = frozenset({"а", "у", "ш", "ал", "б"})
# of them, those that a text may use with a dot: «б. Архитекторов», «Московское ш.»
DOTTED = frozenset({"ш", "б", "ал"})

_BY_LEMMA: dict[str, tuple[str, ...]] = {kind.lower().replace("ё", "е"): (kind,) for kind in GENDERS}


def may_be_kind(form: str, lemma_of_form: str) -> bool:
    """Whether the word may be the noun of a kind: a quick look before `kinds_of`."""
    return form in ABBREVIATIONS or lemma_of_form in _BY_LEMMA


def kinds_of(form: str, lemma_of_form: str, dotted: bool = False) -> tuple[str, ...]:
    """The kinds that a word of a text may stand for, most probable first; empty for any other word."""
    if form in LIST_ONLY and not (dotted and form in DOTTED):
        return ()
    return ABBREVIATIONS.get(form) or _BY_LEMMA.get(lemma_of_form, ())


def listed_kinds(form: str) -> tuple[str, ...]:
    """The same for a word of an official list, where every abbreviation is meant."""
    return ABBREVIATIONS.get(form) or _BY_LEMMA.get(form) or _BY_LEMMA.get(lemma(form)) or ()
