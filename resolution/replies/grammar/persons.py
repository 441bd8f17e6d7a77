"""How to address a person by the name that he gave: by name and patronymic where it is sure, else not by name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from resolution.replies.grammar.morphology import parses

GREETING = "Здравствуйте!"
FEMALE = ("овна", "евна", "ёвна", "ична", "инична", "ьевна", "ишна")
MALE = ("ович", "евич", "ёвич", "ич")
OBLIQUE = {
    "овны": "овна", "евны": "евна", "ичны": "ична", "овне": "овна", "евне": "евна", "ичне": "ична",
    "овича": "ович", "евича": "евич", "овичу": "ович", "евичу": "евич", "ьича": "ьич", "ьичу": "ьич",
}  # fmt: skip
"""Endings of patronymics in the genitive and dative: «от Петровой Анны Ивановны»."""
SHORT_MALE = frozenset("ильич кузьмич лукич фомич никитич саввич ионич кирьякич".split())
SHORT_FEMALE = frozenset("ильинична кузьминична лукинична фоминична никитична саввична".split())
TURKIC_SON = frozenset("оглы оглу углы улы уулу".split())
TURKIC_DAUGHTER = frozenset("кызы гызы кизи гизи".split())
NO_PERSON = frozenset(
    """ооо оао зао пао ао тсж тсн жск снт ук жэк мку мбу мбоу маоу гку гбу тос нко фгуп муп совет дом дома
    жители жильцы житель жительница администрация коллектив родители группа сообщество паблик новости клуб магазин
    школа общество подслушано инициативная ип бот и аноним анонимно гость пользователь семья супруги соседи""".split()
)
"""Words of a name that is no one person's."""
WORD = re.compile(r"[А-ЯЁа-яё]+(?:-[А-ЯЁа-яё]+)*")
INITIAL = re.compile(r"[А-ЯЁа-яё]\.?")
MOST_WORDS = 5
SHORTEST_NAME = 2


@dataclass(frozen=True, slots=True)
class Addressee:
    """What to call a person: `first` and `patronymic` are in the nominative, which an address stands in.

    `female` is known by the patronymic alone: nobody is told his gender by a guess.
    """

    first: str
    patronymic: str = ""
    female: bool | None = None


@lru_cache(maxsize=20_000)
def salutation(name: str) -> str:
    """«Уважаемая Анна Петровна!», «Здравствуйте, Анна!», or «Здравствуйте!» where the name is not sure."""
    person = addressee(name)
    if person is None:
        return GREETING
    if not person.patronymic:
        return f"Здравствуйте, {person.first}!"
    return f"{'Уважаемая' if person.female else 'Уважаемый'} {person.first} {person.patronymic}!"


def addressee(name: str) -> Addressee | None:
    """Whom the name names; None where that is not sure: a nickname, a company, two persons, another alphabet."""
    words = _words(name)
    if words is None:
        return None
    full = [word for word in words if not INITIAL.fullmatch(word)]
    if not full:
        return None
    turkic = _turkic(full)
    if turkic is not None:
        return turkic
    return _with_patronymic(full) or (_by_first_name(full) if len(full) == len(words) else None)


def _words(name: str) -> list[str] | None:
    """The words of a name; None where something in it is none of a person's."""
    cleaned = re.sub(r"[,;]", " ", name)
    cleaned = re.sub(r"(?<=[А-ЯЁа-яё]\.)(?=[А-ЯЁа-яё])", " ", cleaned)
    words = [word for word in cleaned.split() if any(letter.isalnum() for letter in word)]
    if words and words[0].lower().rstrip(".:") in ("ип", "от", "гр", "гр-ка", "гр-н", "г-н", "г-жа", "гражданин"):
        words = words[1:]
    if not words or len(words) > MOST_WORDS:
        return None
    for word in words:
        if not (WORD.fullmatch(word) or INITIAL.fullmatch(word)) or word.lower() in NO_PERSON:
            return None
    return words


def _turkic(words: list[str]) -> Addressee | None:
    """«Мамедов Рашид Али оглы»: the last word says whose son or daughter."""
    last = words[-1].lower()
    if last not in TURKIC_SON | TURKIC_DAUGHTER or len(words) < 3:
        return None
    first = words[-3]
    return Addressee(_capitalised(first), f"{_capitalised(words[-2])} {last}", last in TURKIC_DAUGHTER)


def _with_patronymic(words: list[str]) -> Addressee | None:
    """The name before a patronymic: «Анна Петровна …» or «… Анна Петровна»."""
    for at in (2, 1):
        if at >= len(words) or (at == 2 and _is_full(words[:2])):
            continue
        read = _patronymic(words[at])
        if read is None:
            continue
        patronymic, female, oblique = read
        first = _first_name(words[at - 1], female, oblique, alone=len(words) == 2)
        return None if first is None else Addressee(first, patronymic, female)
    return None


