"""A solved problem whose author may judge it, for tests of verdicts."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote
from uuid import UUID, uuid4

import httpx
from psycopg.types.json import Jsonb

from api.links import link_path, verdict_path
from models.events import Event, EventType, Stream
from models.message import Author
from tests.integration.problems import events_of
from tests.integration.test_api_citizen import fields_of
from tests.town import NOW, REGION, Town, executor_id


class Solved:
    """An appeal with problems that were solved and a final reply about them that was sent."""

    def __init__(self, place: Town, *texts: str, kind: str = "final") -> None:
        self.place = place
        text = ". ".join(texts or ("Яма на Речной",))
        self.appeal = place.appeal(text, author=Author(email="olga@example.org"))
        self.problems = place.analyse(self.appeal, *(texts or ("Яма на Речной",)), state="solved")
        self.reply = uuid4()
        with place.connection() as connection:
            for problem in self.problems:
                connection.execute(
                    """INSERT INTO assignments
                           (id, region_id, problem_id, executor_id, assigned_at, assigned_by, reason)
                       VALUES (%s, %s, %s, %s, %s, 'machine', 'тема')""",
                    (uuid4(), REGION, problem, executor_id("roads"), NOW),
                )
        self.send(self.reply, kind, NOW)
        self.number = place.rows("SELECT number FROM appeals WHERE id = %s", self.appeal)[0][0]

    def send(self, reply: UUID, kind: str, at: datetime) -> None:
        with self.place.connection() as connection:
            connection.execute(
                """INSERT INTO replies (id, region_id, appeal_id, kind, state, subject, text, template, cause, flags,
                       drafted_at, sent_at)
                   VALUES (%s, %s, %s, %s, 'sent', 'Ответ на Ваше обращение', 'Яму засыпали. Оцените: {ссылка}', 'x',
                       %s, %s, %s, %s)""",
                (reply, REGION, self.appeal, kind, uuid4(), Jsonb([]), at, at),
            )
            for problem in self.problems:
                connection.execute("INSERT INTO reply_problems VALUES (%s, %s, %s)", (reply, problem, REGION))

    @property
    def link(self) -> str:
        return verdict_path(self.place.context.secret, self.reply)

    @property
    def page(self) -> str:
        return quote(link_path(self.place.context.secret, self.number, self.appeal))

    def states(self) -> list[str]:
        return [row[0] for row in self.place.rows("SELECT state FROM problems ORDER BY ordinal")]


def told(place: Town) -> list[Event]:
    with place.connection() as connection:
        return [
            one
            for one in events_of(connection, Stream.PROBLEMS)
            if one.type in (EventType.VERDICT_GIVEN, EventType.PROBLEM_REOPENED)
        ]


def judge(client: httpx.Client, path: str, problem: UUID, **given: str) -> httpx.Response:
    fields = {"solved": "yes", "score": "5", "words": ""} | given
    token = fields_of(client.get("/"))["form_token"]  # a visitor's token holds for every form he sees
    return client.post(path, data=fields | {"problem_id": str(problem), "form_token": token})
