"""Whether an executor's words say anything of this problem. Pure: words in, flags with reasons out.

A reply that says nothing («отписка») names no fact of its problem: not where, not what, not when, not how much, not
what was done. What the house's own template adds (place, number, date) does not count: it would stand there anyway.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from models.russian import MONTHS, plural
from resolution.replies.grammar.morphology import parses
from resolution.replies.records import Flag, Outcome, Section

PHRASES = Path(__file__).resolve().with_name("phrases.json")
WORD = re.compile(r"[а-яё]+(?:-[а-яё]+)*|\d+(?:[.,/]\d+)?[а-я]?")
DATE = re.compile(
    rf"\b\d{{1,2}}[. ](?:{'|'.join(MONTHS)}|\d{{2}})\b|\b\d{{1,2}}\.\d{{2}}\.\d{{2,4}}\b|\b(?:{'|'.join(MONTHS)})\b"
    r"|\b(?:январ|феврал|март|апрел|ма|июн|июл|август|сентябр|октябр|ноябр|декабр)[еья]\b"
    r"|\b[iv]+ квартал\w*|\bквартал\w* \d{4}|\b\d{1,2}:\d{2}\b|\b20\d\d (?:год|г)"
)
LAW = re.compile(
    r"\b(?:стать\w+|ст\.|пункт\w*|п\.|част\w+|ч\.)\s*\d[\d.,\s]*"
    r"|\b(?:закон|правил|постановлени|приказ|распоряжени)\w*[^.;]{0,40}№\s*[\w.-]+"
    r"|\b\d+-?фз\b|\b(?:федеральн\w+ )?закон\w*|\bкодекс\w*|\bпостановлени\w+|\bправил\w* благоустройства|\bприказ\w*"
    r"|\bгост\b(?: р)?[\s\d.-]*|\bсанпин\b[\s\d.-]*"
    r"|\b(?:жилищн|градостроительн|бюджетн|земельн|гражданск)\w+ кодекс\w*|\bрф\b|\bроссийск\w+ федераци\w+"
)
NUMBER = re.compile(r"\d")
OTHER_STREET = re.compile(
    r"\b(?:[Уу]лиц[аеуы]|[Уу]л\.|[Пп]роспект\w{0,2}|[Пп]р-т\w?|[Пп]ереул\w+|[Пп]ер\.|[Бб]ульвар\w?|[Нн]абережн\w+)\s+(?:\d+\s+)?[А-ЯЁ]"
)
"""A street by its kind and name, in the words as they were written."""
CONTENT = frozenset({"NOUN", "VERB", "INFN", "ADJF", "ADJS", "PRTF", "PRTS", "GRND"})
FEWEST_WORDS = 3
"""Words about the matter; fewer tell nothing, unless they name the thing and what was done to it («яма засыпана»)."""
FEWEST_BESIDE_STOCK = 4
FEWEST_BESIDE_LAW = 5
TOLD = 4
"""Words about the matter, a deed among them, from which it is a story and not a stamp («поставили новую крышку…»)."""
MOST_ALIKE = 3
"""So many other problems of the same executor with the same wording make it a stamp."""
JUDGED = frozenset({Outcome.BY_DATE, Outcome.PROGRAMME, Outcome.SOLVED, Outcome.REFUSED, Outcome.NOT_OURS})


@dataclass(frozen=True, slots=True)
class Phrases:
    """Stock phrases with why each says nothing, and words that fit any appeal."""

    stock: tuple[tuple[re.Pattern[str], str], ...]
    idle: frozenset[str]

    @classmethod
    def of_json(cls, content: Mapping[str, Any]) -> Phrases:
        return cls(
            tuple((re.compile(row["pattern"]), str(row["why"])) for row in content["stock"]),
            frozenset(map(str, content["idle"])),
        )


@lru_cache(maxsize=1)
def phrases() -> Phrases:
    return Phrases.of_json(json.loads(PHRASES.read_text(encoding="utf-8")))


@dataclass(frozen=True, slots=True)
class Reading:
    """What stands in an executor's words."""

    stock: tuple[tuple[str, str], ...]
    """(the phrase as written, why it says nothing)."""
    left: frozenset[str]
    """Lemmas about the matter that are left without stock phrases, law and words that fit anything."""
    place: bool
    day: bool
    amount: bool
    thing: bool
    act: bool
    law: bool

    @property
    def specific(self) -> bool:
        """Whether it could have been written about this problem alone."""
        return self.place or self.amount or (self.thing and (self.act or self.day)) or (self.act and self.day)

    @property
    def telling(self) -> bool:
        """Whether it tells about the thing or of a deed at some length."""
        return (self.thing and len(self.left) >= FEWEST_BESIDE_LAW) or (self.act and len(self.left) >= TOLD)


