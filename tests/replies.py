"""Rows to test sending and verdicts with: an appeal with a problem, and a reply about it as drafting leaves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
from psycopg.types.json import Jsonb

from models.identifiers import new_id
from models.message import Channel
from models.resolution import ReplyKind
from resolution.sending import Post, Way
from resolution.sending.record import OnItsWay

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
REGION = "omsk"


class Clock:
    """The present of a test, moved by hand."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, **time: float) -> None:
        self.at += timedelta(**time)


def put_region(connection: psycopg.Connection[Any]) -> None:
    connection.execute("INSERT INTO regions VALUES (%s, 'Омская область', 'Asia/Omsk', %s)", [REGION, NOW])


def put_reply(
    connection: psycopg.Connection[Any],
    channel: Channel = Channel.EMAIL,
    *,
    kind: ReplyKind = ReplyKind.FINAL,
    reply_to: str = "",
    author: dict[str, str] | None = None,
    text: str = "Здравствуйте!\n\nЯму засыпали 1 марта.",
    external_id: str = "",
) -> tuple[UUID, UUID]:
    """An appeal with a solved problem and an approved reply that may go now; commits; the ids of problem and reply."""
    appeal, problem, reply = new_id(), new_id(), new_id()
    connection.execute(
        """INSERT INTO appeals (id, region_id, number, channel, external_id, text, author, reply_to, sent_at,
               accepted_at, state)
           VALUES (%s, %s, %s, %s, %s, 'Яма у дома 5', %s, %s, %s, %s, 'analysed')""",
        [appeal, REGION, str(appeal), channel, external_id or str(appeal), Jsonb(author or {}), reply_to, NOW, NOW],
    )
    connection.execute(
        """INSERT INTO problems (id, region_id, appeal_id, ordinal, state, spans, topic_code, topic_probability,
               group_name, group_probability, decided, topic_guesses, place, place_level, urgency, found_at)
           VALUES (%s, %s, %s, 0, 'solved', '[[0, 3]]', '02.001', 1, 'Дороги', 1, true, '[]', '{}', 'none', 2, %s)""",
        [problem, REGION, appeal, NOW],
    )
    connection.execute(
        """INSERT INTO replies (id, region_id, appeal_id, kind, state, subject, text, template, cause, flags,
               drafted_at, approved_by, approved_at, try_at)
           VALUES (%s, %s, %s, %s, 'approved', 'Ответ на обращение', %s, 'final', %s, %s, %s, 'machine', %s, %s)""",
        [reply, REGION, appeal, kind, text, problem, Jsonb([{"code": "no_fact", "reason": "нет фактов"}]), *[NOW] * 3],
    )
    connection.execute("INSERT INTO reply_problems VALUES (%s, %s, %s)", [reply, problem, REGION])
    connection.commit()
    return problem, reply


def link_of(reply: OnItsWay) -> str:
    return f"https://otklik.example/{'verdicts' if reply.asks_verdict else 'a'}/{reply.id}"


def post(**ways: Way) -> Post:
    """What sending needs, with these ways by the names of their channels."""
    return Post(
        {Channel(name): way for name, way in ways.items()},
        "otklik.example",
        link_of,
        days_of=lambda _: 15,
        zone_of=lambda _: ZoneInfo("Asia/Omsk"),
    )
