"""What is put right in a text before it is analysed, and the way back to the offsets of the text as received.

Most repairs keep the length (mark-up of mentions becomes spaces, a Latin letter inside a Russian word its Cyrillic
twin). Others do not (invisible characters, letters of several code points, what nlp.script reads): then
`Cleaned.alignment` leads back.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from models.text import Span
from nlp.script import READERS, Alignment, applied

# [club123|Администрация города], [id123|Имя]: the mark-up goes, the words stay where they are
MENTION = re.compile(r"\[((?:id|club|public|event)\d{1,20})\|([^\[\]|]{1,200})\]")
# zero-width and direction marks, soft hyphen, variation selectors
INVISIBLES = "\u00ad\u034f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff"
# marks of letters written as two code points, and those that are heaped on letters for fun
MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
# letters and digits in another dress: mathematical, of full width
DRESSED = "\uff01-\uff5e\U0001d400-\U0001d7ff"
# control characters, spaces that are none of ASCII's, and the replacement character of broken bytes
CONTROLS = "\x00-\x09\x0b-\x1f\x7f-\xa0\u2007\u202f\u3000\ufffd"
INVISIBLE = re.compile(f"[{INVISIBLES}]")
COMBINING = re.compile(f"[{MARKS}]")
CONTROL = re.compile(f"[{CONTROLS}]")
DRESS = re.compile(f"[{DRESSED}]")
STRANGE = re.compile(f"[{CONTROLS}{INVISIBLES}{MARKS}{DRESSED}]")
MIXED = re.compile(r"[A-Za-z][А-Яа-яЁё]|[А-Яа-яЁё][A-Za-z]")
ASCII_LETTER = re.compile(r"[A-Za-z]")
LETTERS = re.compile(r"[A-Za-zА-Яа-яЁё]+")

TWINS = str.maketrans("aceopxyABCEHKMOPTXkmt", "асеорхуАВСЕНКМОРТХкмт")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A repaired text and the way back to the received one (None: every offset is the same).

    `is_reading`: words are read otherwise than written («ghbdtn» as «привет»), be the offsets the same or not.
    """

    text: str
    alignment: Alignment | None = None
    is_reading: bool = False

    def back(self, span: Span) -> Span:
        """The span of the received text for a span of the repaired one."""
        return span if self.alignment is None else self.alignment.back(span)


def clean(text: str) -> Cleaned:
    """The text as the steps of the engine read it."""
    alignment = None
    if "|" in text:
        text = MENTION.sub(unmarked, text)
    if STRANGE.search(text):
        text = DRESS.sub(undressed, CONTROL.sub(" ", text))
        if INVISIBLE.search(text) or COMBINING.search(text):
            text, alignment = composed(text)
    text = cyrillic(text)
    is_reading = False
    for reader in READERS:
        if edits := reader(text):
            text, alignment = applied(text, alignment, edits)
            is_reading = True
    return Cleaned(text, alignment, is_reading)


def undressed(match: re.Match[str]) -> str:
    """The plain letter of «𝓗» or «Ｈ», where it is one character."""
    plain = unicodedata.normalize("NFKC", match[0])
    return plain if len(plain) == 1 else match[0]


def unmarked(match: re.Match[str]) -> str:
    """The mention's words where they stood, spaces in place of its mark-up."""
    return " " * (len(match.group(1)) + 2) + match.group(2) + " "


def composed(text: str) -> tuple[str, Alignment]:
    """The text without invisible characters, letters with their marks joined, and where each character came from.

    A mark that joins with nothing is dropped: «и» + U+0306 is «й», stress marks vanish. A letter ends after its marks.
    """
    kept: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for index, char in enumerate(text):
        if INVISIBLE.match(char):
            continue
        if COMBINING.match(char):
            joined = unicodedata.normalize("NFC", kept[-1] + char) if kept else ""
            if len(joined) == 1:
                kept[-1] = joined
            if ends:
                ends[-1] = index + 1
            continue
        kept.append(char)
        starts.append(index)
        ends.append(index + 1)
    return "".join(kept), Alignment(tuple(starts), tuple(ends), len(text))


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