def flags_of(about: Section, alike: int) -> list[Flag]:
    """Why a person must read what the executor wrote; `alike`: in how many other problems he wrote the same."""
    if about.outcome not in JUDGED:
        return []
    if not about.words.strip():
        return [Flag("no_words", "исполнитель не написал ни слова о том, что сделано")]
    reading = read(about)
    found = []
    if alike >= MOST_ALIKE and not reading.place:
        times = plural(alike, "обращение", "обращения", "обращений")
        found.append(Flag("same_text", f"теми же словами исполнитель ответил ещё на {times}"))
    if about.spot.street and OTHER_STREET.search(about.words) and not (reading.place or reading.thing):
        found.append(Flag("other_place", "названа другая улица и ни слова об этом: похоже на ответ на чужое обращение"))
    if reading.specific:
        return found
    if reading.law and len(reading.left) < FEWEST_BESIDE_LAW:
        found.append(Flag("law_only", "только ссылка на закон: не сказано, почему так в этом случае"))
    if reading.stock and len(reading.left) < FEWEST_BESIDE_STOCK:
        quoted, why = reading.stock[0]
        found.append(Flag("stock", f"общие слова («{quoted}»): {why}"))
    if len(reading.left) < FEWEST_WORDS and not (reading.stock or reading.law):
        found.append(Flag("short", "слишком коротко: не сказано, что именно сделано"))
    if not reading.telling:
        found.append(
            Flag("no_fact", "нет ничего об этом обращении: ни места, ни предмета, ни дня, ни того, что сделано")
        )
    return found


def read(about: Section) -> Reading:
    text = about.words.lower().replace("ё", "е")
    known = phrases()
    stock = [(match.group().strip(" .!"), why) for pattern, why in known.stock for match in pattern.finditer(text)]
    bare = text
    for pattern, _ in known.stock:
        bare = pattern.sub(" ", bare)
    law = LAW.search(bare) is not None
    bare = LAW.sub(" ", bare)
    without_dates = DATE.sub(" ", bare)
    lemmas = content_lemmas(without_dates)
    return Reading(
        stock=tuple(stock),
        left=lemmas - known.idle,
        place=_names_place(bare, about),
        day=DATE.search(bare) is not None,
        amount=NUMBER.search(without_dates) is not None,
        thing=bool((lemmas - known.idle) & _own_lemmas(about)),
        act=_names_act(without_dates, known.idle),
        law=law,
    )


def content_lemmas(text: str) -> frozenset[str]:
    return frozenset(lemma for lemma, kind in map(_reading_of, WORD.findall(text)) if kind in CONTENT)


@lru_cache(maxsize=50_000)
def _reading_of(form: str) -> tuple[str, str]:
    """(lemma, part of speech) of a word form."""
    found = parses(form)
    if not found:
        return form, ""
    return str(found[0].normal_form).replace("ё", "е"), str(found[0].tag.POS or "")


def _own_lemmas(about: Section) -> frozenset[str]:
    """What this problem is about: the author's words, those by which its topic was told, and the topic's name."""
    said = " ".join((about.quote, about.topic, *about.lemmas)).lower().replace("ё", "е")
    return content_lemmas(said) - phrases().idle


def _names_place(text: str, about: Section) -> bool:
    """The street by its name, or the house by its number."""
    street = [word for word in WORD.findall(about.spot.street.lower().replace("ё", "е")) if len(word) > 2]
    own = {_reading_of(word)[0] for word in street} - STREET_WORDS
    if own & {_reading_of(word)[0] for word in WORD.findall(text)}:
        return True
    house = re.escape(about.spot.house.lower())
    return bool(house) and re.search(rf"\b(?:дом\w*|д\.|№)\s*{house}\b", text) is not None


STREET_WORDS = frozenset(
    "улица проспект переулок проезд бульвар шоссе площадь набережная тракт линия тупик аллея микрорайон".split()
)


@lru_cache(maxsize=50_000)
def _is_act(form: str) -> str:
    """The lemma of a verb that says what was done or will be: perfective, finite or a short participle; else empty."""
    for one in parses(form)[:2]:
        tag = one.tag
        if tag.POS in ("VERB", "PRTS", "INFN", "PRTF") and "perf" in tag:
            return str(one.normal_form).replace("ё", "е")
    return ""


def _names_act(text: str, idle: frozenset[str]) -> bool:
    return any(lemma and lemma not in idle for lemma in map(_is_act, WORD.findall(text)))
