"""What an operator types into a search box, as a condition: a number, or words in any form (table appeal_words)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

WORD = re.compile(r"\w+")
NUMBER = re.compile(r"([А-ЯЁ]{2})[\s-]*(\d{4})[\s-]*(\d{1,9})", re.IGNORECASE)
MOST_WORDS = 12
BEGINNING = 3
"""Letters from which on a word may be the beginning of another; fewer begin half of the dictionary."""
TYPES = frozenset("ул пр просп пер бул наб пл мкр мкрн пос дер обл корп стр кв оф".split())
"""Short forms of parts of an address: the text may spell them out, another way or not at all."""


def number_in(typed: str) -> str | None:
    """The registration number that is typed, with or without its hyphens and zeros; None where it is none."""
    match = NUMBER.fullmatch(typed.strip())
    return None if match is None else f"{match[1].upper()}-{match[2]}-{int(match[3]):07d}"


def words_in(typed: str) -> list[str]:
    """The words to look for. Signs part them; single letters and short forms of addresses are left out."""
    said = [word.casefold().replace("ё", "е") for word in WORD.findall(typed.replace("_", " "))]
    telling = [word for word in said if word.isdigit() or (len(word) > 1 and word not in TYPES)]
    return list(dict.fromkeys(telling or said))[:MOST_WORDS]


def found(appeal: str, typed: str, values: dict[str, Any]) -> str:
    """The condition that `typed` finds the appeal whose id is the SQL expression `appeal`; `values` gets its values."""
    number = number_in(typed)
    if number is not None:
        values["number"] = number
        return f"{appeal} IN (SELECT id FROM appeals WHERE number = %(number)s)"
    return (
        f"{appeal} IN (SELECT w.appeal_id FROM appeal_words w"
        f" WHERE w.region_id = %(region)s AND w.words @@ ({_query(words_in(typed), values)}))"
    )


def said_in(text: str, typed: str, values: dict[str, Any]) -> str:
    """The condition that the words of the SQL expression `text` are those typed."""
    return f"search_words({text}) @@ ({_query(words_in(typed), values)})"


def _query(words: Sequence[str], values: dict[str, Any]) -> str:
    """A tsquery that wants every word: in any form, or as the beginning of a longer one."""
    each = []
    for word in words:
        name = f"word_{len(values)}"
        values[name] = word
        form = f"to_tsquery('russian', %({name})s)"
        if len(word) >= BEGINNING and not word.isdigit():
            values[f"{name}_begun"] = f"{word}:*"
            form = f"({form} || to_tsquery('simple', %({name}_begun)s))"
        each.append(form)
    return " && ".join(each) or "''::tsquery"
