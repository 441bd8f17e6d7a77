"""House numbers as people write them: «12», «12а», «12/1», «12 корп. 2», «д.12», «дома 5, 7 и 9», «14-16»."""

from __future__ import annotations

from dataclasses import dataclass

from nlp.lemmas import parses
from nlp.places.tokens import LATIN_TWINS, Tokens

HOUSE_WORDS = frozenset("дом дома доме дому домом домов домами домам домах домик здание здания здании зданию".split())
PLURAL_HOUSE_WORDS = frozenset({"домов", "домам", "домами", "домах"})
SHORT_HOUSE_WORDS = frozenset({"д", "зд", "дд"})
NUMBER_SIGNS = frozenset({"№", "n", "номер", "номером", "#"})
BLOCK_WORDS = frozenset("к кор корп корпус корпуса корпусе корпусу корпусом".split())
BUILDING_WORDS = frozenset("стр строение строении строения".split())
LETTER_WORDS = frozenset({"лит", "литер", "литера"})
# a number before one of these counts, dates or names something else
UNITS = frozenset(
    "лет год года году годов месяц месяца месяцев день дня дней сутки суток неделя недели недель час часа часов "
    "минут минуты минуту раз раза градус градуса градусов человек человека семей метр метра метров м км кв квм процент "
    "процента процентов руб рублей рубля тыс тысяч тысячи млн этаж этажа этаже этажей этажка этажки этажного "
    "этажный этажном этажные квартир квартиры школа школы школе школу школой гимназия гимназии гимназию лицей лицея "
    "лицее сад сада саду садик садика поликлиника поликлиники поликлинике поликлинику больница больницы больнице "
    "маршрут маршрута маршрутка маршрутки автобус автобуса автобусы троллейбус трамвай января февраля "
    "марта апреля мая июня июля августа сентября октября ноября декабря числа число т тонн литров л мм см "
    "вт вольт классов класс класса летний летия разъезд мкр микрорайон линия линии улиц домов подъездов "
    "полос полосы ребенка детей век века веке".split()
)
ENTRANCES = frozenset(
    "подъезд подъезда подъезде подъезду подьезд подьезда подьезде под п парадная парадной парадную парадных парадные "
    "парад пар".split()
)
# one letter after a space belongs to the number only where it cannot be a word of its own
SMALL_WORDS = frozenset("а б в и к о с у я ж".split())
ABBREVIATED = frozenset("д п т к с м г".split())  # «дом», «подъезд», «телефон», «корпус», «метров», «год»
FLAT_WORDS = frozenset({"кв", "квартира", "квартире", "подъезд", "корпус", "корп", "под", "парадная", "парадной"})
QUOTES = frozenset("«»\"“”„'")
RARE = 0.05
LONGEST_NUMBER = 4
MOST_BLOCKS = 3  # «д. 12 корп. 2 стр. 1 лит. А»


@dataclass(frozen=True, slots=True)
class House:
    """One house number in its normal form, and the tokens [start, end) that say it."""

    number: str
    start: int
    end: int


def house_at(tokens: Tokens, place: int) -> House | None:
    """The house number whose digits stand at `place`, with its letter, fraction and block; None when it is no house."""
    forms = tokens.forms
    if place >= len(tokens) or not forms[place].isdecimal() or len(forms[place]) > LONGEST_NUMBER:
        return None
    if forms[place].startswith("0"):
        return None
    number, end = forms[place], place + 1
    number, end = _letter(tokens, number, end)
    number, end = _fraction(tokens, number, end)
    for _ in range(MOST_BLOCKS):
        number, end = _block(tokens, number, end)
    if end == place + 1 and (_counts(tokens, end) or int(number) > 999):
        return None
    return House(number, place, end)


