"""Official names of streets: one form for what lists write as «Амурская 21-я», «21-ая Амурская ул.»."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from nlp.lemmas import parses
from nlp.places.kinds import GENDERS, listed_kinds

PIECE = re.compile(
    r"(?P<number>\d+)(?P<ordinal>-?(?:[ыио]?й|[ая]?я|о?е|[оы]?го|ую|х)(?![а-яё]))?|[^\W\d_]+(?:[-’'][^\W\d_]+)*"
)
SUFFIX = {"f": "я", "m": "й", "n": "е"}
NOMINATIVE_ENDINGS = {"f": ("ая", "яя"), "m": ("ый", "ий", "ой"), "n": ("ое", "ее")}
SMALL_WORDS = frozenset({"на", "к", "в", "по", "лет", "реки", "речки", "канала"})
# which part of a city a street is in, where lists put it behind the name: «Большой пр. В.О.», «… Петроградской стороны»
CITY_PART = re.compile(
    r"\s+(?:В\.?\s?О\.?|П\.?\s?С\.?|Васильевск(?:ого|ий) остров(?:а)?|Петроградск(?:ой|ая) сторон[аы])\s*$",
    re.IGNORECASE,
)
WATER_NOUNS = frozenset({"реки", "речки", "канала"})
SHORT_WATERS = ((re.compile(r"\bр\.", re.IGNORECASE), "реки "), (re.compile(r"\bкан\.", re.IGNORECASE), "канала "))
SURNAME_ENDINGS = ("ова", "ева", "ина", "ына", "ского", "ской", "овой", "евой", "иной", "ича")
DROPPED = frozenset({"имени", "им"})
# a number before these counts or dates («10 лет Октября», «22 Апреля», «1905 года»), it is nobody's ordinal
COUNTED = frozenset(
    "лет летия год года годов января февраля марта апреля мая июня июля августа сентября октября ноября декабря "
    "партсъезда съезда армии бригады дивизии гвардейской гвардейская гвардейцев стройплощадка км километр".split()
)


class NameClass(StrEnum):
    """How the name changes in a sentence."""

    ADJECTIVE = "adjective"  # agrees with the kind: «Моторная улица», «на Моторной»
    GENITIVE = "genitive"  # never changes: «улица Ленина», «на Ленина»
    NOMINATIVE = "nominative"  # a noun phrase that may change: «улица Красный Путь», «на Красном Пути»


@dataclass(frozen=True, slots=True)
class StreetName:
    """A street's name taken apart.

    `key` is the same for every way of writing the name: numbers first, then words in lower case with «ё» as «е»,
    hyphens apart. `official` is the form to show. `kind` is empty where the source gives none.
    """

    kind: str
    key: tuple[str, ...]
    official: str
    name_class: NameClass

    def same_street(self, other: StreetName) -> bool:
        """Whether both name one street; a kind that is not given fits any."""
        return self.key == other.key and (not self.kind or not other.kind or self.kind == other.kind)


def of_kind(name: StreetName, kind: str) -> StreetName:
    """The same name for a street of another kind («проспект Мира» -> «улица Мира»)."""
    bare = " ".join(word for word in name.official.split() if word != name.kind)
    return street_name(bare, kind) or name


def plain(text: str) -> str:
    """Lower case with «ё» as «е»: how names are compared."""
    return text.lower().replace("ё", "е")


def street_name(raw: str, kind: str = "") -> StreetName | None:
    """Read a street's name as a list writes it; `kind` when a column of its own gives it. None where no name is."""
    raw = CITY_PART.sub("", re.sub(r"\[[^\]]*\]|\([^)]*\)", " ", raw).replace("\\", " "))
    if re.search(r"\bнаб", raw, re.IGNORECASE):
        for short, full in SHORT_WATERS:
            raw = short.sub(full, raw)
    pieces = [match for match in PIECE.finditer(raw) if plain(match.group()) not in DROPPED]
    given = listed_kinds(plain(kind))[:1] if kind else ()
    found, rest = _split_kind(pieces, given[0] if given else "")
    numbers = [match for match in rest if match["number"]]
    if found == "набережная":
        rest = _water_first(rest)
    words = [match.group() for match in rest if not match["number"]]
    if not numbers and not words:
        return None
    key = (*(str(int(match["number"])) for match in numbers), *_key_words(words))
    name_class = name_class_of(words, found)
    return StreetName(found, key, _official(found, rest, name_class), name_class)


def _split_kind(pieces: list[re.Match[str]], given: str) -> tuple[str, list[re.Match[str]]]:
    """The kind and the rest. «улица 13-я Линия», «ул. 1 Тупик» are of the kind that their own noun says."""
    spots = [(index, kind) for index, match in enumerate(pieces) if (kind := _kind_of_piece(match))]
    spots = [spot for spot in spots if len(pieces) > 1]
    if not spots:
        return given, pieces
    if given and given != "улица":
        drop = [index for index, kind in spots if kind == given][:1]
        return given, [match for index, match in enumerate(pieces) if index not in drop]
    generic = [index for index, kind in spots if kind == "улица"]
    other = [(index, kind) for index, kind in spots if kind != "улица"]
    edges = [(index, kind) for index, kind in other if _names_itself(pieces, index, generic)]
    if edges:
        index, kind = edges[-1]
        rest = [match for place, match in enumerate(pieces) if place != index and place not in generic]
        return (kind, rest) if rest else (given, pieces)
    if generic:
        return "улица", [match for place, match in enumerate(pieces) if place != generic[0]]
    return given, pieces


