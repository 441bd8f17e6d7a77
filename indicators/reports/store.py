"""SQL of letters: those that are kept, and the e-mails that carry them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from indicators.reports.letter import Letter, of_json, week_of
from models.identifiers import derived_id

Row = dict[str, Any]


def save(connection: Connection[Any], region: str, letter: Letter, now: datetime) -> UUID:
    """Keep the letter about its week; one that is there stays. Returns its id."""
    made = derived_id(region, "letter", week_of(letter))
    connection.execute(
        """INSERT INTO letters (id, region_id, week, made_at, content) VALUES (%s, %s, %s, %s, %s)
           ON CONFLICT (region_id, week) DO NOTHING""",
        [made, region, week_of(letter), now, Jsonb(letter.as_json())],
    )
    return made


def kept(connection: Connection[Any], region: str, week: date) -> tuple[Letter, datetime] | None:
    """The letter about the week of this Monday, and when it was made."""
    row = connection.execute(
        "SELECT content, made_at FROM letters WHERE region_id = %s AND week = %s", [region, week]
    ).fetchone()
    return None if row is None else (of_json(row[0]), row[1])


def listed(connection: Connection[Any], region: str, most: int) -> list[Row]:
    """The newest letters, with how many were sent and how many could not be."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            """SELECT l.week, l.made_at, l.content->'words' AS words,
                   count(m.id) FILTER (WHERE m.state = 'sent') AS sent,
                   count(m.id) FILTER (WHERE m.state = 'waiting') AS waiting,
                   count(m.id) FILTER (WHERE m.state = 'failed') AS failed
               FROM letters l LEFT JOIN letter_mails m ON m.letter_id = l.id
               WHERE l.region_id = %s GROUP BY l.id ORDER BY l.week DESC LIMIT %s""",
            [region, most],
        ).fetchall()


def address(connection: Connection[Any], region: str, letter: UUID, codes: Sequence[str], now: datetime) -> int:
    """Make the e-mails of a letter to the persons of these codes who have an address; returns how many are new.

    A letter goes to a person once, whoever asks for it and however often.
    """
    persons = connection.execute(
        "SELECT id FROM executors WHERE region_id = %s AND code = ANY(%s) AND email <> '' ORDER BY id",
        [region, list(codes)],
    ).fetchall()
    made = 0
    for (person,) in persons:
        made += connection.execute(
            """INSERT INTO letter_mails (id, region_id, letter_id, executor_id, state, made_at, try_at)
               VALUES (%s, %s, %s, %s, 'waiting', %s, %s) ON CONFLICT (letter_id, executor_id) DO NOTHING""",
            [derived_id("letter-mail", letter, person), region, letter, person, now, now],
        ).rowcount
    return made
