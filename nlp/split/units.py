"""Elementary units: the smallest pieces of a text that can belong to one problem.

A unit ends where a sentence ends, at a new line, a semicolon or a list marker, and before a connective that opens a new
argument («также», «кроме того»). People write without capitals, without spaces after full stops and without full
stops, so every rule looks at the words, not only at the punctuation.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from models.text import Span
from nlp.lemmas import parses
from nlp.split.clauses import COMMA, CONJUNCTIONS, opens_clause
from nlp.split.lexicon import (
    ABBREVIATIONS,
    BARE_CONNECTIVES,
    CONNECTIVES,
    GREETED,
    GREETINGS,
    OPENERS,
    STREET_WORDS,
    WHEN,
)
from nlp.words import Word

LONG_UNIT = 28
"""Words without punctuation after which any opener, a preposition too, may begin a unit."""
LONG_CLAUSE = 12
"""Words after which a comma before an opener, or a bare opener that is no preposition, may begin a unit."""
SHORT_SIDE = 5
"""Words that must stand on both sides of a boundary that no punctuation supports."""
LIST_MARKER = re.compile(r"(?:^|(?<=[\s.,;:!?]))(?:\d{1,2}\s?[).](?!\d)|[а-г]\)|[-–—•*●✅▪➡]+(?=\s))\s*(?=\S)")
YEAR = 4
"""Digits of a year."""
LINKS = frozenset({"а", "и", "но", "да", "хотя"})
MENTIONS = ("[id", "[club", "[public")
NAMES = frozenset({"Name", "Surn", "Patr", "Geox", "Orgn", "Abbr", "UNKN", "ADJF", "Fixd", "LATN"})
"""Grammemes of pymorphy3 for what is written with a capital."""
POLITE = frozenset("вы вас вам вами ваш ваша ваше ваши вашего вашей вашему ваших вашим вашу бог".split())
"""What politeness writes with a capital."""
CONNECTIVE_STARTS = frozenset(phrase[0] for phrase in CONNECTIVES) | {"ещё"}
TAGS = frozenset("#@")
MAY_OPEN = CONNECTIVE_STARTS | GREETINGS | {"["}
"""What an argument may open with wherever it stands."""
SENTENCE_END = frozenset(".!?…;")
DOMAINS = frozenset({"ru", "рф", "com", "org", "net", "cc", "me", "su"})
"""What follows a full stop inside the name of a site."""


@dataclass(frozen=True, slots=True)
class Unit:
    """`span` of the text, words [first, last) of it, and how it opens.

    `newline`: after a line break; `blank_line`: after an empty line; `listed`: after a list marker; `marker`: with a
    connective of addition; `weak`: no punctuation stands before it.
    """

    span: Span
    first: int
    last: int
    newline: bool = False
    blank_line: bool = False
    listed: bool = False
    marker: bool = False
    weak: bool = False


def units_of(text: str, words: Sequence[Word], whole: Sequence[Span] = ()) -> list[Unit]:
    """The units of a text in order; together they cover all its words, and none overlaps another.

    No unit begins inside a span of `whole` (names of places, with their full stops and capitals).
    """
    if not words:
        return []
    markers = _list_markers(text)
    inside = _inside(words, whole)
    cuts = [0, *(cut for cut in _cuts(text, words, markers) if cut not in inside)]
    found: list[Unit] = []
    for first, last in pairwise([*cuts, len(words)]):
        if not any(word.lower[0].isalnum() for word in words[first:last]) and found:
            found[-1] = _extended(found[-1], words, last)
            continue
        found.append(_unit(text, words, first, last, markers))
    return found


def _inside(words: Sequence[Word], whole: Sequence[Span]) -> set[int]:
    """Indices of the words that stand in a span, but not at its beginning."""
    starts = [word.start for word in words]
    return {at for span in whole for at in range(bisect_right(starts, span.start), bisect_left(starts, span.end))}


def _unit(text: str, words: Sequence[Word], first: int, last: int, markers: set[int]) -> Unit:
    gap = text[words[first - 1].end : words[first].start] if first else ""
    return Unit(
        span=Span(words[first].start, words[last - 1].end),
        first=first,
        last=last,
        newline="\n" in gap,
        blank_line=gap.count("\n") > 1,
        listed=words[first].start in markers,
        marker=_connective_at(words, first),
        weak=first > 0 and "\n" not in gap and words[first - 1].lower[-1].isalnum(),
    )


def _extended(unit: Unit, words: Sequence[Word], last: int) -> Unit:
    return Unit(
        Span(unit.span.start, words[last - 1].end),
        unit.first,
        last,
        unit.newline,
        unit.blank_line,
        unit.listed,
        unit.marker,
        unit.weak,
    )


def _list_markers(text: str) -> set[int]:
    """Offsets of list markers, only where they form a list: at line starts, or two and more of one kind."""
    found = [(match.start(), match.group().strip()) for match in LIST_MARKER.finditer(text)]
    numbered = [start for start, mark in found if mark[0].isalnum() and _may_open_item(text, start)]
    dashed = [start for start, mark in found if not mark[0].isalnum() and _at_line_start(text, start)]
    return set(numbered if len(numbered) > 1 else ()) | set(dashed)


def _at_line_start(text: str, start: int) -> bool:
    before = text[max(0, start - 30) : start].rstrip(" \t")
    return not before or before.endswith("\n")


def _may_open_item(text: str, start: int) -> bool:
    """«дом 2. Нет воды» holds no list marker: what stands before decides; «2)» needs only not to close a bracket."""
    before = text[max(0, start - 30) : start].rstrip()
    if not before or _at_line_start(text, start) or before[-1] in ".!?…;:,":
        return True
    return text[start + 1 : start + 3].strip().startswith(")") and before.rfind("(") <= before.rfind(")")


def _cuts(text: str, words: Sequence[Word], markers: set[int]) -> Iterator[int]:
    """Indices of the words that open a unit."""
    opened = 0
    bare = 0  # words since the last punctuation mark of any kind
    for at in range(1, len(words)):
        word, before = words[at], words[at - 1]
        lower = word.lower
        gap = text[before.end : word.start]
        after_word = before.lower[-1].isalnum()
        bare = bare + 1 if after_word else 0
        # what stands before each rule is a part of it that most words fail, asked without a call
        ends = (
            word.start in markers
            or (not after_word and _ends_sentence(words, at, gap))
            or ("\n" in gap and _line_ends(text, before, word))
        )
        if not ends and before.start not in markers and at - opened > 1:
            ends = (
                ((lower in MAY_OPEN or words[at - 2].lower in TAGS) and _opens_anew(text, words, at, opened))
                or ((before.lower == COMMA or lower in CONJUNCTIONS) and opens_clause(words, at, opened))
                or (
                    (lower in OPENERS or lower in LINKS or text[word.start].isupper())
                    and len(words) - at >= SHORT_SIDE
                    and _opens_bare_clause(text, words, at, at - opened, bare)
                )
            )
        if ends:
            yield at
            opened = at


def _opens_anew(text: str, words: Sequence[Word], at: int, opened: int) -> bool:
    """What opens an argument wherever it stands: a connective, a greeting, a mention of an account, text after tags."""
    word, before = words[at], words[at - 1]
    if _connective_at(words, at):
        return text[word.start].isupper() or _stands_free(words, at, opened)
    if is_greeting(words, at):
        return not is_greeting(words, opened)
    if word.lower == "[":
        return text.startswith(MENTIONS, word.start)
    after_tag = at > 1 and words[at - 2].lower in TAGS and words[at - 2].end == before.start
    return after_tag and before.end < word.start and word.lower not in TAGS and word.lower[0].isalpha()


def _line_ends(text: str, before: Word, word: Word) -> bool:
    """A new line ends a unit, but not a line that was wrapped by a mail program: those go on in lower case."""
    gap = text[before.end : word.start]
    if "\n" not in gap:
        return False
    return gap.count("\n") > 1 or not (text[word.start].islower() and before.lower[-1] in ",-" + "–")


def _ends_sentence(words: Sequence[Word], at: int, gap: str) -> bool:
    """Whether a sentence ends before word `at`."""
    before, word = words[at - 1], words[at]
    if word.lower in SENTENCE_END or word.lower in ")»\"'," or not word.lower[0].isalnum():
        return False
    if before.lower not in SENTENCE_END:
        return _is_picture(before.lower)
    if before.lower != "." or at < 2 or words[at - 2].end != before.start:
        return True
    last = words[at - 2].lower
    shortened = last in ABBREVIATIONS or (len(last) == 1 and last.isalpha() and word.lower not in OPENERS)
    joined = not gap and ((last.isdigit() and word.lower.isdigit()) or word.lower in DOMAINS)
    return not shortened and not joined


def _is_picture(token: str) -> bool:
    """An emoji or another sign people end sentences with."""
    return len(token) == 1 and (token >= "\u2600" or token in "\u200d\ufe0f") and not token.isalnum()


def _connective_at(words: Sequence[Word], at: int, connectives: frozenset[tuple[str, ...]] = CONNECTIVES) -> bool:
    """Whether a connective of addition («кроме того») starts at word `at`, an opening «и», «а», «но» included."""
    if words[at].lower not in CONNECTIVE_STARTS:
        return False
    forms = tuple(word.lower.replace("ё", "е") for word in words[at : at + 4])
    if forms[0] == "еще" and any(_tells_when(form, near) for near, form in enumerate(forms[1:3])):
        return False
    return any(forms[:size] in connectives for size in (1, 2, 3, 4))


def _tells_when(form: str, near: int) -> bool:
    """Whether the word after «ещё» (`near` 0), or the next one, says since when: «ещё 1 числа», «ещё в 2017 году»."""
    return (near == 0 and (form in WHEN or form.isdigit())) or (form.isdigit() and len(form) == YEAR)


def _stands_free(words: Sequence[Word], at: int, opened: int) -> bool:
    """A connective in mid-sentence ends a unit after a comma, or by itself where it can hardly mean anything else."""
    if words[at - 1].lower in ",-–—:(":
        return at - 1 > opened
    return at - opened >= SHORT_SIDE and _connective_at(words, at, BARE_CONNECTIVES)


def _opens_bare_clause(text: str, words: Sequence[Word], at: int, length: int, bare: int) -> bool:
    """Where full stops are missing: a capital on a word that needs none, a comma or an opener in a very long unit."""
    word, before = words[at], words[at - 1]
    capital = text[word.start].isupper()
    if before.lower == ",":
        opens = word.lower in OPENERS
        return (opens and capital) or (length >= LONG_CLAUSE and (opens or word.lower in LINKS))
    if bare < SHORT_SIDE - 2:
        return False
    if capital and not text[before.start].isupper():
        opens = word.lower in OPENERS and text[word.end : word.end + 1] != "."
        return opens or _needs_no_capital(text, words, at)
    return word.lower in OPENERS and bare >= (LONG_UNIT if len(word.lower) < 3 else LONG_CLAUSE)


def _needs_no_capital(text: str, words: Sequence[Word], at: int) -> bool:
    """Whether the capital of word `at` can only come from a new sentence: it is no name, nor part of an address."""
    word, before = words[at], words[at - 1]
    if len(word.lower) < 2 or word.lower in POLITE or text[word.start : word.end].isupper():
        return False
    if not before.lower[0].isalpha() or len(before.lower) < 3 or before.lower in ABBREVIATIONS:
        return False
    if before.lemma in STREET_WORDS or text[before.start].isupper():
        return False
    return not NAMES & parses(word.lower)[0].tag.grammemes


def is_greeting(words: Sequence[Word], at: int) -> bool:
    """Whether word `at` begins a greeting: «здравствуйте», «добрый день»."""
    lower = words[at].lower
    if lower not in GREETINGS:
        return False
    following = words[at + 1].lower if at + 1 < len(words) else ""
    return not lower.startswith("добр") or following in GREETED
