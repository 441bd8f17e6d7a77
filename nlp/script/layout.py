"""Russian typed with the keys of the English layout: «ghbdtn» is «привет», «ytn cdtnf» is «нет света»."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.script.alignment import Edit
from nlp.script.known import frequency, is_word

KEYS = str.maketrans(
    "qwertyuiop[]asdfghjkl;'zxcvbnm,.`QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>~",
    "йцукенгшщзхъфывапролджэячсмитьбюёЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮЁ",
)
MARKED = {"/": ".", "?": ",", "&": "?"}
"""Marks that stand on other keys too; a «?» that ends the text is a question."""
TYPED = re.compile(r"[a-zA-Z\[\];',.`{}:\"<>~]*[a-zA-Z][a-zA-Z\[\];',.`{}:\"<>~]*")
"""A run of keys that are letters in Russian."""
MARKS = "[];',.`{}:\"<>~"
LETTERS = re.compile("[а-яё]+")
LEAST = 5
"""Letters of known words below which a run proves nothing: «ytn» alone may be anything."""
SHARE = 0.75
RARE = 50


def typed(text: str, start: int, end: int) -> list[Edit]:
    """Edits that read [start, end), a piece without Cyrillic, as typed with the wrong keys; none where it is not."""
    edits = list(retyped(text, start, end))
    letters = right = foreign = 0
    for edit in edits:
        written = text[edit.start : edit.end]
        size = sum(map(str.isalpha, edit.text))
        letters += size
        right += size if is_russian(edit.text) else 0
        foreign += size if frequency(written.strip(MARKS).lower()) >= RARE else 0
    if right < LEAST or right < SHARE * letters or right <= foreign:
        return []
    edits += [
        Edit(at, at + 1, MARKED[text[at]])
        for at in range(edits[0].start, edits[-1].end + 1)
        if text[at : at + 1] in MARKED and text[at + 1 :].strip() and not text[at + 1].isdecimal()
    ]
    return sorted(edits)


def retyped(text: str, start: int, end: int) -> Iterator[Edit]:
    for match in TYPED.finditer(text, start, end):
        written = match[0]
        first = match.start()
        core = written.strip(MARKS)
        read = written.translate(KEYS)
        if core != written and not is_russian(read) and is_russian(core.translate(KEYS)):
            # the marks at the ends were meant as marks
            first, read = first + written.index(core), core.translate(KEYS)
        yield Edit(first, first + len(read), read)


def is_russian(read: str) -> bool:
    forms = LETTERS.findall(read.lower())
    return bool(forms) and all(is_word(form) and (len(form) > 2 or frequency(form) > 10_000) for form in forms)
