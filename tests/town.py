"""A small made-up town in a database, with people of every role, for tests of the web server."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from fastapi import FastAPI
from psycopg import Connection
from psycopg.types.json import Jsonb
from psycopg_pool import ConnectionPool

import ingest
import streams
from api.app import create_app
from api.context import Context
from api.security import users
from api.security.passwords import hashed
from api.security.users import Role
from models.identifiers import derived_id
from models.message import Author, Channel, Message
from models.pack import RegionPack

REGION = "gorod"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PASSWORD = "очень длинный пароль"
PASSWORD_HASH = hashed(PASSWORD)
TOPICS = (
    ("01.001", "Дороги", "Ямы на дорогах"),
    ("02.001", "Мусор", "Вывоз мусора"),
    ("03.001", "Освещение", "Не горят фонари"),
)
BODIES = (("roads", "Департамент транспорта"), ("waste", "Региональный оператор"), ("light", "Горсвет"))


def make_pack(folder: Path) -> RegionPack:
    """A pack with one town, two streets and two municipalities."""
    folder.mkdir(parents=True, exist_ok=True)
    about = {
        "id": REGION,
        "name": "Городская область",
        "time_zone": "Asia/Omsk",
        "number_prefix": "ГО",
        "assign_threshold": 0.9,
        "municipalities": [{"name": "Город г.о.", "aliases": ["Городок"]}],
    }
    (folder / "region.json").write_text(json.dumps(about), encoding="utf-8")
    files = {
        "topics.csv": ["code,group,name", *(",".join(row) for row in TOPICS)],
        "bodies.csv": [
            "code,kind,name,short_name,municipality",
            *(f"{code},body,{name},{name}," for code, name in BODIES),
        ],
        "competence.csv": [
            "topic,name,municipality,body,machine,basis",
            "01.001,Ямы на дорогах,*,roads,yes,положение",
            "02.001,Вывоз мусора,*,waste,yes,положение",
            "03.001,Не горят фонари,*,light,no,положение",
        ],
        "settlements.csv": [
            "settlement,kind,municipality,latitude,longitude,population,part_of",
            "Городок,город,Город г.о.,55.0,73.4,90000,",
        ],
        "streets.csv": [
            "settlement,municipality,street,kind,latitude,longitude,houses",
            "Городок,Город г.о.,улица Речная,улица,55.01,73.41,2",
            "Городок,Город г.о.,Садовый переулок,переулок,55.02,73.42,1",
        ],
        "houses.csv": [
            "settlement,municipality,street,houses",
            "Городок,Город г.о.,улица Речная,1;5@55.0123 73.4123",
        ],
    }
    for name, lines in files.items():
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    square = [[73.2, 54.9], [73.6, 54.9], [73.6, 55.1], [73.2, 55.1], [73.2, 54.9]]
    shape = {"type": "Polygon", "coordinates": [square]}
    area = {"type": "Feature", "properties": {"municipality": "Город г.о."}, "geometry": shape}
    collection = {"type": "FeatureCollection", "features": [area]}
    (folder / "municipalities.geojson").write_text(json.dumps(collection), encoding="utf-8")
    return RegionPack(folder)


def executor_id(code: str) -> UUID:
    return derived_id(REGION, "executor", code)


class Hands:
    """A clock that the test turns."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Town:
    """The town: its pack, its application, and hands to put things into its database."""

    context: Context
    app: FastAPI
    pack: RegionPack

    @contextmanager
    def connection(self) -> Iterator[Connection[Any]]:
        with self.context.transaction() as connection:
            yield connection

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self.connection() as connection:
            return connection.execute(query.encode(), values).fetchall()

    def person(self, role: Role, login: str = "", executor: str = "") -> str:
        """Add somebody with this role; returns the login."""
        login = login or f"{role}-{uuid4().hex[:6]}"
        with self.connection() as connection:
            answers_as = executor_id(executor) if executor else None
            users.add(connection, REGION, login, "Анна Петрова", PASSWORD_HASH, role, answers_as, NOW)
        return login

    def token(self, login: str) -> str:
        """A session of this person, as a bearer token or a cookie carries it."""
        with self.connection() as connection:
            found = users.by_login(connection, login)
            assert found is not None
            return users.open_session(connection, found[0], self.context.now())

    def appeal(self, text: str, *, stated: Mapping[str, str] | None = None, author: Author | None = None) -> UUID:
        """Accept an appeal by the form's channel; nobody has analysed it yet."""
        message = Message(
            REGION,
            Channel.FORM,
            uuid4().hex,
            text,
            self.context.now(),
            author=author or Author(),
            stated=stated or {},
        )
        with self.connection() as connection:
            now = self.context.now()
            accepted = ingest.accept(connection, message, now=now, files=self.context.files, pack=self.pack)
        return accepted.appeal_id

    def analyse(self, appeal_id: UUID, *pieces: str, privacy: Sequence[str] = (), **columns: Any) -> list[UUID]:
        """What the engine would write: a problem for each piece of the text, queued; `columns` override the rest."""
        with self.connection() as connection:
            [text] = connection.execute("SELECT text FROM appeals WHERE id = %s", (appeal_id,)).fetchall()[0]
            marks = [{"kind": "phone", "span": [text.index(word), text.index(word) + len(word)]} for word in privacy]
            connection.execute(
                "UPDATE appeals SET state = 'analysed', analysed_at = %s, model_version = 'test', privacy = %s"
                " WHERE id = %s",
                (self.context.now(), Jsonb(marks), appeal_id),
            )
            return [
                self._problem(connection, appeal_id, text, piece, ordinal, columns)
                for ordinal, piece in enumerate(pieces)
            ]

    def _problem(
        self, connection: Connection[Any], appeal_id: UUID, text: str, piece: str, ordinal: int, wanted: dict[str, Any]
    ) -> UUID:
        start = text.index(piece)
        columns: dict[str, Any] = {
            "id": uuid4(),
            "region_id": REGION,
            "appeal_id": appeal_id,
            "ordinal": ordinal,
            "state": "queued",
            "spans": [[start, start + len(piece)]],
            "topic_code": "01.001",
            "topic_probability": 0.71,
            "group_name": "Дороги",
            "group_probability": 0.82,
            "decided": False,
            "topic_guesses": [
                {"code": "01.001", "name": "Ямы на дорогах", "group": "Дороги", "probability": 0.71},
                {"code": "02.001", "name": "Вывоз мусора", "group": "Мусор", "probability": 0.11},
            ],
            "words": ["яма", "асфальт"],
            "facts": [],
            "place": {
                "level": "house",
                "municipality": "Город г.о.",
                "settlement": "Городок",
                "street": "улица Речная",
                "house": "5",
                "latitude": 55.0123,
                "longitude": 73.4123,
                "confidence": 0.9,
            },
            "place_level": "house",
            "municipality": "Город г.о.",
            "latitude": 55.0123,
            "longitude": 73.4123,
            "urgency": 2,
            "urgency_reasons": [],
            "executor_guesses": [
                {"executor_id": str(executor_id(code)), "code": code, "name": name, "probability": share, "reason": why}
                for (code, name), share, why in zip(
                    BODIES[:3], (0.6, 0.2, 0.05), ("тема", "место", "похоже"), strict=True
                )
            ],
            "found_at": self.context.now(),
        } | wanted
        names = ", ".join(columns)
        marks = ", ".join(["%s"] * len(columns))
        values = [Jsonb(value) if isinstance(value, list | dict) else value for value in columns.values()]
        connection.execute(f"INSERT INTO problems ({names}) VALUES ({marks})".encode(), values)
        made: UUID = columns["id"]
        return made

    def clock(self, problem_id: UUID, kind: str, deadline: timedelta) -> None:
        """Start a clock that runs out `deadline` from now."""
        now = self.context.now()
        with self.connection() as connection:
            connection.execute(
                """
                INSERT INTO clocks (id, region_id, problem_id, kind, policy_version, started_at, deadline_at, as_of)
                VALUES (%s, %s, %s, %s, 'test', %s, %s, %s)
                """,
                (uuid4(), REGION, problem_id, kind, now - timedelta(hours=1), now + deadline, now),
            )


@contextmanager
def town(database_url: str, folder: Path, **settings: Any) -> Iterator[Town]:
    """The town in an empty, migrated database; closed at the end."""
    pack = make_pack(folder / "pack")
    with ConnectionPool(database_url, min_size=1, max_size=5, open=True) as pool:
        values: dict[str, Any] = {
            "packs": {REGION: pack},
            "files": ingest.FileStore(folder / "files"),
            "secret": b"a secret of the tests",
            "region": REGION,
            "now": lambda: NOW,
        } | settings
        context = Context(pool=pool, **values)
        with context.transaction() as connection:
            streams.create_streams(connection, 2)
            connection.execute(
                "INSERT INTO regions VALUES (%s, %s, %s, %s)", (REGION, "Городская область", "Asia/Omsk", NOW)
            )
            for code, group, name in TOPICS:
                connection.execute("INSERT INTO topics VALUES (%s, %s, %s, %s)", (REGION, code, group, name))
            for code, name in BODIES:
                connection.execute(
                    "INSERT INTO executors (id, region_id, code, kind, name) VALUES (%s, %s, %s, 'body', %s)",
                    (executor_id(code), REGION, code, name),
                )
        yield Town(context, create_app(context), pack)
