"""A trie over the words of names: finds every name that starts at a token in one walk, whatever the number of names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from nlp.lemmas import parses
from nlp.places.kinds import kinds_of
from nlp.places.names import NameClass
from nlp.places.tokens import Tokens

SKIPPED = frozenset(".-«»\"“”„'’")
SPOKEN_ENDINGS = frozenset({"я", "й", "ая", "ой", "ей", "ую", "ю"})
ORDINAL_WORDS = {
    word: str(number)
    for number, word in enumerate(
        "первый второй третий четвертый пятый шестой седьмой восьмой девятый десятый одиннадцатый двенадцатый".split(),
        1,
    )
}
HARD = ("ого", "его", "ому", "ему", "ым", "им", "ом", "ем")
PARADIGMS: dict[str, tuple[str, ...]] = {
    "ая": ("ая", "ой", "ей", "ую", "ою"),
    "яя": ("яя", "ей", "юю", "ею"),
    "ый": ("ый", *HARD),
    "ий": ("ий", *HARD),
    "ой": ("ой", *HARD),
    "ое": ("ое", *HARD),
    "ее": ("ее", *HARD),
}
COUNT_OF_YEARS = ("лет", "летия", "летие", "летию", "летием", "летии")


@dataclass(slots=True)
class Node:
    """One step of the trie; `entries` are what ends here."""

    children: dict[str, Node] = field(default_factory=dict)
    entries: list[Any] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Match:
    """A name found: tokens [start, end), what it stands for, a kind's noun met inside («4-я улица Челюскинцев»)."""

    start: int
    end: int
    entry: Any
    ordinal: bool = False
    kind_inside: tuple[str, ...] = ()


def forms_of(word: str, name_class: NameClass) -> Iterable[str]:
    """The forms in which one word of a name may stand in a sentence (`word` in lower case, «ё» as «е»)."""
    if word == "лет":
        return COUNT_OF_YEARS
    if name_class is NameClass.GENITIVE or word.isdigit():
        return (word,)
    if word[-2:] in PARADIGMS and name_class is NameClass.ADJECTIVE:
        return tuple(word[:-2] + ending for ending in PARADIGMS[word[-2:]])
    best = next((parse for parse in parses(word) if {"nomn"} <= set(parse.tag.grammemes)), None)
    if best is None:
        return (word,)
    number = best.tag.number
    forms = {form.word.replace("ё", "е") for form in best.lexeme
             if form.tag.number == number and form.tag.gender == best.tag.gender}  # fmt: skip
    return forms | {word}


class Lexicon:
    """Names by their words. `vocabulary` maps a word form to the words of names that it may be."""

    def __init__(self) -> None:
        self.vocabulary: dict[str, tuple[str, ...]] = {}
        self.root = Node()
        self._openings: frozenset[str] | None = None
        self._known: set[tuple[str, NameClass]] = set()

    def add(self, words: Sequence[str], name_class: NameClass, entry: Any) -> None:
        """Let `words` (numbers among them as digits, «~к» for an initial) lead to `entry`."""
        node = self.root
        self._openings = None
        for word in words:
            if not word.startswith("~"):
                self._learn(word, name_class)
            node = node.children.setdefault(word, Node())
        if entry not in node.entries:
            node.entries.append(entry)

    def _learn(self, word: str, name_class: NameClass) -> None:
        if (word, name_class) in self._known:
            return
        self._known.add((word, name_class))
        forms = list(forms_of(word, name_class))
        forms += [form.replace("ъ", "ь") for form in forms if "ъ" in form]  # «сьезд» is written as often as «съезд»
        for form in forms:
            known = self.vocabulary.get(form, ())
            if word not in known:
                self.vocabulary[form] = (*known, word)

    @property
    def openings(self) -> frozenset[str]:
        """Forms that a name may begin with, besides ordinals in words (ORDINAL_WORDS): asked before `matches`."""
        if self._openings is None:
            first = self.root.children
            self._openings = frozenset(
                [
                    *(form for form, words in self.vocabulary.items() if not first.keys().isdisjoint(words)),
                    *(word.removeprefix("~") for word in first),
                ]
            )
        return self._openings

    def matches(self, tokens: Tokens, start: int) -> list[Match]:
        """Names that begin at token `start`, longest first."""
        found: list[Match] = []
        stack: list[tuple[Node, int, bool, tuple[str, ...]]] = [(self.root, start, False, ())]
        while stack:
            node, place, ordinal, inside = stack.pop()
            if place > start:
                found.extend(Match(start, place, entry, ordinal, inside) for entry in node.entries)
            if not node.children:
                continue
            begin = place
            while place > start and place < len(tokens) and place < begin + 2 and tokens.forms[place] in SKIPPED:
                place += 1
            if place >= len(tokens):
                continue
            stack.extend(self._steps(node, tokens, place, ordinal, inside))
            # a kind's noun may stand between an ordinal and its name
            if place > start and (tokens.forms[begin - 1].isdigit() or ordinal) and not inside:
                kinds = kinds_of(tokens.forms[place], tokens.lemmas[place])
                if kinds and place + 1 < len(tokens):
                    after = place + 1 + (tokens.forms[place + 1] == ".")
                    if after < len(tokens):
                        stack.extend(self._steps(node, tokens, after, ordinal, kinds))
        # of two names of one length the one that is a street's whole name comes first
        found.sort(key=lambda match: (-match.end, bool(getattr(match.entry, "short", None)) and not match.entry.full))
        return found

    def _steps(
        self, node: Node, tokens: Tokens, place: int, ordinal: bool, inside: tuple[str, ...]
    ) -> Iterable[tuple[Node, int, bool, tuple[str, ...]]]:
        form = tokens.forms[place]
        if form.isdigit():
            child = node.children.get(form.lstrip("0"))
            if child is not None:
                end = tokens.after_ordinal(place)
                yield child, end, ordinal or end > place + 1, inside
                if end == place + 1 < len(tokens) and tokens.forms[end] in SPOKEN_ENDINGS:
                    yield child, end + 1, True, inside  # «4 я Транспортная»
            return
        spoken = ORDINAL_WORDS.get(tokens.lemmas[place])
        if spoken is not None and spoken in node.children:
            yield node.children[spoken], place + 1, True, inside
        for word in self.vocabulary.get(form, ()):
            child = node.children.get(word)
            if child is not None:
                yield child, place + 1, ordinal, inside
        if len(form) == 1:
            child = node.children.get("~" + form)
            if child is not None:
                yield child, place + 1, ordinal, inside
