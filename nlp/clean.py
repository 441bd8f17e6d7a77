"""What is put right in a text before it is analysed, and the way back to the offsets of the text as received.

Most repairs keep the length (mark-up of mentions becomes spaces, a Latin letter inside a Russian word its Cyrillic
twin). Only invisible characters and letters written as two code points change it; then `Cleaned.origin` leads back.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from models.text import Span

# [club123|Администрация города], [id123|Имя]: the mark-up goes, the words stay where they are
MENTION = re.compile(r"\[((?:id|club|public|event)\d{1,20})\|([^\[\]|]{1,200})\]")
# zero-width and direction marks, soft hyphen, variation selectors
INVISIBLES = "\u00ad\u034f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff"
# marks of letters written as two code points
MARKS = "\u0300-\u036f"
# control characters, spaces that are none of ASCII's, and the replacement character of broken bytes
CONTROLS = "\x00-\x09\x0b-\x1f\x7f-\xa0\u2007\u202f\u3000\ufffd"
INVISIBLE = re.compile(f"[{INVISIBLES}]")
COMBINING = re.compile(f"[{MARKS}]")
CONTROL = re.compile(f"[{CONTROLS}]")
STRANGE = re.compile(f"[{CONTROLS}{INVISIBLES}{MARKS}]")
MIXED = re.compile(r"[A-Za-z][А-Яа-яЁё]|[А-Яа-яЁё][A-Za-z]")
ASCII_LETTER = re.compile(r"[A-Za-z]")
LETTERS = re.compile(r"[A-Za-zА-Яа-яЁё]+")

TWINS = str.maketrans("aceopxyABCEHKMOPTXkmt", "асеорхуАВСЕНКМОРТХкмт")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A repaired text. `origin[i]` is the offset in the received text of character i (None: the same offset)."""

    text: str
    origin: tuple[int, ...] | None = None

    def back(self, span: Span) -> Span:
        """The span of the received text for a span of the repaired one."""
        if self.origin is None:
            return span
        if span.start == span.end:
            return Span(self.origin[span.start], self.origin[span.start])
        return Span(self.origin[span.start], self.origin[span.end - 1] + 1)


def clean(text: str) -> Cleaned:
    """The text as the steps of the engine read it."""
    origin = None
    if "|" in text:
        text = MENTION.sub(unmarked, text)
    if STRANGE.search(text):
        text = CONTROL.sub(" ", text)
        if INVISIBLE.search(text) or COMBINING.search(text):
            text, origin = composed(text)
    return Cleaned(cyrillic(text), origin)


def unmarked(match: re.Match[str]) -> str:
    """The mention's words where they stood, spaces in place of its mark-up."""
    return " " * (len(match.group(1)) + 2) + match.group(2) + " "


def composed(text: str) -> tuple[str, tuple[int, ...]]:
    """The text without invisible characters, letters with their marks joined, and where each character came from.

    A mark that joins with nothing is dropped: «и» + U+0306 is «й», stress marks vanish.
    """
    kept: list[str] = []
    origin: list[int] = []
    for index, char in enumerate(text):
        if INVISIBLE.match(char):
            continue
        if COMBINING.match(char):
            joined = unicodedata.normalize("NFC", kept[-1] + char) if kept else ""
            if len(joined) == 1:
                kept[-1] = joined
            continue
        kept.append(char)
        origin.append(index)
    origin.append(len(text))
    return "".join(kept), tuple(origin)


def cyrillic(text: str) -> str:
    """Latin letters that look Russian become Russian inside words of mixed letters («Aвтобус»)."""
    return LETTERS.sub(twin, text) if ASCII_LETTER.search(text) and MIXED.search(text) else text


def twin(match: re.Match[str]) -> str:
    word = match.group()
    if word.isascii() or not MIXED.search(word):
        return word
    replaced = word.translate(TWINS)
    return word if ASCII_LETTER.search(replaced) else replaced


def fold(text: str) -> str:
    """Lower case, «ё» as «е», of the same length as the text."""
    folded = text.lower().replace("ё", "е")
    if len(folded) == len(text):
        return folded
    return "".join(lower if len(lower := char.lower()) == 1 else char for char in text).replace("ё", "е")
