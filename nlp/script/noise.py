"""Words broken by recognition and by temper: «в0да», «отоп-ление» over two lines, «HET», «нееет»."""

from __future__ import annotations

import re

from nlp.script.alignment import Edit
from nlp.script.known import frequency, is_word

LINE_END = re.compile(r"(?<![А-Яа-яЁё-])([А-Яа-яЁё]{2,20})-[ \t\r]{0,3}\n[ \t]{0,8}([а-яё]{2,20})(?![А-Яа-яЁё-])")
DIGITAL = re.compile(r"(?<![\w.,:/№+-])(?=[0346]{0,2}[А-Яа-яЁё])[А-Яа-яЁё0346]{3,25}(?!\w)")
READ_DIGITS = str.maketrans("0346", "озчб")
DIGIT_AT_LETTER = re.compile(r"[0346][А-Яа-яЁё]|[А-Яа-яЁё][0346]")
LATIN_TWINS = re.compile(r"(?<![\w./@-])(?:[aceopxy]{2,12}|[A-Z]?[aceopxykmt]{2,12}|[ABCEHKMOPTXY]{2,12})(?![\w./@-])")
TWINS = str.maketrans("aceopxykmtABCEHKMOPTXY", "асеорхукмтАВСЕНКМОРТХУ")
TWIN_LETTERS = frozenset("aceopxykmtABCEHKMOPTXY")
LATIN = re.compile(r"[A-Za-z]{2}")
CYRILLIC = re.compile(r"[А-Яа-яЁё]")
REPEATED = re.compile(r"(?<![А-Яа-яЁё])(?=[А-Яа-яЁё]*?([А-Яа-яЁё])\1\1)[А-Яа-яЁё]{3,200}(?![А-Яа-яЁё])")
RUN = re.compile(r"([А-Яа-яЁё])\1{1,}", re.IGNORECASE)
TRIPLE = re.compile(r"([А-Яа-яЁё])\1\1", re.IGNORECASE)
RARE, FREQUENT = 50, 2_000


def hyphens_at_line_ends(text: str) -> list[Edit]:
    """«отоп-\\nление» is one word unless it is written with a hyphen anyway."""
    if "-" not in text or "\n" not in text:
        return []
    return [
        Edit(match.end(1), match.start(2), "")
        for match in LINE_END.finditer(text)
        if is_word((match[1] + match[2]).lower()) and not is_word(f"{match[1]}-{match[2]}".lower())
    ]


def digits_in_words(text: str) -> list[Edit]:
    """«в0да», «3апах»: digits that look like letters, where the word exists with the letters only."""
    if not DIGIT_AT_LETTER.search(text):
        return []
    edits = []
    for match in DIGITAL.finditer(text):
        written = match[0].lower()
        digits = sum(map(str.isdecimal, written))
        if not digits or digits * 2 >= len(written):
            continue
        word = written.translate(READ_DIGITS)
        rest = written.lstrip("0346")
        if is_word(word) and frequency(word) >= max(RARE, frequency(rest)):
            edits.append(Edit(match.start(), match.end(), cased(word, match[0])))
    return edits


def cased(word: str, written: str) -> str:
    letters = [char for char in written if char.isalpha()]
    if all(map(str.isupper, letters)) and len(letters) > 1:
        return word.upper()
    return word.capitalize() if written[0].isupper() or (written[0].isdecimal() and letters[0].isupper()) else word


def latin_twins(text: str) -> list[Edit]:
    """«HET воды»: a word of Latin letters that all look Russian, in a Russian text, where Russian has that word."""
    if not LATIN.search(text) or not CYRILLIC.search(text):
        return []
    edits = []
    for match in LATIN_TWINS.finditer(text):
        written = match[0]
        if not TWIN_LETTERS.issuperset(written):
            continue
        word = written.translate(TWINS)
        count = frequency(word.lower())
        if count >= (FREQUENT if len(word) > 2 else 50 * FREQUENT) and count > 5 * frequency(written.lower()):
            edits.append(Edit(match.start(), match.end(), word))
    return edits


def repeated_letters(text: str) -> list[Edit]:
    """«нееет», «водыыы»: letters three times in a row, where the word exists with fewer of them."""
    if not TRIPLE.search(text):
        return []
    edits = []
    for match in REPEATED.finditer(text.lower()) if len(text.lower()) == len(text) else ():
        if is_word(match[0]):
            continue
        once = RUN.sub(r"\1", match[0])
        twice = TRIPLE.sub(r"\1\1", RUN.sub(lambda run: run[1] * min(len(run[0]), 2), match[0]))
        word = max((once, twice), key=lambda form: frequency(form) if is_word(form) else -1)
        if is_word(word):
            edits.append(Edit(match.start(), match.end(), cased(word, text[match.start() : match.end()])))
    return edits
