"""The speed of ratings alone: sums by month as many as a million problems make, with made-up numbers in them."""

from __future__ import annotations

import io
import time
from datetime import date
from typing import Any

import numpy as np
import psycopg

from bench.ratings_world import REGION
from indicators.period import Period
from indicators.ratings import store
from indicators.ratings.cells import Cells
from indicators.ratings.current import Current
from indicators.ratings.policy import RatingPolicy
from indicators.ratings.rate import rate
from indicators.ratings.store import Level
from indicators.work import COUNTS

YEAR = Period(date(2025, 1, 1), date(2025, 12, 31))
TOPICS = 8
CHANGES = 30


def fill(connection: psycopg.Connection[Any], executors: int, random: np.random.Generator) -> None:
    """Twelve months of eight topics of each executor, 200 topics in all."""
    rows = io.StringIO()
    for executor in range(executors):
        for topic in random.choice(200, TOPICS, replace=False):
            for month in range(1, 13):
                counts = 1000 * random.integers(1, 10, len(COUNTS))
                told = (
                    REGION,
                    f"2025-{month:02d}-01",
                    f"executor-{executor}",
                    "",
                    "Омск г.о.",
                    f"{topic:03d}",
                    *counts,
                )
                rows.write("\t".join(map(str, told)) + "\n")
    names = f"region_id, month, executor, handler, municipality, topic, {', '.join(COUNTS)}"
    with connection.cursor() as cursor, cursor.copy(f"COPY executor_months ({names}) FROM STDIN".encode()) as copy:
        copy.write(rows.getvalue())
    connection.commit()
    connection.execute("ANALYZE executor_months")
    connection.commit()


def speeds(connection: psycopg.Connection[Any], policy: RatingPolicy) -> dict[str, float]:
    """Seconds from nothing; milliseconds after one sum changed, each with what of it this process took."""
    began, worked = time.perf_counter(), time.process_time()
    rows = store.rows(connection, REGION, Level.BODIES, YEAR)
    read = time.perf_counter()
    rate(Cells.of_rows(rows), policy)
    told: dict[str, float] = {
        "cells": len(rows),
        "from_nothing_seconds": round(time.perf_counter() - began, 2),
        "of_it_reading_seconds": round(read - began, 2),
        "of_it_own_processor_seconds": round(time.process_time() - worked, 2),
    }
    current = Current(REGION, Level.BODIES, YEAR, policy)
    current.ratings(connection)
    connection.commit()
    taken, own = [], []
    for number in range(CHANGES):
        connection.execute(
            """UPDATE executor_months SET solved = solved + 1000, terms = terms + 1000, speeds = speeds + 1000,
                   reports = reports + 1000, clean_solved = clean_solved + 1000, fresh_solved = fresh_solved + 1000,
                   fresh_terms = fresh_terms + 1000, fresh_speeds = fresh_speeds + 1000,
                   fresh_reports = fresh_reports + 1000, changed = pg_current_xact_id()
               WHERE (executor, topic, month) IN (
                   SELECT executor, topic, month FROM executor_months WHERE executor = %s
                   ORDER BY topic, month LIMIT 1)""",
            [f"executor-{number}"],
        )
        connection.commit()
        began, worked = time.perf_counter(), time.process_time()
        current.ratings(connection)
        taken.append(1000 * (time.perf_counter() - began))
        own.append(1000 * (time.process_time() - worked))
        connection.commit()
    told["after_one_event_ms_median"] = round(float(np.median(taken)), 1)
    told["after_one_event_ms_p95"] = round(float(np.percentile(taken, 95)), 1)
    told["after_one_event_own_processor_ms"] = round(float(np.median(own)), 1)
    return told