def _letter(tokens: Tokens, number: str, end: int) -> tuple[str, int]:
    if end + 1 < len(tokens) and tokens.forms[end] == "-" and tokens.glued(end) and tokens.glued(end + 1):
        letter = tokens.forms[end + 1]
        if len(letter) == 1 and "а" <= letter <= "е":  # «14-а»
            return number + letter, end + 2
    if end + 2 < len(tokens) and tokens.forms[end] in QUOTES and tokens.forms[end + 2] in QUOTES:
        letter = tokens.forms[end + 1].translate(LATIN_TWINS)
        if len(letter) == 1 and "а" <= letter <= "я":  # «20 «а»»
            return number + letter, end + 3
    if end >= len(tokens) or len(tokens.forms[end]) != 1 or not tokens.forms[end].isalpha():
        return number, end
    letter = tokens.forms[end].translate(LATIN_TWINS)
    if not "а" <= letter <= "я":
        return number, end
    following = tokens.forms[end + 1] if end + 1 < len(tokens) else ""
    if letter in "ки" and following.isdecimal():
        return number, end
    if tokens.glued(end) or (_near(tokens, end) and _is_letter(tokens, letter, end, following)):
        return number + letter, end + 1
    return number, end


def _is_letter(tokens: Tokens, letter: str, end: int, following: str) -> bool:
    """Whether a letter after a space belongs to the number: «5 Б», «5 а, кв. 3»; not «25 в планах», «28 д , уже»."""
    if tokens.capital(end) and not (following and following[0].isalpha() and tokens.capital(end + 1)):
        return True
    if letter in ABBREVIATED:
        return False
    if letter in SMALL_WORDS:
        return not following or following in FLAT_WORDS or (letter in "абв" and following in ",.;)!")
    return True


def _near(tokens: Tokens, place: int) -> bool:
    return (
        tokens.starts[place] - tokens.ends[place - 1] <= 1
        and "\n" not in tokens.text[tokens.ends[place - 1] : tokens.starts[place]]
    )


def _fraction(tokens: Tokens, number: str, end: int) -> tuple[str, int]:
    if end + 1 < len(tokens) and tokens.forms[end] in "/\\" and tokens.forms[end + 1].isdecimal():
        if len(tokens.forms[end + 1]) <= 3:
            return _letter(tokens, f"{number}/{tokens.forms[end + 1]}", end + 2)
    elif end + 1 < len(tokens) and tokens.forms[end] in "/\\" and len(tokens.forms[end + 1]) == 1:
        letter = tokens.forms[end + 1].translate(LATIN_TWINS)
        if "а" <= letter <= "я":
            return number + letter, end + 2
    return number, end


def _block(tokens: Tokens, number: str, end: int) -> tuple[str, int]:
    place = end
    if place < len(tokens) and tokens.forms[place] == ",":
        place += 1
    if place >= len(tokens):
        return number, end
    word = tokens.forms[place]
    if (
        len(word) == 1
        and place == end
        and tokens.glued(place)
        and number[-1].isdigit()
        and not _is_building(tokens, place)
    ):
        glued = _letter(tokens, number, place)
        if glued[1] > place:
            return glued  # «84к1а»
    mark = "к" if word in BLOCK_WORDS else "с" if _is_building(tokens, place) else "" if word in LETTER_WORDS else None
    if mark is None:
        return number, end
    place += 1
    while place < len(tokens) and tokens.forms[place] in ".№":
        place += 1
    if place >= len(tokens):
        return number, end
    value = tokens.forms[place]
    if value.isdecimal() and len(value) <= 3 and mark:
        return number + mark + value, place + 1
    letter = value.translate(LATIN_TWINS)
    if len(letter) == 1 and "а" <= letter <= "я" and number[-1].isdigit() and word != "к":
        return number + letter, place + 1
    return number, end


def _is_building(tokens: Tokens, place: int) -> bool:
    """«стр. 1», «12с1»: the letter alone only where no space parts it from its numbers."""
    if tokens.forms[place] in BUILDING_WORDS:
        return True
    return tokens.forms[place] == "с" and tokens.glued(place) and tokens.glued(min(place + 1, len(tokens) - 1))


def _counts(tokens: Tokens, end: int) -> bool:
    """Whether what follows makes the number a count, a date, a time or an ordinal."""
    if end >= len(tokens):
        return False
    following = tokens.forms[end]
    after = tokens.forms[end + 1] if end + 1 < len(tokens) else ""
    if following in UNITS:
        return not (following == "кв" and (after.isdecimal() or after == "."))
    if following in ENTRANCES:
        return not after.isdecimal() and after != "№"
    if following in "%°$+":
        return True
    if _counted(following):
        return True
    if following in ":." and after.isdecimal() and tokens.glued(end) and tokens.glued(end + 1):
        return True
    return following == "-" and after in ("й", "я", "го", "е", "ти", "ая", "ой", "х", "м", "ый")


