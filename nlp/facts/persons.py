"""Persons («Иванова Мария Петровна», «Скакун С.Ю.») and the posts they are named with («директор УК Иванов»)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from models.facts import Fact, FactKind
from models.text import Span
from nlp.cover import Cover
from nlp.facts.dates import named_street
from nlp.facts.name_forms import cases, gender_of, is_kind, nominative
from nlp.facts.reading import Reading
from nlp.facts.recogniser import person_spans
from nlp.lemmas import parses

ONE = r"(?:[А-ЯЁ][а-яё]{1,24}(?:-[А-ЯЁ][а-яё]{1,24})?|[А-ЯЁ]{3,24})(?!\w)"
CAPITALISED = re.compile(ONE)
RUN = re.compile(rf"(?<!\w){ONE}(?:\s{{1,2}}{ONE}){{1,40}}")
NAME_BEFORE_INITIALS = re.compile(r"\b([А-ЯЁ][а-яё]{2,24}(?:-[А-ЯЁ][а-яё]{2,24})?)\s([А-ЯЁ])\.\s?([А-ЯЁ])\.")
INITIALS_BEFORE_NAME = re.compile(r"\b([А-ЯЁ])\.\s?([А-ЯЁ])\.\s?([А-ЯЁ][а-яё]{2,24}(?:-[А-ЯЁ][а-яё]{2,24})?)(?!\w)")
PATRONYMIC_HINT = re.compile(r"вич|вн[аеуыо]|ичн[аеуыо]|[ьмки]ич", re.IGNORECASE)
HEADS = "губернатор мэр глав министр депутат директор начальник председател прокурор заведующ участков".split()
POST = re.compile(
    r"\b(?:(?:и\.\s?о\.|врио)\s)?(?:генеральн[а-я]{2,3}\s)?(?:зам(?:естител[ьяюе]м?)?\.?\s?)?"
    r"(?P<head>губернатор|мэр(?=[ауоеы]?м?\s)|глав(?=[аыеу]\s|ой\s)|министр|депутат|директор|начальник|председател|главврач"
    r"|главн[а-я]{2,3}\sврач|прокурор|заведующ|участков)(?P<ending>[а-я]{0,4})\b"
    r"(?P<tail>(?:\s(?!(?:по|в|на|и|с|за|о|об|для|не|что|а)\s)[а-яё«»\"-]{1,25}(?:\s№?\s?\d{1,3})?){1,6})",
    re.IGNORECASE,
)
AREAS = frozenset(
    "район района районе округ округа область области край края город города поселение поселения сельсовет сельсовета "
    "администрация администрации".split()
)
NOT_SURNAMES = frozenset("VERB INFN PREP CONJ PRCL ADVB NPRO PRED GRND NUMR INTJ".split())


def find(reading: Reading) -> Iterator[Fact]:
    persons = list(initials(reading))
    runs = [list(CAPITALISED.finditer(reading.text, *run.span())) for run in RUN.finditer(reading.text)]
    if runs and PATRONYMIC_HINT.search(reading.text):
        for run in runs:
            persons += with_patronymic(reading, run)
    persons += confirmed(reading, list(pairs(reading, runs, persons)))
    yield from persons
    if reading.has(HEADS):
        yield from posts(reading, persons)


def initials(reading: Reading) -> Iterator[Fact]:
    if "." not in reading.text:
        return
    for pattern, surname, first in ((NAME_BEFORE_INITIALS, 1, 2), (INITIALS_BEFORE_NAME, 3, 1)):
        for match in pattern.finditer(reading.text):
            known = parses(match[surname])[0].tag.POS
            if not named_street(reading, match.start()) and known not in NOT_SURNAMES:
                value = f"{nominative(match[surname], 'Surn', None)} {match[first]}. {match[first + 1]}."
                yield reading.fact(FactKind.PERSON, match.start(), match.end(), value)


def with_patronymic(reading: Reading, run: list[re.Match[str]]) -> Iterator[Fact]:
    """Name + patronymic, with the surname before or after them when there is one."""
    for index in range(1, len(run)):
        if not (is_kind(run[index][0], "Patr") and is_kind(run[index - 1][0], "Name")):
            continue
        gender = gender_of(run[index][0])
        first, last, surname = index - 1, index, None
        if index > 1 and is_kind(run[index - 2][0], "Surn", gender):
            first, surname = index - 2, run[index - 2][0]
        elif index + 1 < len(run) and is_kind(run[index + 1][0], "Surn", gender):
            last, surname = index + 1, run[index + 1][0]
        if named_street(reading, run[first].start()):
            continue
        parts = [nominative(run[index - 1][0], "Name", gender), nominative(run[index][0], "Patr", gender)]
        if surname is not None:
            parts.insert(0, nominative(surname, "Surn", gender))
        yield reading.fact(FactKind.PERSON, run[first].start(), run[last].end(), " ".join(parts))


def pairs(reading: Reading, runs: list[list[re.Match[str]]], known: list[Fact]) -> Iterator[Fact]:
    """Candidates without a patronymic: «Мария Иванова», «Иванов Пётр»."""
    found = Cover(fact.span for fact in known)
    for run in runs:
        for one, two in pairwise(run):
            if found.overlaps(Span(one.start(), two.end())):
                continue
            for name, surname in ((one, two), (two, one)):
                if is_kind(name[0], "Name") and is_kind(surname[0], "Surn") and not named_street(reading, one.start()):
                    gender = gender_of(name[0])
                    value = f"{nominative(surname[0], 'Surn', gender)} {nominative(name[0], 'Name', gender)}"
                    yield reading.fact(FactKind.PERSON, one.start(), two.end(), value)
                    break


def confirmed(reading: Reading, candidates: list[Fact]) -> list[Fact]:
    """The candidates that natasha's recogniser reads as persons too: «Роман Победа» may be a café, a street, a ship.

    It is asked only about texts that have a candidate (about one in thirty), since it costs more than all other steps.
    """
    if not candidates:
        return []
    spans = Cover(person_spans(reading.text, [fact.span for fact in candidates]))
    return [fact for fact in candidates if spans.overlaps(fact.span)]


def posts(reading: Reading, persons: list[Fact]) -> Iterator[Fact]:
    """POST facts right before a person, and the PERSON where a surname alone follows the post."""
    starts = {fact.span.start for fact in persons}
    for match in POST.finditer(reading.text):
        for surname in CAPITALISED.finditer(reading.text, match.start("tail"), match.end()):
            alone = surname.start() not in starts
            if alone and not surname_after(reading, match, surname):
                continue
            complement = reading.text[match.start("tail") : surname.start()].rstrip()
            if is_complement(complement):
                end = match.start("tail") + len(complement)
                yield reading.fact(FactKind.POST, match.start(), end, post_value(match, complement))
                if alone:
                    value = nominative(surname[0], "Surn", None)
                    yield reading.fact(FactKind.PERSON, surname.start(), surname.end(), value)
            break


def is_complement(written: str) -> bool:
    """«УК», «ЖЭУ 5», «Солнцевского района»; not «которого является», not a quotation left open."""
    if written.count("«") != written.count("»") or written.count('"') % 2:
        return False
    words = re.findall(r"[а-яё]+", written, re.IGNORECASE)
    return not any(parses(word)[0].tag.POS in NOT_SURNAMES or word.lower().startswith("котор") for word in words)


def surname_after(reading: Reading, post: re.Match[str], surname: re.Match[str]) -> bool:
    """A known surname in the case of the post, not the beginning of an area's name («глава Солнцевского района»)."""
    if reading.word_after(surname.end()) in AREAS or not is_kind(surname[0], "Surn"):
        return False
    return bool(cases(surname[0], "Surn") & cases(post["head"].split()[-1] + post["ending"], None))


def post_value(match: re.Match[str], complement: str) -> str:
    """The post with its head in the nominative, its complement as written: «генеральный директор УК»."""
    head = match.string[match.start() : match.start("tail")]
    words = head.split()
    if "." in head or len(words) > 2 or words[0].lower().startswith("зам"):
        return head + complement
    return " ".join(nominative(word, None, None).lower() for word in words) + complement
