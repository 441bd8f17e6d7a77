"""Streets that the gazetteer lacks, named without the noun of their kind: only where a house number follows.

«Коллонтай 41/1», «На Богатырском 25», «2-й Муринский, 38»: a name's grammar, a capital letter and a house together say
that an address is meant. A list of streets is never whole.
"""

from __future__ import annotations

from collections.abc import Set

from nlp.lemmas import parses
from nlp.places.acceptance import ORGANISATION_WORDS, PERSON_WORDS, everyday
from nlp.places.houses import HOUSE_WORDS, SHORT_HOUSE_WORDS, UNITS, House, houses_after
from nlp.places.kinds import kinds_of
from nlp.places.names import SURNAME_ENDINGS, street_name
from nlp.places.nominative import in_nominative
from nlp.places.tokens import ORDINAL_ENDINGS, Tokens
from nlp.places.unlisted import UnlistedStreet

LONGEST_NAME = 3
BEFORE = frozenset("на по у к около возле напротив адрес адресу адресам доме дома дом".split())
LISTED = frozenset({",", "и", ";", ":", "(", "-", "—", "–"})
CALENDAR = frozenset(
    "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь понедельник вторник среда четверг "
    "пятница суббота воскресенье год день".split()
)
FEMININE = ("ая", "яя", "ой", "ей", "ую", "юю")
MASCULINE = ("ский", "цкий", "ской", "ском", "цком", "скому")
RELATIONAL = ("ская", "цкая", "ской", "цкой", "ский", "цкий", "ском", "цком")
SIZES = {"б": "Больш", "м": "Мал"}
PHONE = 3  # digits after a hyphen: «8-913», not a range of houses
SHORTEST_SURNAME = 5
LONGEST_ACRONYM = 6


def bare_streets(tokens: Tokens, covered: Set[int]) -> list[UnlistedStreet]:
    """Addresses outside the tokens that are read already, in text order."""
    found: list[UnlistedStreet] = []
    for number in tokens.number_places:
        street = _before_number(tokens, number)
        if street is None or not covered.isdisjoint(range(street.start, street.end)):
            continue
        if not found or street.start >= found[-1].end:
            found.append(street)
    return found


def _before_number(tokens: Tokens, number: int) -> UnlistedStreet | None:
    """The street whose house stands at token `number`."""
    end = number
    while end > 0 and end > number - 3 and tokens.forms[end - 1] in _BETWEEN:
        end -= 1
    start = end
    while start > 0 and start > end - LONGEST_NAME and _in_name(tokens, start - 1, start, end):
        start -= 1
    if start == end or _is_phone(tokens, number):
        return None
    houses = houses_after(tokens, end)
    if not houses or houses[0].end <= number or not _meant(tokens, start, end, houses[0]):
        return None
    return _street(tokens, start, end, houses)


_BETWEEN = frozenset({",", ".", "№"}) | HOUSE_WORDS | SHORT_HOUSE_WORDS


def _in_name(tokens: Tokens, place: int, start: int, end: int) -> bool:
    """Whether the token is a word of the name: with a capital, right before the next one."""
    form = tokens.forms[place]
    if not form.isalpha() or len(form) < 3 or not tokens.text[tokens.starts[place]].isupper():
        return False
    written = tokens.text[tokens.starts[place] : tokens.ends[place]]
    if written.isupper() and len(form) <= LONGEST_ACRONYM and not tokens.shouted(place):
        return False  # «МБДОУ № 11»
    if form in HOUSE_WORDS or (start < end and not _leads(form, tokens.forms[start])):
        return False
    if form in UNITS or kinds_of(form, tokens.lemmas[place]) or tokens.lemmas[place] in CALENDAR:
        return False
    return start == end or tokens.starts[start] - tokens.ends[place] <= 1


def _leads(form: str, following: str) -> bool:
    """Whether a word can stand before another in a name: both adjectives («Большая Пушкарская»), or not a subject."""
    if _is_adjective(following) and following.endswith(FEMININE + MASCULINE):
        return form[-2:] == following[-2:] or form.endswith(("ого", "его"))
    return not _subject(form) or _first_name(form)


def _is_phone(tokens: Tokens, number: int) -> bool:
    following = tokens.forms[number + 1 : number + 3]
    return len(following) == 2 and following[0] in "-(" and len(following[1]) >= PHONE and following[1].isdecimal()


