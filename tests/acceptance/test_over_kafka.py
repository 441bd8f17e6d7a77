"""The whole way of appeals with a real Kafka broker between the stages."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest

from models.events import EventType
from models.identifiers import new_id
from streams.kafka import Client
from tests.event_contract import check_events
from tests.product import otklik

APPEALS = [
    "Во дворе дома 12 по улице Ленина второй месяц не горит фонарь.",
    "На 10 лет Октября 15 нет горячей воды. Кроме того, не вывозят мусор.",
    "Автобус 73 не приходит по расписанию, ждали час на остановке.",
]


@pytest.mark.parametrize("client", list(Client))
def test_imported_appeals_reach_executors_or_operators_over_kafka(
    tmp_path: Path, kafka: str, database_url: str, client: Client
) -> None:
    file = tmp_path / "appeals.jsonl"
    file.write_text(
        "\n".join(json.dumps({"id": str(n), "text": text}) for n, text in enumerate(APPEALS * 20)), encoding="utf-8"
    )
    settings = {
        "OTKLIK_DATA_FOLDER": str(tmp_path / "data"),
        "OTKLIK_DATABASE_URL": database_url,
        "OTKLIK_KAFKA": kafka,
        "OTKLIK_KAFKA_CLIENT": client,
        "OTKLIK_KAFKA_PREFIX": f"test-{new_id()}",
    }
    done = otklik("import", str(file), "--json", **settings)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["appeals_added"] == 60, report
    assert report["quarantined"] == 0
    assert report["problems"] >= 60
    assert otklik("verify", **settings).returncode == 0
    with psycopg.connect(database_url) as connection:
        types = check_events(connection)
    assert types >= {EventType.APPEAL_ACCEPTED, EventType.PROBLEM_FOUND, EventType.PROBLEM_QUEUED}
