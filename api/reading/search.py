"""What an operator types into a search box, as a condition: a number, or words in any form (table appeal_words)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import Connection

WORD = re.compile(r"\w+")
NUMBER = re.compile(r"([А-ЯЁ]{2})[\s-]*(\d{4})[\s-]*(\d{1,9})", re.IGNORECASE)
MOST_WORDS = 12
FEW = 5000
"""Appeals that are sorted by themselves; of more the newest are met soon enough by reading from the newest on."""
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


@dataclass(frozen=True, slots=True)
class Sought:
    """The appeals that something typed finds: `ids` where they are few, else None and the `condition` on their id."""

    ids: list[UUID] | None
    condition: str
    values: Mapping[str, Any]

    def source(self, table: str, appeal: str) -> str:
        """What to select from in place of `table`, whose column `appeal` is the id of an appeal.

        OFFSET 0 keeps the planner from reading the table in the order of the list until it meets them: a word that
        nobody wrote would have it read all. Common words are met soon.
        """
        return table if self.ids is None else f"(SELECT * FROM {table} WHERE {appeal} = ANY(%(sought)s) OFFSET 0)"


def look_up(connection: Connection[Any], region: str, typed: str) -> Sought:
    """Ask the index for what is typed."""
    number = number_in(typed)
    if number is not None:
        rows = connection.execute("SELECT id FROM appeals WHERE number = %s AND region_id = %s", (number, region))
        return Sought([row[0] for row in rows], "", {})
    values: dict[str, Any] = {}
    matching = f"w.region_id = %(region)s AND w.words @@ ({_query(words_in(typed), values)})"
    # never prepared: the plan must know the words
    few = connection.execute(
        f"SELECT w.appeal_id FROM appeal_words w WHERE {matching} LIMIT {FEW + 1}".encode(),
        {**values, "region": region},
        prepare=False,
    ).fetchall()
    if len(few) <= FEW:
        return Sought([row[0] for row in few], "", {})
    return Sought(None, f"IN (SELECT w.appeal_id FROM appeal_words w WHERE {matching})", values)


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
            begun = f"{form} || to_tsquery('simple', %({name}_begun)s)"
            form = f"CASE numnode({form}) WHEN 0 THEN {form} ELSE {begun} END"  # no text keeps its stop words
        each.append(f"({form})")
    return " && ".join(each) or "''::tsquery"
