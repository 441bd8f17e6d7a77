"""What Prometheus reads: lag and progress of every stage on every engine, quarantine, states, clocks.

All of it stands in PostgreSQL, so one web server tells it of all processes. Rates are the reader's work:
rate(otklik_stream_taken_total[5m]) is events a second of a stage.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import psycopg
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from streams import appended, lag

Connection = psycopg.Connection[Any]

STATES = (
    ("otklik_problems", "Problems by state.", "SELECT region_id, state, count(*) FROM problems GROUP BY 1, 2"),
    ("otklik_appeals", "Appeals by state.", "SELECT region_id, state, count(*) FROM appeals GROUP BY 1, 2"),
)

OVERDUE = """
SELECT region_id, kind, count(*) FROM clocks WHERE stopped_at IS NULL AND deadline_at < %s GROUP BY 1, 2"""

QUARANTINE = """
SELECT consumer_group, count(*) FILTER (WHERE replayed_at IS NULL), sum(attempts) FROM quarantine GROUP BY 1"""

# how many workers in a row began at one place without an end: 1 is a batch under way, more are deaths
ATTEMPTS = """
SELECT stream, consumer_group, max(attempts) FILTER (WHERE reach > position) FROM stream_attempts GROUP BY 1, 2"""


def exposed(connection: Connection, now: datetime) -> bytes:
    """The page of metrics in Prometheus' text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Found([*of_streams(connection, now), *of_quarantine(connection), *of_work(connection, now)]))
    return generate_latest(registry)


class Found(Collector):
    """Metrics that were measured already."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = list(metrics)

    def collect(self) -> Iterator[Metric]:
        yield from self._metrics


def of_streams(connection: Connection, now: datetime) -> Iterator[Metric]:
    """Lag and progress by group; the group `relay` ships to Kafka, so its lag is the outbox's backlog."""
    waiting = GaugeMetricFamily("otklik_stream_lag", "Events not yet handled.", labels=["stream", "group"])
    oldest = GaugeMetricFamily(
        "otklik_stream_lag_seconds", "Age of the oldest event not yet handled.", labels=["stream", "group"]
    )
    taken = CounterMetricFamily("otklik_stream_taken", "Events handled or put aside.", labels=["stream", "group"])
    for one in lag(connection):
        names = [one.stream, one.consumer_group]
        waiting.add_metric(names, one.events)
        oldest.add_metric(names, (now - one.oldest).total_seconds() if one.oldest else 0)
        taken.add_metric(names, one.taken)
    told = CounterMetricFamily("otklik_stream_appended", "Events appended to the log.", labels=["stream"])
    for stream, number in appended(connection).items():
        told.add_metric([stream], number)
    yield from (waiting, oldest, taken, told)


def of_quarantine(connection: Connection) -> Iterator[Metric]:
    """What was put aside, and how near a stage is to putting aside an event on which its workers die."""
    aside = GaugeMetricFamily("otklik_quarantined", "Events set aside.", labels=["group"])
    failures = CounterMetricFamily(
        "otklik_quarantine_failures", "How often events were set aside, replays that failed included.", labels=["group"]
    )
    for group, number, times in connection.execute(QUARANTINE):
        aside.add_metric([group], number)
        failures.add_metric([group], times)
    attempts = GaugeMetricFamily(
        "otklik_stream_attempts",
        "Workers in a row that began one batch: 1 is under way, more died on it.",
        labels=["stream", "group"],
    )
    for stream, group, number in connection.execute(ATTEMPTS):
        attempts.add_metric([stream, group], number or 0)
    yield from (aside, failures, attempts)


def of_work(connection: Connection, now: datetime) -> Iterator[Metric]:
    """Appeals and problems by state, clocks that ran out."""
    for name, meaning, query in STATES:
        states = GaugeMetricFamily(name, meaning, labels=["region", "state"])
        for region, state, number in connection.execute(query):
            states.add_metric([region, state], number)
        yield states
    overdue = GaugeMetricFamily(
        "otklik_clocks_overdue", "Clocks that ran out and still run.", labels=["region", "kind"]
    )
    for region, kind, number in connection.execute(OVERDUE, [now]):
        overdue.add_metric([region, kind], number)
    yield overdue
