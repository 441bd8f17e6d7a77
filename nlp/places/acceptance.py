"""Whether a street's name in a text means the street: by the noun of its kind, a house, or the grammar around it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pymorphy3.tagset import OpencorporaTag

from nlp.lemmas import parses
from nlp.places.mentions import StreetMention, joined
from nlp.places.names import NameClass
from nlp.places.tokens import Tokens

# «на Ленина», «по Мира»: these do not govern the genitive, so a genitive after them can only be a name
BARE_PREPOSITIONS = {"на": ("accs", "loct", "loc2"), "по": ("datv", "loct"), "к": ("datv",)}
# readings of a form rarer than this do not count («мира» as a form of «миро»)
RARE = 0.05
LONGEST_ABBREVIATION = 4
OTHER_PREPOSITIONS = frozenset("с со от до у около возле вдоль за через между напротив в из".split())
DIRECTIONS = frozenset("с со от до вдоль между через".split())
# nouns, by lemma, whose genitive is a place: «в районе Дмитриева», «перекрёсток Ватутина»
PLACE_NOUNS = frozenset(
    "район сторона адрес дублер кольцо перекресток пересечение угол участок конец начало поворот съезд въезд выезд "
    "четный нечетный двор улица остановка".split()
)
ORGANISATION_WORDS = frozenset(
    "ук ооо оао зао ао тсж тсн тк мкд жск жк тц трк тд ип гк пао бу муп дк тэц имени им парк сквер школа лицей "
    "мост метро сад станция больница поликлиника храм собор".split()
)
CROSSING_NOUNS = frozenset({"перекресток", "пересечение", "угол"})
# the noun for the way into a house, which a street may be called by («Парадная улица»)
ENTRANCE_WORDS = frozenset({"парадный", "парадная", "парадное"})
# words that may stand between a preposition and a name, or before a name that opens a clause
TRANSPARENT = frozenset("самой самому самом всей всему нашей нашему нашем этой".split())
PARTICLES = frozenset("и а вот да или тоже также ну".split())
PERSON_WORDS = frozenset(
    "господин гражданин губернатор мэр депутат министр президент глава директор врач доктор".split()
)
# kinds that people call by the bare adjective: «на Космическом», but never «на Узком» for a lane
BARE_ADJECTIVE_KINDS = frozenset({"улица", "проспект", "бульвар", "тракт", "шоссе", "набережная", "мост", "площадь"})
SURNAME_ENDINGS = ("ского", "цкого")
FEMININE = ("ой", "ей", "ую", "юю")
RELATIONAL = ("ская", "ской", "скую", "ском", "ский", "цкая", "цкой", "цкую")
ABBREVIATED_NOUNS = frozenset({"обл", "окр", "р"})  # «Омской обл.»
# adjectives that describe a street as often as they name one: «единственная центральная улица»
DESCRIBING = frozenset(
    "центральный главный новый старый большой малый соседний верхний нижний узкий широкий длинный".split()
)
ADJECTIVE_ENDINGS = tuple("ой ая ую ом ый ий ого ей ое яя юю ем ому ему ым им его ею ою".split())


def accept(tokens: Tokens, mentions: Sequence[StreetMention]) -> list[StreetMention]:
    """The mentions that mean a street. One that is joined to an accepted one («Мира и Труда») needs less of its own."""
    sure = [_stands_alone(tokens, mention) for mention in mentions]
    for order in (range(1, len(mentions)), range(len(mentions) - 2, -1, -1)):
        for index in order:
            other = index - 1 if order.step == 1 else index + 1
            left, right = sorted((mentions[index], mentions[other]), key=lambda mention: mention.start)
            joint = joined(tokens, left, right)
            if joint and not sure[index] and _may_be_listed(tokens, mentions[index], joint, sure[other]):
                sure[index] = True
    _share_kinds(tokens, mentions)
    return [mention for mention, meant in zip(mentions, sure, strict=True) if meant]


def _share_kinds(tokens: Tokens, mentions: Sequence[StreetMention]) -> None:
    """«улицы Ленина, Мира и Труда»: the kind's noun is said once for the whole list."""
    for left, right in pairwise(mentions):
        if left.kinds and not right.kinds and joined(tokens, left, right) and tokens.lemmas[left.start] == "улица":
            right.kinds = left.kinds


