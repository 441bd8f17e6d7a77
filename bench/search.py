"""How long an operator waits for what he searches among so many appeals, and what the index of words costs.

    python -m bench.search [--appeals 1000000] [--scan]

A made-up region: texts put together of the pack's sample sentences, with its streets and houses, a name, and now and
then a word that hardly anybody else writes. `--scan` asks the same of every text without the index, for comparison.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg

from api.reading import appeals, problems
from api.reading.problems import Filters, Order
from bench.heat import database
from bench.machine import machine, versions
from models.pack import load_pack

REGION = "omsk"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
SEED = 7
BATCH = 20_000
ASKED = 30
NAMES = "Анна Олег Нина Тимур Елена Пётр Вера Степан Гульнара Виктор".split()
SURNAMES = "Петров Кузьмин Ахметов Беляев Соболь Жумабаев Ковальчук Шмидт Голуб Дробот Лапин Зверев".split()
SYLLABLES = "ба ве го ду жи ка ло му не по ра си та ур фе хо ша".split()
APPEAL = "id, region_id, number, channel, external_id, text, author, sent_at, accepted_at, state"
PROBLEM = (
    "id, region_id, appeal_id, ordinal, state, spans, topic_code, topic_probability, group_name, group_probability,"
    " decided, topic_guesses, place, place_level, municipality, urgency, found_at"
)
SCAN = """
SELECT p.id FROM problems p JOIN appeals a ON a.id = p.appeal_id
WHERE p.region_id = %(region)s AND (a.text ILIKE %(like)s OR a.number ILIKE %(like)s)
ORDER BY p.found_at DESC, p.id DESC LIMIT 51"""


def fill(connection: psycopg.Connection[Any], count: int) -> None:
    """So many analysed appeals, each with one problem; a tenth of them is still open."""
    pack, dice = load_pack(REGION), random.Random(SEED)
    lines = pack.path("samples.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [str(json.loads(line)["text"]) for line in lines]
    streets = list(pack.rows("streets.csv"))
    topics = [(topic.code, topic.group) for topic in pack.topics]
    for first in range(0, count, BATCH):
        made = [_made(dice, texts, streets, topics, number) for number in range(first, min(first + BATCH, count))]
        for table, columns, part in (("appeals", APPEAL, 0), ("problems", PROBLEM, 1)):
            with connection.cursor().copy(f"COPY {table} ({columns}) FROM STDIN".encode()) as copy:
                for rows in made:
                    copy.write_row(rows[part])
        connection.commit()
    connection.execute("ANALYZE appeals, problems, appeal_words")
    connection.commit()


def _made(
    dice: random.Random,
    texts: Sequence[str],
    streets: Sequence[dict[str, str]],
    topics: Sequence[tuple[str, str]],
    number: int,
) -> tuple[tuple[object, ...], tuple[object, ...]]:
    street, house = dice.choice(streets), str(dice.randint(1, 150))
    rare = "".join(dice.choices(SYLLABLES, k=4))
    text = f"{dice.choice(texts)} {dice.choice(texts)} {street['street']} {house}, {rare}"
    author = json.dumps({"name": f"{dice.choice(NAMES)} {dice.choice(SURNAMES)}"}, ensure_ascii=False)
    at = NOW - timedelta(minutes=number / 2)
    appeal, problem = UUID(int=dice.getrandbits(128)).hex, UUID(int=dice.getrandbits(128)).hex
    place = {"settlement": street["settlement"], "street": street["street"], "house": house}
    code, group = dice.choice(topics)
    state = "queued" if dice.random() < 0.1 else "solved"
    return (
        (appeal, REGION, f"ОМ-2026-{number:07d}", "form", appeal, text, author, at, at, "analysed"),
        (
            problem, REGION, appeal, 0, state, f"[[0, {len(text)}]]", code, 0.7, group, 0.8, True, "[]",
            json.dumps(place, ensure_ascii=False), "house", street["municipality"], dice.randint(1, 5), at,
        ),
    )  # fmt: skip


def asked(connection: psycopg.Connection[Any], count: int) -> dict[str, list[str]]:
    """What is typed, by how much of it there is."""
    dice = random.Random(SEED + 1)
    rows = connection.execute(
        "SELECT number, text, author->>'name' FROM appeals TABLESAMPLE BERNOULLI (%s) LIMIT %s",
        (min(100.0, 100_000 / count), ASKED),
    ).fetchall()
    return {
        "number": [number for number, _, _ in rows],
        "a rare word": [text.rsplit(" ", 1)[1] for _, text, _ in rows],
        "street and house": [" ".join(text.rsplit(",", 1)[0].split()[-3:]) for _, text, _ in rows],
        "name and street": [f"{name.split()[1]} {text.split()[-3]}" for _, text, name in rows],
        "a common word": dice.choices(["двор", "дети", "снег", "вода", "улица", "дома", "автобус", "свет"], k=ASKED),
        "two common words": dice.choices(["дети дорога", "снег двор", "мусор дом", "вода холодная"], k=ASKED),
        "the beginning of a word": dice.choices(["автоб", "мусо", "отопл", "освещ", "тротуа"], k=ASKED),
        "nothing has it": ["щщщ"] * 5,
    }


def measured(answers: Callable[[str], int], typed: Sequence[str]) -> dict[str, float]:
    """Milliseconds of each answer: the middle, the worst but one in twenty, the worst; and how often it found any."""
    took, some = [], 0
    for words in typed:
        began = time.perf_counter()
        some += answers(words) > 0
        took.append((time.perf_counter() - began) * 1000)
    took.sort()
    last = len(took) - 1
    return {
        "p50_ms": round(took[last // 2], 1),
        "p95_ms": round(took[round(last * 0.95)], 1),
        "worst_ms": round(took[last], 1),
        "found_share": round(some / len(typed), 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--appeals", type=int, default=1_000_000)
    parser.add_argument("--scan", action="store_true", help="read every text instead, as it was before")
    chosen = parser.parse_args()
    with database() as connection:
        before = machine()
        began = time.perf_counter()
        fill(connection, chosen.appeals)
        seconds = time.perf_counter() - began

        def newest(words: str) -> int:
            return len(problems.listed(connection, REGION, Filters(text=words), now=NOW).rows)

        def queue(words: str) -> int:
            wanted = Filters(text=words, state="queued")
            return len(problems.listed(connection, REGION, wanted, now=NOW, order=Order.QUEUE).rows)

        def said(words: str) -> int:
            return len(appeals.listed(connection, REGION, text=words).rows)

        def scan(words: str) -> int:
            like = "%" + "%".join(words.split()) + "%"
            return len(connection.execute(SCAN, {"region": REGION, "like": like}).fetchall())

        ways = {"scan": scan} if chosen.scan else {"newest": newest, "queue": queue, "appeals": said}
        found = {
            kind: {name: measured(way, typed[:5] if chosen.scan else typed) for name, way in ways.items()}
            for kind, typed in asked(connection, chosen.appeals).items()
        }
        sizes = connection.execute(
            "SELECT pg_relation_size('appeal_words_found') >> 20, pg_total_relation_size('appeal_words') >> 20,"
            " pg_total_relation_size('appeals') >> 20"
        ).fetchone()
    assert sizes is not None
    report = {
        "appeals": chosen.appeals,
        "fill_seconds": round(seconds),
        "index_mb": sizes[0],
        "words_with_index_mb": sizes[1],
        "appeals_mb": sizes[2],
        "search": found,
        "machine": before,
        "versions": versions(),
    }
    json.dump(report, sys.stdout, ensure_ascii=False, indent=1)
    print()


if __name__ == "__main__":
    main()
