"""What drafting costs: `python -m bench.replies [--appeals 6000]` acknowledges appeals as the stage does.

Printed: milliseconds an appeal, of this process's processor time and of the clock, on a database of its own that need
not reach the disk; half of the appeals have two problems. Names and streets are drawn from the region's pack. A street
that is new costs grammar, one that was met before does not: both halves of the run are printed.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from api.views.evidence import hidden
from models.events import Event, EventType, event
from models.identifiers import new_id
from models.migrate import migrate
from models.pack import RegionPack, load_pack
from otklik.deadlines import ClockDeadlines
from otklik.install import install_pack
from otklik.postgres import EmbeddedServer
from otklik.wiring import pack_of
from resolution.replies import replies_stage
from streams import Stage, create_streams

NOW = datetime(2026, 11, 20, 5, tzinfo=UTC)
BATCH = 100
FIRST = "Анна Мария Ольга Елена Гульнара Айгуль Пётр Иван Сергей Ильшат Серик Дмитрий".split()
LAST = "Иванова Петренко Сидорова Ким Гатауллина Нургалиев Кузнецов Смирнов Шмидт".split()
SAID = ("Во дворе третью неделю не вывозят мусор, контейнеры переполнены.", "Яма на дороге у дома, пробил колесо.")
FAST = {"fsync": "off", "synchronous_commit": "off"}


def main(arguments: Sequence[str] | None = None) -> int:
    made = argparse.ArgumentParser(prog="python -m bench.replies", description=__doc__)
    made.add_argument("--appeals", type=int, default=6000)
    chosen = made.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedServer(Path(folder) / "server", FAST)
        server.start()
        try:
            migrate(server.url())
            with psycopg.connect(server.url()) as connection:
                print(json.dumps(measure(connection, load_pack("omsk"), chosen.appeals)))
        finally:
            server.stop()
    return 0


def measure(connection: psycopg.Connection[Any], pack: RegionPack, appeals: int) -> dict[str, dict[str, float]]:
    create_streams(connection, 8)
    install_pack(connection, pack)
    events = written(connection, pack, appeals)
    connection.commit()
    stage = replies_stage(pack_of, ClockDeadlines(pack_of), hidden, lambda: NOW)
    stage.handle(connection, events[:BATCH])  # what is loaded once is loaded
    connection.commit()
    middle = len(events) // 2 // BATCH * BATCH
    return {
        "streets_new": timed(connection, stage, events[BATCH:middle]),
        "streets_mostly_known": timed(connection, stage, events[middle:]),
    }


def timed(connection: psycopg.Connection[Any], stage: Stage, events: Sequence[Event]) -> dict[str, float]:
    """Milliseconds an appeal."""
    busy, began = time.process_time(), time.perf_counter()
    for at in range(0, len(events), BATCH):
        stage.handle(connection, events[at : at + BATCH])
        connection.commit()
    busy, took = time.process_time() - busy, time.perf_counter() - began
    counted = len({each.key for each in events})
    return {
        "appeals": counted,
        "ms_processor": round(1000 * busy / counted, 3),
        "ms_elapsed": round(1000 * took / counted, 3),
    }


def written(connection: psycopg.Connection[Any], pack: RegionPack, appeals: int) -> list[Event]:
    """Analysed appeals, and the events that the language stage would tell of them."""
    chance = random.Random(7)
    streets = [row for row in pack.rows("streets.csv") if row["settlement"]]
    topics = list(pack.topics)
    events = []
    for number in range(appeals):
        appeal, at = new_id(), NOW + timedelta(seconds=number / 300)
        said = SAID if number % 2 else SAID[:1]
        text = " ".join(said)
        name = f"{chance.choice(LAST)} {chance.choice(FIRST)} {chance.choice(['Ивановна', 'Петрович', ''])}"
        connection.execute(
            """INSERT INTO appeals (id, region_id, number, channel, external_id, text, author, sent_at, accepted_at,
                                    state)
               VALUES (%s, %s, %s, 'form', %s, %s, %s, %s, %s, 'analysed')""",
            [appeal, pack.id, f"ОМ-2026-{number:07d}", str(appeal), text, Jsonb({"name": name}), at, at],
        )
        for ordinal, piece in enumerate(said):
            problem, topic, street = new_id(), chance.choice(topics), chance.choice(streets)
            start = text.index(piece)
            place = {"level": "house", **{key: street[key] for key in ("settlement", "municipality", "street")}}
            connection.execute(
                """INSERT INTO problems (id, region_id, appeal_id, ordinal, state, spans, topic_code, topic_probability,
                                         group_name, group_probability, decided, topic_guesses, place, place_level,
                                         urgency, found_at)
                   VALUES (%s, %s, %s, %s, 'found', %s, %s, .9, %s, .9, true, '[]', %s, 'house', 2, %s)""",
                [
                    problem,
                    pack.id,
                    appeal,
                    ordinal,
                    Jsonb([[start, start + len(piece)]]),
                    topic.code,
                    topic.group,
                    Jsonb(place | {"house": str(chance.randint(1, 90))}),
                    at,
                ],
            )
            told = {"topic": topic.code, "decided": True, "municipality": "", "cell": "", "urgency": 2}
            events.append(
                event(
                    EventType.PROBLEM_FOUND, pack.id, appeal, at, problem_id=str(problem), **told,
                    accepted_at=at.isoformat(), regime="portal",
                )
            )  # fmt: skip
    return events


if __name__ == "__main__":
    sys.exit(main())