def _may_be_listed(tokens: Tokens, mention: StreetMention, joint: str, other_sure: bool) -> bool:
    if _is_person(tokens, mention) or modifies(tokens, mention.match.end):
        return False
    capital = _capital(tokens, mention)
    if other_sure:
        return capital or mention.words > 1
    # two names of streets joined by a sign prove one another: «Южная-Революционная», «Мира/Труда»
    return joint in "-/" and capital


def _stands_alone(tokens: Tokens, mention: StreetMention) -> bool:
    if mention.contradicted:
        return False
    if mention.kinds:
        return not _describes(tokens, mention)
    if tokens.lemmas[mention.match.start] in ENTRANCE_WORDS and mention.words == 1:
        return False
    if mention.start < mention.match.start and not mention.houses:
        return False  # «Ивана Петрова» where the list has «улица Петрова»: a person, unless a house says otherwise
    if _in_organisation(tokens, mention) or _is_person(tokens, mention) or modifies(tokens, mention.match.end):
        return False
    mention.grammar = _grammar(tokens, mention)
    capital = _capital(tokens, mention)
    opens = _opens(tokens, mention.start)
    if mention.houses:
        supported = bool(mention.grammar) or capital or mention.words > 1 or opens or _addressed(tokens, mention)
        return supported or not everyday(tokens.forms[mention.match.start])
    if tokens.quoted(mention.match.start):
        return False  # a shop, a school, a group called so
    if mention.words > 1:
        return capital or mention.match.ordinal or bool(mention.grammar) or opens
    if mention.grammar == "strong":
        return True
    listed = mention.match.start > 0 and tokens.forms[mention.match.start - 1] == ","
    return opens and not listed and capital and _unlike_anything_else(tokens, mention)


def _describes(tokens: Tokens, mention: StreetMention) -> bool:
    """«по центральной улице»: in small letters, without a house, and the kind's noun is written out."""
    plain_word = mention.words == 1 and not mention.houses and not _capital(tokens, mention)
    if not plain_word or tokens.lemmas[mention.match.start] not in DESCRIBING:
        return False
    nouns = [place for place in range(mention.start, mention.end) if place != mention.match.start]
    return any(len(tokens.forms[place]) > LONGEST_ABBREVIATION for place in nouns)


def _capital(tokens: Tokens, mention: StreetMention) -> bool:
    return any(tokens.capital(place) for place in range(mention.match.start, mention.match.end))


def _opens(tokens: Tokens, start: int) -> bool:
    """Whether the token begins a clause: nothing, a sign or a new line stands before it."""
    before = tokens.before(start)
    if before >= 0 and tokens.forms[before] in PARTICLES:
        return _opens(tokens, before)
    if before < 0 or "\n" in tokens.text[tokens.ends[before] : tokens.starts[start]]:
        return True
    return tokens.forms[start - 1] in ".!?:;,…)]" or not tokens.forms[before].isalnum()


def _addressed(tokens: Tokens, mention: StreetMention) -> bool:
    """«на мира 28а», «по адресу харьковская 11»: with a house even a small letter will do."""
    before = _governor(tokens, mention)
    return before >= 0 and (tokens.forms[before] in BARE_PREPOSITIONS or tokens.lemmas[before] == "адрес")


def _governor(tokens: Tokens, mention: StreetMention) -> int:
    """The word that governs the name; -1 when there is none."""
    before = tokens.before(mention.start)
    return tokens.before(before) if before >= 0 and tokens.forms[before] in TRANSPARENT else before


def _in_organisation(tokens: Tokens, mention: StreetMention) -> bool:
    before = tokens.before(mention.start)
    return before >= 0 and (tokens.forms[before] in ORGANISATION_WORDS or tokens.lemmas[before] in ORGANISATION_WORDS)


def _is_person(tokens: Tokens, mention: StreetMention) -> bool:
    """«Кузнецова Анна Сергеевна», «депутата Иванова», «Ивана Петрова» where only «Петрова» is a street."""
    start, end = mention.start, mention.match.end
    if end < len(tokens) and tokens.capital(end) and _names_person(tokens.forms[end]):
        return True
    before = start - 1
    if before < 0:
        return False
    if tokens.lemmas[before] in PERSON_WORDS:
        return True
    return tokens.capital(before) and tokens.capital(start) and _names_person(tokens.forms[before])


def _names_person(form: str) -> bool:
    return len(form) > 2 and any({"Name", "Patr"} & set(parse.tag.grammemes) for parse in parses(form)[:2])