def _is_full(words: list[str]) -> bool:
    """Whether these two are already a name and a patronymic, so that what follows is a surname («… Абрамович»)."""
    return _patronymic(words[1]) is not None and _is_name(words[0])


def _patronymic(word: str) -> tuple[str, bool, bool] | None:
    """(nominative, whether a woman's, whether it stood in another case); None where it is no patronymic."""
    lower = word.lower()
    if "-" in lower or len(lower) < 5:
        return None
    if lower in SHORT_MALE or lower in SHORT_FEMALE:
        return _capitalised(word), lower in SHORT_FEMALE, False
    if lower.endswith(FEMALE) and _may_be_patronymic(lower):
        return _capitalised(word), True, False
    if lower.endswith(MALE) and _may_be_patronymic(lower):
        return _capitalised(word), False, False
    for ending, nominative in OBLIQUE.items():
        if lower.endswith(ending) and len(lower) > len(ending) + 1:
            whole = lower[: -len(ending)] + nominative
            return _capitalised(whole), nominative.endswith("а"), True
    return None


def _may_be_patronymic(lower: str) -> bool:
    """Not a common word or a surname alone: «кирпич», «москвич», «Бабич»."""
    found = parses(lower)
    return any("Patr" in one.tag for one in found) or not any(one.is_known for one in found)


def _first_name(word: str, female: bool, oblique: bool, *, alone: bool) -> str | None:
    """The first name that goes with the patronymic, in the nominative; None where it does not go with it."""
    if _is_short(word.lower()):
        return None
    readings = [one for one in parses(word) if "Name" in one.tag and one.is_known and "plur" not in one.tag]
    fitting = [one for one in readings if one.tag.gender in (None, "femn" if female else "masc") or "ms-f" in one.tag]
    if readings and not fitting and "-" not in word:
        return None
    if oblique:
        wanted = [one for one in fitting if "nomn" not in one.tag or "Fixd" in one.tag]
        wanted.sort(key=lambda one: one.normal_form == word.lower() and "Fixd" not in one.tag)
        return _capitalised(wanted[0].normal_form) if wanted else None
    if fitting:
        return _capitalised(word) if any("nomn" in one.tag for one in fitting) else None
    if "-" in word:
        return _capitalised(word) if all(_is_name(part) for part in word.split("-")) else None
    # a rare name that the dictionary lacks; a common word before a patronymic is a nickname («Злой Петрович»)
    common = any(one.is_known for one in parses(word)) or (alone and not word[:1].isupper())
    return None if common or len(word) < SHORTEST_NAME else _capitalised(word)


def _is_name(word: str) -> bool:
    """Whether the word is a first name in the nominative, known to the dictionary and no short form of one."""
    return any(
        "Name" in one.tag and one.is_known and {"nomn", "sing"} in one.tag and "Infr" not in one.tag
        for one in parses(word)
    ) and not _is_short(word.lower())


def _by_first_name(words: list[str]) -> Addressee | None:
    """«Анна Петрова», «иванова мария», «Анна»: exactly one word is a first name, another one may be a surname."""
    names = [word for word in words if all(_is_name(part) for part in word.split("-"))]
    if len(names) == 2:  # «Ким Виктория»: the one that is a surname more often is one here
        names = [word for word in names if "Surn" not in parses(word)[0].tag]
    others = [word for word in words if word not in names]
    if len(names) != 1 or len(words) > 2 or not all(map(_may_be_surname, others)):
        return None
    return Addressee(_capitalised(names[0]))


def _may_be_surname(word: str) -> bool:
    found = parses(word)
    return any("Surn" in one.tag for one in found) or not any(one.is_known for one in found)


def _is_short(lower: str) -> bool:
    """A short form («Настя», «Саша», «Лёха»): its owner may call himself so, an official letter may not."""
    return lower.replace("ё", "е") in SHORT_NAMES


SHORT_NAMES = frozenset(
    """аля алена аленка алеша андрюха аня анька боря валя ваня вася вика витя влад вова володя галя гена гоша гриша даня
    даша дениска дима димон дося дуня женя жека зина зоя игорек ильюха ира иришка катя катюша катька кеша кирюха клава
    коля костя ксюша лара леля лена леха леша лида лиза люба люся людка макс марина мариша маша машка миша митя надя
    настя настена ната наташа натали нюра оля олька паша петя полина поля рая рита рома ромка саня саша сашка света
    светик сева сема сергуня сережа серега слава стас стасик степа тамара таня танюша тёма тема тимоха толик толя тома
    тоня федя шура эдик юля юлька юра яша""".split()
) - frozenset("алена алёна зоя марина полина тамара лара ната рома лина".split())
"""«ё» is written «е» here; those that are full names too are taken out again."""


def _capitalised(word: str) -> str:
    return "-".join(part[:1].upper() + part[1:].lower() for part in word.split("-"))
