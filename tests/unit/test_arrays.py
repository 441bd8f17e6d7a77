"""Arrays as text: what PostgreSQL reads of them is what was given."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from models.arrays import array, columns


def test_texts_are_quoted_so_that_nothing_in_them_ends_them() -> None:
    assert array(["дом 5", 'ООО "Рога, копыта"', "\\", "", "NULL", "{}"]) == (
        r'{"дом 5","ООО \"Рога, копыта\"","\\","","NULL","{}"}'
    )


def test_other_values_stand_as_they_are_written() -> None:
    id = UUID("6f1e7d3c-52a4-5b0e-9a56-0f7b1c1d7a10")
    assert array([id, None]) == "{6f1e7d3c-52a4-5b0e-9a56-0f7b1c1d7a10,NULL}"
    assert array([1, True, 0.25]) == "{1,True,0.25}"
    assert array([datetime(2026, 2, 3, 4, tzinfo=UTC)]) == '{"2026-02-03T04:00:00+00:00"}'
    assert array([]) == "{}"


def test_rows_become_columns() -> None:
    assert columns([("a", 1), ("b", None)]) == ['{"a","b"}', "{1,NULL}"]
