"""Whose fault a failure is, and how its reason is told without a person's data."""

from __future__ import annotations

import errno

import psycopg
import pytest

from models.identifiers import new_id
from streams import Retry
from streams.faults import reason_of, transient
from streams.log import partition_of


@pytest.mark.parametrize(
    "error",
    [
        Retry("later"),
        psycopg.OperationalError("the connection is closed"),
        psycopg.errors.DeadlockDetected("deadlock detected"),
        psycopg.errors.SerializationFailure("could not serialize access"),
        psycopg.errors.DiskFull("could not extend file"),
        psycopg.errors.AdminShutdown("terminating connection"),
        OSError(errno.ENOSPC, "No space left on device"),
        ConnectionResetError(),
        TimeoutError(),
    ],
)
def test_the_surroundings_failed(error: BaseException) -> None:
    assert transient(error)


@pytest.mark.parametrize(
    "error",
    [
        ValueError("x"),
        KeyError("x"),
        psycopg.errors.UniqueViolation("duplicate key"),
        psycopg.errors.DivisionByZero("division by zero"),
        FileNotFoundError(errno.ENOENT, "No such file"),
    ],
)
def test_the_event_is_to_blame(error: BaseException) -> None:
    assert not transient(error)


@pytest.mark.parametrize(
    "personal",
    [
        "Иванова",
        "'Ivanova'",
        '"Ivanova Anna"',
        "«Анна»",
        "anna@example.org",
        "8 (913) 000-11-22",
        "+79130001122",
        "ул. Ленина, д. 12",
        "Иванов-Петров",
    ],
)
def test_a_reason_holds_no_personal_data(personal: str) -> None:
    reason = reason_of(ValueError(f"cannot place {personal} on the map"))
    assert reason.startswith("ValueError: cannot place …")
    assert reason.endswith("on the map")
    assert not any(part in reason for part in ("Иван", "Ivan", "Анн", "Ann", "anna", "913", "Ленин", "12"))


def test_a_reason_tells_the_place_and_stays_short() -> None:
    try:
        raise LookupError("x" * 10_000)
    except LookupError as error:
        reason = reason_of(error)
    assert reason.startswith("LookupError in test_a_reason_tells_the_place_and_stays_short, line ")
    assert len(reason) == 500


def test_a_key_has_one_partition_and_keys_spread() -> None:
    keys = [new_id() for _ in range(4000)]
    counts = [0] * 8
    for key in keys:
        assert partition_of(key, 8) == partition_of(key, 8)
        counts[partition_of(key, 8)] += 1
    assert min(counts) > 350
