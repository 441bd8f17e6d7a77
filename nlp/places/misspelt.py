"""Misspelt names of streets: forgiven only where the kind's noun or a house number says that a street is meant."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from nlp.lemmas import parses
from nlp.places.houses import house_at
from nlp.places.kinds import EVERYDAY_KINDS, kinds_of
from nlp.places.lexicon import Lexicon
from nlp.places.mentions import StreetMention, with_kind
from nlp.places.tokens import Tokens

SHORTEST = 5  # letters; a shorter word is too like its neighbours
REACH = 6  # tokens after a kind's noun, with an ordinal and its hyphen between
LONG = 9  # from this length two slips are forgiven
REMEMBERED = 20_000


class Spelling:
    """Likely right spellings of words, among the words of street names."""

    def __init__(self, names: Lexicon) -> None:
        self.names = names
        self._by_head: dict[tuple[str, int], list[str]] = defaultdict(list)
        for form in names.vocabulary:
            if len(form) >= SHORTEST:
                self._by_head[form[0], len(form)].append(form)
        self.likely = lru_cache(maxsize=REMEMBERED)(self._likely)

    def _likely(self, form: str) -> tuple[tuple[str, float], ...]:
        """Up to three known forms within one slip (two in a long word), with their likeness, best first."""
        slips = 2 if len(form) >= LONG else 1
        choices = [each for length in range(len(form) - slips, len(form) + slips + 1)
                   for each in self._by_head.get((form[0], length), ())]  # fmt: skip
        found = process.extract(form, choices, scorer=DamerauLevenshtein.distance, score_cutoff=slips, limit=3)
        return tuple((word, 1 - distance / len(word)) for word, distance, _ in found)

    def mentions(self, tokens: Tokens, taken: list[StreetMention]) -> list[StreetMention]:
        """Mentions of misspelt names outside the ones already found."""
        covered = {place for mention in taken for place in range(mention.start, mention.end)}
        found = []
        for place in _near_support(tokens):
            form = tokens.forms[place]
            if len(form) < SHORTEST or place in covered or form in self.names.vocabulary or not form.isalpha():
                continue
            if not _supported(tokens, place) or any(parse.is_known for parse in parses(form)[:1]):
                continue
            mention = self._corrected(tokens, place)
            if mention is not None and not any(each in covered for each in range(mention.start, mention.end)):
                found.append(mention)
        return found

    def _corrected(self, tokens: Tokens, place: int) -> StreetMention | None:
        written = tokens.forms[place]
        begin = place - 1 if place and tokens.forms[place - 1].isdecimal() else place
        try:
            for form, likeness in self.likely(written):
                tokens.forms[place] = form
                for start in range(begin, place + 1):
                    match = next((each for each in self.names.matches(tokens, start) if each.end > place), None)
                    if match is not None:
                        mention = with_kind(tokens, match)
                        mention.guessed = likeness
                        return mention
        finally:
            tokens.forms[place] = written
        return None


def _near_support(tokens: Tokens) -> list[int]:
    """Tokens near enough to a kind's noun or a number to be worth a look."""
    near = {place + step for place in tokens.kind_places for step in (-1, *range(1, REACH))}
    near.update(place - step for place in tokens.number_places for step in (1, 2))
    return sorted(place for place in near if 0 <= place < len(tokens))


def _supported(tokens: Tokens, place: int) -> bool:
    """Whether the kind's noun stands before the word or after it, or a house number follows."""
    before = tokens.before(place)
    while before >= 0 and (tokens.forms[before].isdecimal() or tokens.forms[before] in ("-", "я", "й")):
        before = tokens.before(before)
    if before >= 0 and set(kinds_of(tokens.forms[before], tokens.lemmas[before])) - EVERYDAY_KINDS:
        return True
    after = place + 1
    if after < len(tokens) and set(kinds_of(tokens.forms[after], tokens.lemmas[after])) - EVERYDAY_KINDS:
        return True
    if after < len(tokens) and tokens.forms[after] == ",":
        after += 1
    return tokens.capital(place) and after < len(tokens) and house_at(tokens, after) is not None