def _water_first(rest: list[re.Match[str]]) -> list[re.Match[str]]:
    """«Фонтанки реки наб.» in the order of speech; not «Обводного канала»: its adjective stands before the noun."""
    spots = [index for index, match in enumerate(rest) if plain(match.group()) in WATER_NOUNS and index]
    if not spots or is_adjective_genitive(rest[spots[0] - 1].group()):
        return rest
    return [rest[spots[0]], *rest[: spots[0]], *rest[spots[0] + 1 :]]


def is_adjective_genitive(word: str) -> bool:
    """Whether the word is an adjective in the genitive: «Обводного» before «канала»."""
    return plain(word).endswith(("ого", "его", "ой", "ей"))


def _kind_of_piece(match: re.Match[str]) -> str:
    if match["number"]:
        return ""
    form = plain(match.group())
    if len(form) == 1 and not plain(match.string).rstrip(". ").endswith(" " + form):
        return ""  # «А.Петухова», «Квартал А» against «Березовая а.»
    return (listed_kinds(form) or ("",))[0]


def _names_itself(pieces: list[re.Match[str]], index: int, generic: list[int]) -> bool:
    """A kind's noun at an edge of the name, or between an ordinal and a name («1-й проезд Челюскинцев»)."""
    places = [place for place in range(len(pieces)) if place not in generic]
    if len(places) < 2:
        return False
    after_ordinal = index > 0 and pieces[index - 1]["number"] is not None
    return index in (places[0], places[-1]) or after_ordinal


def _key_words(words: Sequence[str]) -> list[str]:
    parts = [part for word in words for part in re.split("[-’']", plain(word))]
    return ["лет" if part.startswith("лети") else part for part in parts]


def name_class_of(words: Sequence[str], kind: str) -> NameClass:
    """How a name of these words changes beside this kind's noun."""
    if not words:
        return NameClass.ADJECTIVE
    gender = GENDERS.get(kind, "")
    if all(is_adjective(word, gender) for word in words):
        return NameClass.ADJECTIVE
    last = words[-1]
    if len(words) > 1 and plain(words[0]).endswith(("ые", "ие")) and _may_be(last, {"nomn", "plur"}):
        return NameClass.NOMINATIVE  # «Полярные Зори», «Красные Зори»: «зори» alone may be a genitive too
    if len(last) > 5 and plain(last).endswith(SURNAME_ENDINGS):
        return NameClass.GENITIVE
    cases = {str(parse.tag.case) for parse in parses(plain(last))}
    known = any(parse.is_known for parse in parses(plain(last)))
    if "gent" in cases or (not known and "nomn" not in cases):
        return NameClass.GENITIVE
    return NameClass.NOMINATIVE if known else NameClass.GENITIVE


def _may_be(word: str, grammemes: set[str]) -> bool:
    return any(grammemes <= set(parse.tag.grammemes) for parse in parses(plain(word)))


def is_adjective(word: str, gender: str) -> bool:
    """Whether the word is an adjective in the nominative of this gender («» for any)."""
    form = plain(word)
    for each in (gender,) if gender else "fmn":
        if len(form) > 3 and form.endswith(NOMINATIVE_ENDINGS[each]):
            if not form.endswith("ой"):
                return True
            # «Лесной переулок» against «переулок Крупской»: only the first has a masculine nominative
            return any({"ADJF", "masc", "nomn"} <= set(parse.tag.grammemes) for parse in parses(form))
    return False


def _official(kind: str, rest: list[re.Match[str]], name_class: NameClass) -> str:
    words = [_capital(match.group()) if index == 0 else match.group()
             for index, match in enumerate(match for match in rest if not match["number"])]  # fmt: skip
    numbers = [match for match in rest if match["number"]]
    noun = kind or ""
    gender = "f" if not words or is_adjective(words[-1], "f") else "m"  # where no kind is known, the word tells
    suffix = SUFFIX[GENDERS.get(kind, gender)]
    if name_class is NameClass.ADJECTIVE:
        ordinals = [f"{int(match['number'])}-{suffix}" for match in numbers]
        return " ".join([*ordinals, *words, noun]).strip()
    own = [match for match in numbers if _is_own_ordinal(match, rest)]
    if own:
        ordinal = f"{int(own[0]['number'])}-{suffix}"
        return " ".join([ordinal, noun, *_in_order(rest, own[0])]).strip()
    return " ".join([noun, *_in_order(rest, None)]).strip()


def _is_own_ordinal(match: re.Match[str], rest: list[re.Match[str]]) -> bool:
    """Whether a number beside a name that does not change is the street's own («2-й переулок Воровского»)."""
    index = rest.index(match)
    following = rest[index + 1].group() if index + 1 < len(rest) else ""
    return match["ordinal"] is not None and plain(following) not in COUNTED and "го" not in match["ordinal"]


def _in_order(rest: list[re.Match[str]], without: re.Match[str] | None) -> list[str]:
    pieces: list[str] = []
    for match in rest:
        if match is without:
            continue
        piece = _capital(match.group()) if not pieces else match.group()
        if pieces and match.string[match.start() - 1] == "-":
            pieces[-1] += "-" + piece  # «60-летия»
        else:
            pieces.append(piece)
    return pieces


def _capital(word: str) -> str:
    if len(word) == 1 and word.isalpha():
        return word.upper() + "."
    return word if word in SMALL_WORDS else word[:1].upper() + word[1:]