def _counted(form: str) -> bool:
    """Whether the word can only be many of something («учеников», «машин»): the number before it counts them."""
    if len(form) < 4 or not form.isalpha():
        return False
    readings = [parse.tag for parse in parses(form) if parse.score > RARE]
    many = all(tag.POS == "NOUN" and tag.number == "plur" and tag.case in ("gent", "accs") for tag in readings)
    return many and any(tag.case == "gent" for tag in readings)


def houses_after(tokens: Tokens, place: int, starts_street: frozenset[int] = frozenset()) -> list[House]:
    """House numbers that follow a street's name at `place`: an optional comma, «дом», «№», then a list of them."""
    forms = tokens.forms
    begin = place
    while place < len(tokens) and place < begin + 3 and forms[place] in ',.:-–—«»"()':
        place += 1
    place = after_house_word(tokens, place)
    if place in starts_street:
        return []
    first = house_at(tokens, place)
    return [] if first is None else [first, *_more(tokens, first.end, starts_street)]


def after_house_word(tokens: Tokens, place: int) -> int:
    """The token after «дом», «д.», «№» at `place`, or `place` itself."""
    if place < len(tokens) and (tokens.forms[place] in HOUSE_WORDS or tokens.forms[place] in SHORT_HOUSE_WORDS):
        place += 1
    while place < len(tokens) and (tokens.forms[place] in NUMBER_SIGNS or tokens.forms[place] in ".:"):
        place += 1
    return place


def _more(tokens: Tokens, place: int, starts_street: frozenset[int]) -> list[House]:
    found: list[House] = []
    while place + 1 < len(tokens) and tokens.forms[place] in (",", "и", ";", "/", "или"):
        begin = after_house_word(tokens, place + 1 + (tokens.forms[place + 1] == "и"))
        house = None if begin in starts_street else house_at(tokens, begin)
        if house is None:
            break
        found.append(house)
        place = house.end
    return found


def houses_named(tokens: Tokens) -> list[list[House]]:
    """Houses named with their word, away from a street, listed ones together: «дом 12», «дома № 5 и 7», «у 12 дома»."""
    found: list[list[House]] = []
    place = 0
    while place < len(tokens):
        group = _named_at(tokens, place)
        if group and not (found and group[0].start < found[-1][-1].end):
            found.append(group)
            place = max(place + 1, group[-1].end)
        else:
            place += 1
    return found


def _named_at(tokens: Tokens, place: int) -> list[House]:
    form = tokens.forms[place]
    short = form == "д" and tokens.forms[place + 1 : place + 2] in (["."], ["№"])
    if form not in HOUSE_WORDS and not short:
        return []
    first = house_at(tokens, after_house_word(tokens, place))
    if first is not None:
        return [House(first.number, place, first.end), *_more(tokens, first.end, frozenset())]
    return _houses_before(tokens, place) if form in HOUSE_WORDS and form not in PLURAL_HOUSE_WORDS else []


def _houses_before(tokens: Tokens, place: int) -> list[House]:
    """«12 дома», «12а дом», «между 14 и 16 домом», «с 10 по 20 дом»: numbers right before the word."""
    last = _number_ending(tokens, place)
    if last is None:
        return []
    last = House(last.number, last.start, place + 1)
    joint = last.start - 1
    if joint < 1 or tokens.forms[joint] not in ("и", "по", ",", "до"):
        return [last]
    first = _number_ending(tokens, joint)
    return [last] if first is None else [first, last]


def _number_ending(tokens: Tokens, end: int) -> House | None:
    """The house number whose last token stands right before `end`."""
    for begin in (end - 1, end - 2):
        if begin >= 0 and tokens.forms[begin].isdecimal():
            house = house_at(tokens, begin)
            return house if house is not None and house.end == end else None
    return None
