"""An appeal's text for the page: cut where problems and personal data begin and end."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

MASK = "●●●"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that belongs to the same problems. `start` is its offset in the appeal's text (code points)."""

    text: str
    start: int
    problems: tuple[int, ...]
    personal: bool
    hidden: bool

    @property
    def mark(self) -> int | None:
        """The problem whose colour the piece takes."""
        return self.problems[0] if self.problems else None


def pairs(spans: Sequence[Any]) -> list[tuple[int, int]]:
    """Spans as stored in JSON: [start, end]."""
    return [(int(span[0]), int(span[1])) for span in spans]


def personal_spans(privacy: Sequence[Mapping[str, Any]]) -> list[tuple[int, int]]:
    return pairs([mark["span"] for mark in privacy])


def pieces(
    text: str,
    problems: Mapping[int, Sequence[tuple[int, int]]],
    personal: Sequence[tuple[int, int]],
    *,
    hide: bool,
) -> list[Piece]:
    """`text` cut into pieces: `problems` maps a problem's number to its spans; `hide` masks personal data."""
    borders = {0, len(text)}
    for spans in (*problems.values(), personal):
        for start, end in spans:
            borders.update((min(start, len(text)), min(end, len(text))))
    # a browser shows CR LF as one character: a piece ends there, so that offsets inside pieces stay true
    borders.update(match.end() for match in re.finditer("\r\n", text))
    cuts = sorted(borders)
    made: list[Piece] = []
    for start, end in pairwise(cuts):
        inside = tuple(
            number for number, spans in sorted(problems.items()) if any(a <= start and end <= b for a, b in spans)
        )
        mine = any(a <= start and end <= b for a, b in personal)
        if mine and hide and made and made[-1].hidden and made[-1].problems == inside:
            continue
        made.append(Piece(MASK if mine and hide else text[start:end], start, inside, mine, mine and hide))
    return made


def own_facts(
    facts: Sequence[Mapping[str, Any]], own: Sequence[tuple[int, int]], others: Sequence[tuple[int, int]]
) -> list[Mapping[str, Any]]:
    """A problem's facts to show: those said in its own words, and the shared ones said in no other problem's."""

    def touches(fact: Mapping[str, Any], spans: Sequence[tuple[int, int]]) -> bool:
        first, last = fact["span"]
        return any(start < last and first < end for start, end in spans)

    return [fact for fact in facts if touches(fact, own) or not touches(fact, others)]


def masked(text: str, personal: Sequence[tuple[int, int]]) -> str:
    """`text` with personal data replaced by «●●●»."""
    return "".join(piece.text for piece in pieces(text, {}, personal, hide=True))


def quote(text: str, spans: Sequence[tuple[int, int]], personal: Sequence[tuple[int, int]], longest: int = 240) -> str:
    """What a problem says, masked: its spans joined by «…», cut at a word where it is too long."""
    parts = []
    for start, end in spans:
        inside = [(max(a, start) - start, min(b, end) - start) for a, b in personal if a < end and start < b]
        parts.append(" ".join(masked(text[start:end], inside).split()))
    joined = " … ".join(part for part in parts if part)
    if len(joined) <= longest:
        return joined
    return joined[:longest].rsplit(" ", 1)[0].rstrip(" ,.;:—-") + "…"
