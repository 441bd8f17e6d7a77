"""Metrics of the streams, the same for every engine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from prometheus_client.parser import text_string_to_metric_families

from api.metrics import exposed
from streams import Connection, ask_replay, quarantined
from tests import victims
from tests.stream_events import accepted
from tests.stream_work import UnderTest, appended, drain, poisoned_by, wait_until


def measured(db: Connection, now: datetime | None = None) -> dict[tuple[str, str, str], float]:
    """(metric, stream, group) -> value."""
    page = exposed(db, now or datetime.now(UTC)).decode()
    return {
        (sample.name, sample.labels.get("stream", ""), sample.labels.get("group", "")): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


def test_lag_and_progress_of_a_stage_can_be_read(engine: UnderTest, db: Connection) -> None:
    appended(db, [accepted() for _ in range(7)])
    drain(engine)
    appended(db, [accepted() for _ in range(5)])
    told = measured(db, datetime.now(UTC) + timedelta(seconds=100))
    assert told["otklik_stream_appended_total", "appeals", ""] == 12
    assert told["otklik_stream_taken_total", "appeals", "test"] == 7
    assert told["otklik_stream_lag", "appeals", "test"] == 5
    assert 100 <= told["otklik_stream_lag_seconds", "appeals", "test"] < 160
    drain(engine)
    told = measured(db)
    assert told["otklik_stream_lag", "appeals", "test"] == told["otklik_stream_lag_seconds", "appeals", "test"] == 0


def test_the_quarantine_and_every_failure_are_counted(engine: UnderTest, db: Connection) -> None:
    appended(db, [accepted(mark="poison"), accepted()])
    drain(engine, poisoned_by("poison"))
    told = measured(db)
    assert (told["otklik_quarantined", "", "test"], told["otklik_quarantine_failures_total", "", "test"]) == (1, 1)
    ask_replay(db, [quarantined(db)[0].id], datetime.now(UTC))
    drain(engine, poisoned_by("poison"))
    told = measured(db)
    assert (told["otklik_quarantined", "", "test"], told["otklik_quarantine_failures_total", "", "test"]) == (1, 2)


def test_deaths_over_one_batch_are_seen_before_it_is_put_aside(engine: UnderTest, db: Connection) -> None:
    appended(db, [accepted(mark="deadly")])
    for deaths in (1, 2):
        victim = victims.start(victims.work_until_killed, engine, "deadly")
        wait_until(lambda: not victim.is_alive())  # noqa: B023 - called in this round
        assert measured(db)["otklik_stream_attempts", "appeals", "test"] == deaths
