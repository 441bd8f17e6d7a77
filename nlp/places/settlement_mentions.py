"""Names of settlements in a text: «в Таре», «с. Троицкое», «рабочий посёлок Большеречье»."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nlp.lemmas import parses
from nlp.places.acceptance import modifies
from nlp.places.kinds import kinds_of
from nlp.places.lexicon import ORDINAL_WORDS, Lexicon
from nlp.places.records import SettlementEntry
from nlp.places.settlement_names import TEXT_KINDS
from nlp.places.tokens import Tokens

PREPOSITIONS = frozenset("в во из на под до от к около у для по с со через за".split())
RELATIONAL = re.compile(r"[сц]к(ое|ого|ому|ом|им|ая|ой|ую|ий)$")
INTO = frozenset({"в", "во", "из"})
# a village may be called after a great river; without «село» or «посёлок» the river is meant
RIVERS = frozenset("иртыш ишим омь обь волга дон ока нева лена кама урал амур кола тулома печора".split())


@dataclass(frozen=True, slots=True)
class SettlementMention:
    """A settlement's name at tokens [start, end), its kind's word included; `sure` if that word stands there."""

    entry: SettlementEntry
    start: int
    end: int
    sure: bool


def settlement_mentions(tokens: Tokens, names: Lexicon) -> list[SettlementMention]:
    """Mentions in text order that do not overlap."""
    found: list[SettlementMention] = []
    place = 0
    for start, form in enumerate(tokens.forms):
        if start < place or form not in names.vocabulary:
            continue
        if form not in names.openings and tokens.lemmas[start] not in ORDINAL_WORDS:
            continue
        for match in names.matches(tokens, start):
            mention = _supported(tokens, match.start, match.end, match.entry)
            if mention is not None:
                found.append(mention)
                place = mention.end
                break
    return found


def _supported(tokens: Tokens, start: int, end: int, entry: SettlementEntry) -> SettlementMention | None:
    before = tokens.before(start)
    word = tokens.forms[before] if before >= 0 else ""
    if word in TEXT_KINDS or (before >= 0 and tokens.lemmas[before] in TEXT_KINDS and len(word) > 2):
        short = len(word) < 3
        if tokens.capital(start) or not short:
            return SettlementMention(entry, before, end, True)
    everyday = _everyday(tokens.forms[start:end]) or tokens.lemmas[start] in RIVERS
    if modifies(tokens, end):
        return None  # «в Октябрьском округе», «Омский госпиталь»
    if not tokens.capital(start):
        # «мурманск» in lower case is nobody else; «тара» and «мира» are
        return None if everyday or end - start > 1 else SettlementMention(entry, start, end, False)
    if everyday and not _named_so(tokens, start, end, word):
        return None
    return SettlementMention(entry, start, end, False)


def _named_so(tokens: Tokens, start: int, end: int, preposition: str) -> bool:
    """Whether everyday words are a village's name: «от Тары», «в Дальнем», «Больших Полей»; not «от Южного»."""
    if end - start > 1:
        return all(tokens.capital(place) for place in range(start, end) if tokens.forms[place].isalpha())
    if tokens.lemmas[start] in RIVERS:
        return False
    if _heads_address(tokens, start, end):
        return True
    return preposition in (INTO if parses(tokens.forms[start])[0].tag.POS == "ADJF" else PREPOSITIONS)


def _heads_address(tokens: Tokens, start: int, end: int) -> bool:
    """«Тара, Советская, 5», «Тара, ул. Ленина»: alone before a comma, and an address follows."""
    if (start and tokens.forms[start - 1].isalnum()) or end + 1 >= len(tokens) or tokens.forms[end] != ",":
        return False
    return bool(kinds_of(tokens.forms[end + 1], tokens.lemmas[end + 1])) or tokens.capital(end + 1)


def _everyday(forms: list[str]) -> bool:
    """Whether all words of the name are everyday words («Новая», «Дальний», «Тара»)."""
    for form in forms:
        if RELATIONAL.search(form):
            return False  # «до Троицкого», «в Знаменском»: villages are called so, and `modifies` has looked for a noun
        best = parses(form)[0]
        if not best.is_known or {"Geox", "Surn", "Name"} & set(best.tag.grammemes):
            return False
    return True