def modifies(tokens: Tokens, place: int) -> bool:
    """Whether the noun of the adjective before `place` follows: «на Омской земле», «к Омской областной компании»."""
    form = tokens.forms[place - 1]
    if not form.endswith(ADJECTIVE_ENDINGS):
        return False
    if place < len(tokens) and tokens.forms[place] in ABBREVIATED_NOUNS:
        return True
    # «до Литейного тротуар»: the accusative of this form is for the living alone
    own = {_agreement(tag) for tag in (parse.tag for parse in parses(form))
           if tag.POS == "ADJF" and not (tag.case == "accs" and "anim" in tag)}  # fmt: skip
    for following in range(place, min(place + 3, len(tokens))):
        if not tokens.forms[following].isalpha():
            return False
        readings = [parse.tag for parse in parses(tokens.forms[following]) if parse.score > RARE]
        agreeing = {tag.POS for tag in readings if _agreement(tag) in own}
        if "NOUN" in agreeing:
            return True
        if "ADJF" not in agreeing:
            return False
    return False


def _agreement(tag: OpencorporaTag) -> tuple[str | None, str | None]:
    """Gender and case; in the plural all genders agree."""
    return ("plur" if tag.number == "plur" else tag.gender), tag.case


def _grammar(tokens: Tokens, mention: StreetMention) -> str:
    """What the words around a name without its kind's noun say of it."""
    before = _governor(tokens, mention)
    if before < 0:
        return ""
    word, capital = tokens.forms[before], _capital(tokens, mention)
    bare = word in BARE_PREPOSITIONS
    place_noun = tokens.lemmas[before] in PLACE_NOUNS
    if not (bare or place_noun or word in OTHER_PREPOSITIONS):
        return ""
    if mention.words > 1:
        return "strong"
    form = tokens.forms[mention.match.start]
    readings = parses(form)
    tags = [parse.tag for parse in readings if parse.score > RARE] or [readings[0].tag]
    if mention.entry.name_class is NameClass.ADJECTIVE:
        if bare and _closes(tokens, mention.match.end) and form.endswith(FEMININE):
            # «на коммунальной!»: of what else?
            return "" if tokens.lemmas[mention.match.start] in DESCRIBING else "strong"
        return _adjective_grammar(mention, form, capital, word)
    if bare and not any(tag.case in BARE_PREPOSITIONS[word] for tag in tags):
        return "strong"
    if bare and (capital or form.endswith(SURNAME_ENDINGS)) and all(tag.POS == "ADJF" for tag in tags):
        return "strong"  # «на Стальского», «на горского»: a list calls a street so, and there is nothing to describe
    if everyday(form):
        people = any({"anim", "plur"} <= set(tag.grammemes) for tag in tags)
        return "" if not capital else "strong" if place_noun or (bare and people) else "weak"
    if word in ("на", "по") or tokens.lemmas[before] in CROSSING_NOUNS:
        return "strong"
    if not capital:
        return ""
    return "strong" if place_noun or word in DIRECTIONS else "weak"


def _adjective_grammar(mention: StreetMention, form: str, capital: bool, preposition: str) -> str:
    if not mention.entry.kinds & BARE_ADJECTIVE_KINDS:
        return ""
    if capital and preposition != "за":
        return "strong"
    return "strong" if form.endswith(RELATIONAL) and preposition in ("на", "по") else ""


def _unlike_anything_else(tokens: Tokens, mention: StreetMention) -> bool:
    """A name that opens a clause («Орджоникидзе, уже неделю прорыв») must not read as a person's or a thing's."""
    form = tokens.forms[mention.match.start]
    after = mention.match.end
    if after < len(tokens) and tokens.forms[after].isalpha() and tokens.capital(after):
        return False
    tags = [parse.tag for parse in parses(form)]
    adjective = mention.entry.name_class is NameClass.ADJECTIVE
    if adjective and (form.endswith(RELATIONAL) or _closes(tokens, after)):
        return bool(mention.entry.kinds & BARE_ADJECTIVE_KINDS)
    return not everyday(form) and not any(tag.case == "nomn" and "Fixd" not in tag for tag in tags)


def _closes(tokens: Tokens, place: int) -> bool:
    return (
        place >= len(tokens)
        or tokens.forms[place] in ".,!?;"
        or "\n" in tokens.text[tokens.ends[place - 1] : tokens.starts[place]]
    )


def everyday(form: str) -> bool:
    """Whether the word is an everyday noun or adjective rather than a name of a person or a place."""
    best = parses(form)[0]
    return best.is_known and not {"Surn", "Name", "Geox", "Patr"} & set(best.tag.grammemes)
