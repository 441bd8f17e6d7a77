"""Other people's words inside a reply: made one tidy paragraph, quotes balanced, nothing that a template would read."""

from __future__ import annotations

import re

SPACES = re.compile(r"\s{2,}|[^\S ]")  # a single space stands as it is
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
BRACES = re.compile(r"[{}]")
QUOTES = re.compile('[«»„“”"]')
BEFORE_MARK = re.compile(r"\s+([,.;:!?…»)])")
DOTS = re.compile(r"\.{2,}|\.*…[.…]*")
LEAD_IN = re.compile(
    r"^(?:(?:здравствуйте|здравствуй|добрый (?:день|вечер)|доброе утро|доброго (?:времени суток|дня)|приветствую)\W+"
    r"|(?:кроме того|помимо этого|также|а также|а ещ[её]|во-первых|во-вторых|в-третьих)\b\W*)+",
    re.IGNORECASE,
)
"""What people begin with before they come to the matter."""
ENDS = ".!?…"


def tidy(words: str) -> str:
    """One line: spaces single, no braces, no control characters, quotes «» and „“ inside, in pairs."""
    line = BRACES.sub("", UNPRINTABLE.sub("", SPACES.sub(" ", words)))
    return _spaced(_balanced(line))


def _spaced(line: str) -> str:
    """Spaces single and none before a mark, dots one or three, no mark at the beginning."""
    return DOTS.sub("…", BEFORE_MARK.sub(r"\1", SPACES.sub(" ", line))).strip().lstrip(" .,;:!?…")


def sentence(words: str) -> str:
    """The words as sentences: with a capital first letter and a mark at the end; empty stays empty."""
    line = tidy(words).rstrip(" ,;:–—-")
    if not line:
        return ""
    line = line[0].upper() + line[1:]
    ended = line[-1] in ENDS or (line[-1] == "»" and line[-2:-1] in ENDS)
    return line if ended else f"{line}."


def clause(words: str) -> str:
    """The words as a part of a sentence: no mark at the end."""
    return tidy(words).rstrip(" .;,:!?…")


def quoted(words: str, most: int = 200) -> str:
    """The author's words in «», cut at a word, without a greeting, «кроме того» and his own quotes inside."""
    line = _spaced(QUOTES.sub("", BRACES.sub("", UNPRINTABLE.sub("", SPACES.sub(" ", words))))).strip(" ,;:–—-")
    line = LEAD_IN.sub("", line).lstrip(" .,;:!?…–—-") or line
    line = line[:1].upper() + line[1:].rstrip(" .…")
    if len(line) > most:
        cut = line[:most].rsplit(" ", 1)[0] if " " in line[:most] else line[:most]
        line = f"{cut.rstrip(' .,;:–—-!?…')}…"
    return f"«{line}»" if line else ""


def _balanced(line: str) -> str:
    """Every quote as « or » in turns by what it looks like; an odd one is dropped."""
    opened: list[int] = []
    pieces = list(line)
    for at, letter in enumerate(pieces):
        if not QUOTES.fullmatch(letter):
            continue
        opens = letter in "«„" or (letter in '"“' and not opened)
        if opens:
            opened.append(at)
            pieces[at] = "«"
        elif opened:
            opened.pop()
            pieces[at] = "»"
        else:
            pieces[at] = ""
    for at in opened:
        pieces[at] = ""
    return "".join(pieces)
