"""Which appeals one person wrote: a number for each person, which says nothing of him.

Public numbers count people and ratings weigh the words of new ones, but events carry nobody's data. So an author is
known again by digests of what he gave (the table author_keys), and events carry the number that stands for him: a
random one, so that without the keys nobody can put a name to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import tuple_row

from models.arrays import array, columns
from models.identifiers import derived_id, new_id
from models.message import Channel
from nlp import repeats
from nlp.store import AcceptedAppeal
from streams.contract import Connection

Keys = Sequence[UUID]


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote an appeal. `known_days`: since when he is known; None where he gave nothing to be known again by.

    `staff`: code of the body in which somebody with his e-mail works; empty where nobody has it.
    """

    number: UUID
    known_days: int | None
    staff: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What is kept of a key: whose it is, and since when."""

    number: UUID
    at: datetime


def recognise(connection: Connection, appeals: Sequence[AcceptedAppeal]) -> dict[UUID, Author]:
    """The author of each appeal. Transactions of one region must take turns (nlp.repeats.link_similar)."""
    if not appeals:
        return {}
    keys = {appeal.id: keys_of(appeal) for appeal in appeals}
    known = _known(connection, {(appeal.region, key) for appeal in appeals for key in keys[appeal.id]})
    before = dict(known)
    staff = _staff(connection, appeals)
    found: dict[UUID, Author] = {}
    for appeal in sorted(appeals, key=lambda one: (when(one), one.id)):
        mine = [(appeal.region, key) for key in keys[appeal.id]]
        seen = numbered([known[key] for key in mine if key in known], when(appeal))
        known |= {key: Seen(seen.number, min(seen.at, known[key].at if key in known else seen.at)) for key in mine}
        days = (when(appeal) - seen.at).days if can_return(appeal) else None
        found[appeal.id] = Author(seen.number, days, staff.get((appeal.region, _email(appeal)), ""))
    _keep(connection, {key: seen for key, seen in known.items() if before.get(key) != seen})
    return found


def keys_of(appeal: AcceptedAppeal) -> Keys:
    """How an author is known again. Who gave nothing but a name is whoever has it; who gave none is known by his words.

    So several people of one name count as one, which public numbers can bear: they must never count one as several.
    """
    names = sorted(repeats.identities(appeal.channel, appeal.author)) or [_nameless(appeal)]
    return [derived_id(appeal.region, "author", name) for name in names]


def can_return(appeal: AcceptedAppeal) -> bool:
    return bool(repeats.identities(appeal.channel, appeal.author))


def _nameless(appeal: AcceptedAppeal) -> str:
    name = " ".join(_words(appeal.author.get("name", "")))
    return f"name:{name}" if name else f"text:{' '.join(_words(appeal.source.text))}"


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower().replace("ё", "е"))


def when(appeal: AcceptedAppeal) -> datetime:
    """When he wrote: what a channel says of the time could be forged, what an operator imports has been long ago."""
    sent = appeal.source.sent_at
    return min(sent, appeal.accepted_at) if appeal.channel == Channel.FILE else appeal.accepted_at


def numbered(known: Sequence[Seen], at: datetime) -> Seen:
    """Whose keys these are: of two known people the one who is known longer, else a new one."""
    if not known:
        return Seen(new_id(), at)
    oldest = min(known, key=lambda seen: (seen.at, seen.number))
    return Seen(oldest.number, min(oldest.at, at))


def _known(connection: Connection, keys: Iterable[tuple[str, UUID]]) -> dict[tuple[str, UUID], Seen]:
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            """SELECT k.region_id, k.key, k.author, k.seen_at FROM author_keys k
               JOIN unnest(%s::text[], %s::uuid[]) AS asked (region_id, key) USING (region_id, key)""",
            columns(sorted(keys)),
        )
        return {(region, key): Seen(number, at) for region, key, number, at in rows}


def _keep(connection: Connection, seen: Mapping[tuple[str, UUID], Seen]) -> None:
    if seen:
        connection.execute(
            """INSERT INTO author_keys (region_id, key, author, seen_at)
               SELECT * FROM unnest(%s::text[], %s::uuid[], %s::uuid[], %s::timestamptz[])
               ON CONFLICT (region_id, key) DO UPDATE SET seen_at = least(author_keys.seen_at, excluded.seen_at)""",
            columns([(*key, one.number, one.at) for key, one in sorted(seen.items())]),
        )


def _email(appeal: AcceptedAppeal) -> str:
    return appeal.author.get("email", "").strip().lower()


def _staff(connection: Connection, appeals: Sequence[AcceptedAppeal]) -> dict[tuple[str, str], str]:
    """The bodies of those who write from an address of an executor's person, or that somebody signs in with."""
    asked = sorted({(appeal.region, email) for appeal in appeals if (email := _email(appeal))})
    if not asked:
        return {}
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            """WITH RECURSIVE asked (region_id, email) AS (SELECT * FROM unnest(%s::text[], %s::text[])),
               own AS (
                   SELECT a.region_id, a.email, e.id, e.code, e.kind, e.parent_id
                   FROM asked a JOIN executors e ON e.region_id = a.region_id
                   WHERE e.email <> '' AND lower(e.email) = a.email
                   UNION
                   SELECT a.region_id, a.email, e.id, e.code, e.kind, e.parent_id
                   FROM asked a JOIN users u ON u.region_id = a.region_id AND lower(u.login) = a.email
                       JOIN executors e ON e.id = u.executor_id),
               above AS (
                   SELECT * FROM own
                   UNION
                   SELECT b.region_id, b.email, e.id, e.code, e.kind, e.parent_id
                   FROM above b JOIN executors e ON e.id = b.parent_id WHERE b.kind <> 'body')
               SELECT region_id, email, min(code) FROM above WHERE kind = 'body' GROUP BY 1, 2""",
            [array(region for region, _ in asked), array(email for _, email in asked)],
        )
        return {(region, email): code for region, email, code in rows}
