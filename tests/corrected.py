"""A small region whose operators correct topics: a pack with a trained model, problems, and corrections of them."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from models.identifiers import new_id
from models.pack import RegionPack
from models.topics import Topic
from nlp.train import train_topics
from routing.actions import correct_topic
from routing.competence import Competence
from tests.integration.problems import NOW
from tests.topic_texts import OPENINGS, PLACES, TREE, complaints, write_csv
from tests.town import make_pack

Connection = psycopg.Connection[tuple[object, ...]]
DOGS = "Бродячие собаки"
"""A topic of the region that no text of the base file carries."""

TOPICS = {**TREE, DOGS: "Животные"}
BASE_ROWS = 200
BARKING = ("стая собак", "псы лают", "пёс покусал ребёнка", "бездомная свора", "собаки бросаются", "щенки без хозяина")


def dogs(number: int, seed: int = 5) -> list[str]:
    """Complaints about what the base file does not know, all different."""
    chance = random.Random(seed)
    texts: set[str] = set()
    while len(texts) < number:
        words = [*" ".join(chance.sample(BARKING, 2)).split(), *chance.choice(PLACES).split()]
        chance.shuffle(words)
        texts.add(f"{chance.choice(OPENINGS)} {' '.join(words)} {chance.randrange(1, 200)}.")
    return sorted(texts, key=lambda _: chance.random())


def region(folder: Path) -> RegionPack:
    """The pack, its model trained on `base.csv` beside it."""
    pack = make_pack(folder / "gorod")
    groups = sorted(set(TOPICS.values()))
    rows = [f"{groups.index(group) + 1:02}.{at:03},{group},{name}" for at, (name, group) in enumerate(TOPICS.items())]
    pack.path("topics.csv").write_text("\n".join(["code,group,name", *rows]) + "\n", encoding="utf-8")
    codes = [row.split(",")[0] for row in rows]
    duties = [f"{code},{name},*,roads,yes,положение" for code, name in zip(codes, TOPICS, strict=True)]
    head = "topic,name,municipality,body,machine,basis"
    pack.path("competence.csv").write_text("\n".join([head, *duties]) + "\n", encoding="utf-8")
    base = write_csv(folder / "base.csv", complaints(BASE_ROWS))
    train_topics(base, "topic", pack.model_folder / "topics", date(2026, 2, 1), TOPICS)
    return RegionPack(pack.folder)


def topic_named(pack: RegionPack, name: str) -> Topic:
    return next(topic for topic in pack.topics if topic.name == name)


def problem(
    connection: Connection,
    pack: RegionPack,
    text: str,
    topic: str,
    at: datetime = NOW,
    probability: float = 0.6,
    privacy: list[dict[str, object]] | None = None,
) -> UUID:
    """An analysed appeal of one problem, which the machine put under `topic`; returns the problem's id."""
    appeal, made = new_id(), new_id()
    connection.execute(
        """INSERT INTO appeals (id, region_id, number, channel, external_id, text, sent_at, accepted_at, state, privacy)
           VALUES (%s, %s, %s, 'form', %s, %s, %s, %s, 'analysed', %s)""",
        [appeal, pack.id, str(appeal), str(appeal), text, at, at, Jsonb(privacy or [])],
    )
    guess = topic_named(pack, topic)
    guesses = [{"code": guess.code, "name": guess.name, "group": guess.group, "probability": probability}]
    connection.execute(
        """INSERT INTO problems (id, region_id, appeal_id, ordinal, state, spans, topic_code, topic_probability,
                                 group_name, group_probability, decided, topic_guesses, place, place_level, urgency,
                                 found_at)
           VALUES (%s, %s, %s, 0, 'queued', %s, %s, %s, %s, %s, false, %s, '{"level": "none", "confidence": 0}',
                   'none', 2, %s)""",
        [
            made, pack.id, appeal, Jsonb([[0, len(text)]]), guess.code, probability, guess.group, probability,
            Jsonb(guesses), at,
        ],
    )  # fmt: skip
    return made


def correct(connection: Connection, pack: RegionPack, made: UUID, topic: str, at: datetime = NOW) -> None:
    """An operator puts the problem under another topic."""
    row = connection.execute("SELECT version FROM problems WHERE id = %s", [made]).fetchone()
    assert row is not None and isinstance(row[0], int)
    correct_topic(
        connection,
        pack.id,
        made,
        row[0],
        topic_named(pack, topic),
        by="anna",
        now=at,
        competence=Competence.of_pack(pack),
    )


def corrected(connection: Connection, pack: RegionPack, texts: list[str], was: str, now: str | list[str]) -> list[UUID]:
    """Problems of these texts, which the machine put under `was` and an operator elsewhere, a minute apart."""
    topics = [now] * len(texts) if isinstance(now, str) else now
    made = []
    for at, (text, topic) in enumerate(zip(texts, topics, strict=True)):
        found = problem(connection, pack, text, was, NOW + timedelta(minutes=at))
        correct(connection, pack, found, topic, NOW + timedelta(minutes=at))
        made.append(found)
    return made