def _meant(tokens: Tokens, start: int, end: int, house: House) -> bool:
    """Whether name and house make an address: by the form of the last word, what stands before, and the house."""
    fit = _fit(tokens.forms[end - 1])
    start = _with_initial(tokens, start)
    before = tokens.before(start)
    if tokens.quoted(start) or (before >= 0 and _names_another(tokens, before)):
        return False
    written = set(tokens.forms[end : house.start])
    sure_house = not house.number.isdecimal() or bool(written & (HOUSE_WORDS | SHORT_HOUSE_WORDS | {","}))
    if not fit or not (sure_house or fit == "name"):
        return False
    if before >= 0 and tokens.forms[before] in BEFORE:
        return True
    if start and tokens.text[tokens.ends[start - 1] : tokens.starts[start]].count("\n"):
        return True
    return start == 0 or tokens.forms[start - 1] in LISTED or tokens.ends_sentence(start - 1) or _ordinal(tokens, start)


def _names_another(tokens: Tokens, place: int) -> bool:
    """Whether the word before says that something else is called so: «школа Гагарина 5», «депутат Иванов 2»."""
    words = {tokens.forms[place], tokens.lemmas[place]}
    return bool(words & (ORGANISATION_WORDS | PERSON_WORDS)) or tokens.forms[place] in ("№", "/")


def _fit(form: str) -> str:
    """How well a street can be called so: «name» for what is a name by itself, «word» where only a house proves it."""
    readings = parses(form)
    adjective = form.endswith(FEMININE + MASCULINE) and (not readings[0].is_known or _is_adjective(form))
    if adjective:
        return "name" if form.endswith(RELATIONAL) or not everyday(form) else "word"
    if len(form) > SHORTEST_SURNAME and form.endswith(SURNAME_ENDINGS) and not _subject(form):
        return "name"
    genitive = any("gent" in parse.tag and parse.tag.POS in ("NOUN", "ADJF") for parse in readings)
    if genitive and readings[0].is_known and not _subject(form):
        return "word" if everyday(form) or _first_name(form) else "name"
    return "word" if not readings[0].is_known or any("Fixd" in parse.tag for parse in readings) else ""


def _subject(form: str) -> bool:
    """Whether the word most probably stands in the nominative: «Школа», «Магазин»."""
    best = parses(form)[0]
    return best.is_known and best.tag.case == "nomn" and {"Surn", "Fixd", "Geox"}.isdisjoint(best.tag.grammemes)


def _first_name(form: str) -> bool:
    return bool({"Name", "Patr"} & set(parses(form)[0].tag.grammemes))


def _is_adjective(form: str) -> bool:
    return any(parse.tag.POS == "ADJF" and "Apro" not in parse.tag for parse in parses(form)[:4])


def _ordinal(tokens: Tokens, start: int) -> bool:
    return start > 1 and tokens.forms[start - 1] in ORDINAL_ENDINGS


def _with_initial(tokens: Tokens, start: int) -> int:
    """Where the name begins with its initial («К. Маркса», «Б. Сампсониевский»)."""
    initial = start > 1 and tokens.forms[start - 1] == "." and len(tokens.forms[start - 2]) == 1
    return start - 2 if initial and tokens.capital(start - 2) else start


def _sized(tokens: Tokens, start: int) -> str:
    """«Большой» for «Б.» before an adjective: streets come in great and small, «Б. Сампсониевский», «М. Балканская»."""
    letter = tokens.forms[start - 2] if start > 1 and tokens.forms[start - 1] == "." else ""
    stem = SIZES.get(letter, "")
    if not stem or not _is_adjective(tokens.forms[start]) or not tokens.capital(start - 2):
        return ""
    return stem + ("ая" if tokens.forms[start].endswith(FEMININE) else "ый" if letter == "м" else "ой")


def _street(tokens: Tokens, start: int, end: int, houses: list[House]) -> UnlistedStreet | None:
    words = [tokens.text[tokens.starts[place] : tokens.ends[place]] for place in range(start, end)]
    begin = next((each for each in (start - 2, start - 3) if each >= 0 and tokens.forms[each].isdecimal()
                  and tokens.after_ordinal(each) == start and start > each + 1), start)  # fmt: skip
    number = [f"{tokens.forms[begin]}-й"] if begin < start else []
    if begin == start and _with_initial(tokens, start) < start:
        begin = start - 2
        words.insert(0, _sized(tokens, start) or tokens.text[tokens.starts[begin]] + ".")
    last = tokens.forms[end - 1]
    adjective = _is_adjective(last) or not parses(last)[0].is_known
    feminine = adjective and last.endswith(FEMININE)
    # a masculine genitive («Черняховского 38») is somebody's name
    changes = feminine or not last.endswith(("ого", "его"))
    nominative = in_nominative([*number, *words], "улица" if feminine else "проспект") if changes else [*number, *words]
    name = street_name(" ".join(nominative), "улица" if feminine else "")
    return None if name is None else UnlistedStreet(begin, end, name, houses)
