"""Sums of money and counts of people and things."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from models.facts import Fact, FactKind
from nlp.facts.numerals import CARDINAL_FORMS, begins_with_noun, counts
from nlp.facts.reading import Reading
from nlp.lemmas import lemma, parses
from nlp.words import Word

AMOUNT = r"\d{1,3}(?:\s\d{3}){1,3}(?!\d)|\d{1,9}"
SUM = re.compile(
    rf"(?<![\d.,№])(?P<number>{AMOUNT})(?:[.,](?P<part>\d{{1,2}}))?\s{{0,2}}(?P<scale>тыс(?:яч[аиу]?)?\b\.?|млн\b\.?|миллион(?:а|ов)?)?\s{{0,2}}"
    r"(?:рубл[а-я]{1,3}|руб\b\.?|р\b\.?|₽)(?:\s{0,2}(?P<kopecks>\d{2})\s?коп)?"
)
BARE_SUM = re.compile(
    rf"(?<![\d.,№])(?:\d{{1,4}}\s?[-–]\s?)?(?P<number>{AMOUNT})(?:[.,](?P<part>\d{{1,2}}))?\s{{0,2}}(?P<scale>тыс(?:яч[аиу]?)?\b\.?|млн\b\.?|миллион(?:а|ов)?)(?!\w)"
)
MONEY = re.compile(
    r"зарплат|пенси|плат[аиыу]|платил|стоит|стоил|стоимост|цен[аеуы]|штраф|долг|выделил|деньг|денег|оклад|сумм|доход|тариф"
)
AROUND = 60
"""Characters before and after in which a word of money makes «9 тысяч» a sum."""
LISTED = re.compile(r"\d\s?(?:,|и)\Z")
"""«9, 10, 11 подъездов», «62 и 64 дома»: names in a row."""
ROUBLES = re.compile(r"руб|₽|\dр|\d\s?р\b")
SCALES = {"т": 1_000, "м": 1_000_000}
# what is counted in appeals; anything else after a number («5 этаж», «12 дом») is as likely to be a name
COUNTED = frozenset(
    "человек житель жилец семья ребенок дети собака яма дерево квартира дом подъезд этаж контейнер фонарь лавочка "
    "лавка скамейка машина автомобиль автобус маршрутка троллейбус трамвай остановка раз заявка обращение жалоба школа "
    "магазин столб люк светофор пенсионер инвалид сотрудник работник сын дочь внук детка малыш пассажир школьник "
    "ученик студент врач медсестра бак мешок гараж окно лампа лампочка скамья больной погибший пострадавший".split()
)
# things that have numbers of their own
NUMBERED = frozenset("этаж подъезд дом квартира школа автобус маршрутка троллейбус трамвай магазин".split())
NUMBER_WORDS = "|".join(sorted(CARDINAL_FORMS, key=len, reverse=True))
COUNT = re.compile(rf"(?<![\d.,:/№-])\b(\d{{1,6}}|{NUMBER_WORDS})\s{{1,2}}([а-я]{{3,20}})\b")
NAMED_BEFORE = frozenset(
    "дом дома доме домом д № номер корпус корп квартира кв подъезд школа школы ул улица улице пр проспект этаж".split()
)


def find(reading: Reading) -> Iterator[Fact]:
    if reading.has_digits and ROUBLES.search(reading.folded):
        for match in SUM.finditer(reading.folded):
            if (value := roubles(match)) is not None:
                yield reading.fact(FactKind.SUM, match.start(), match.end(), value)
    if reading.has_digits and reading.has(("тыс", "млн", "миллион")):
        yield from bare_sums(reading)
    for index, word in enumerate(reading.words):
        if word.lemma in COUNTED and index:
            start = reading.words[index - 1].start
            written = COUNT.match(reading.folded, start, word.end)
            if written and (number := counted(reading, written)) is not None and not compares(reading, start, word):
                yield reading.fact(FactKind.COUNT, start, word.end, f"{number} {word.lemma}")


def bare_sums(reading: Reading) -> Iterator[Fact]:
    """«пенсия 9 тысяч»: no roubles said, money is spoken of and nothing else is counted."""
    for match in BARE_SUM.finditer(reading.folded):
        near = reading.folded[max(0, match.start() - AROUND) : match.end() + AROUND]
        after = reading.word_after(match.end())
        if MONEY.search(near) and not begins_with_noun(after) and not after.startswith(("руб", "р")):
            yield reading.fact(FactKind.SUM, match.start(), match.end(), scaled(match))


def scaled(match: re.Match[str]) -> str:
    value = Decimal(re.sub(r"\s", "", match["number"]) + (f".{match['part']}" if match["part"] else ""))
    return f"{value * SCALES[match['scale'][0]]:.2f}"


def compares(reading: Reading, start: int, word: Word) -> bool:
    """«в 2 раза больше»: how many times more, not how often."""
    return word.lemma == "раз" and reading.word_before(start) == "в"


def roubles(match: re.Match[str]) -> str | None:
    """Roubles with two decimals; None where the pieces contradict each other («1,5 рубля 20 коп»)."""
    value = Decimal(re.sub(r"\s", "", match["number"]) + (f".{match['part']}" if match["part"] else ""))
    if match["scale"]:
        value *= SCALES[match["scale"][0]]
    if match["kopecks"]:
        if match["part"]:
            return None
        value += Decimal(match["kopecks"]) / 100
    return f"{value:.2f}"


def counted(reading: Reading, match: re.Match[str]) -> int | None:
    """The number, where noun and number agree as in counting and the number is not a house's."""
    written, noun = match[1], match[2]
    number = int(written) if written.isdigit() else CARDINAL_FORMS[written]
    if number < 2 or not (counts(number, noun) or not written.isdigit()):
        return None
    before = reading.word_before(match.start())
    if written.isdigit() and (before in NAMED_BEFORE or follows_name(reading, match.start())):
        return None
    if written.isdigit() and number % 10 in (2, 3, 4) and may_be_name(noun, before):
        return None
    return number


def may_be_name(noun: str, before: str) -> bool:
    """«со 2 этажа», «замена 42 маршрутки»: after a noun or a preposition such a number is as likely a name."""
    return bool(before) and lemma(noun) in NUMBERED and parses(before)[0].tag.POS in ("NOUN", "PREP", None)


def follows_name(reading: Reading, position: int) -> bool:
    """«по Ленина 12 жителей…»: after a capitalised word in mid-sentence the number is a house's more often than not."""
    head = reading.text[max(0, position - 30) : position].rstrip()
    if LISTED.search(head):
        return True
    word = re.search(r"(\S+)\s+(\S+)\Z", head)
    return bool(word and word[2][0].isupper() and word[1][-1] not in ".!?…:")
