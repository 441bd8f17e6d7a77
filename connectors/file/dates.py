"""Dates as tables and letters write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from connectors.file.entries import RowError

_RUSSIAN = re.compile(
    r"(?P<day>\d{1,2})[./-](?P<month>\d{1,2})[./-](?P<year>\d{4}|\d{2})"
    r"(?:\s*г\.?)?(?:[,\sT]+(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?::(?P<second>\d{2}))?)?"
)
_SECONDS = re.compile(r"\d{9,10}(\.\d+)?")
_MILLISECONDS = re.compile(r"\d{12,13}")
_SHEET_DAYS = re.compile(r"\d{5}([.,]\d+)?")
_SHEET_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - the day 0 of spreadsheets has no zone; the region's is put on later


def date_of(written: str, zone: ZoneInfo) -> datetime:
    """The moment that `written` names; where it names no zone, the region's clock is meant. Raises RowError.

    Understood: ISO 8601, day.month.year with or without time, RFC 5322, seconds and milliseconds since 1970,
    days of a spreadsheet.
    """
    written = written.strip()
    for read in (_iso, _russian, _number, _letter):
        try:
            found = read(written)
        except (ValueError, OverflowError, TypeError, IndexError):
            continue
        if found is not None:
            return found if found.tzinfo is not None else found.replace(tzinfo=zone)
    raise RowError(f"the date cannot be read: {written[:40]!r}")


def _iso(written: str) -> datetime | None:
    return datetime.fromisoformat(written) if not written.isdigit() else None


def _russian(written: str) -> datetime | None:
    found = _RUSSIAN.fullmatch(written)
    if found is None:
        return None
    year = int(found["year"])
    return datetime(  # noqa: DTZ001 - the caller puts the zone on
        year + 2000 if year < 100 else year,
        int(found["month"]),
        int(found["day"]),
        int(found["hour"] or 0),
        int(found["minute"] or 0),
        int(found["second"] or 0),
    )


def _number(written: str) -> datetime | None:
    if _SECONDS.fullmatch(written):
        return datetime.fromtimestamp(float(written), UTC)
    if _MILLISECONDS.fullmatch(written):
        return datetime.fromtimestamp(int(written) / 1000, UTC)
    if _SHEET_DAYS.fullmatch(written):
        return _SHEET_EPOCH + timedelta(days=float(written.replace(",", ".")))
    return None


def _letter(written: str) -> datetime | None:
    return parsedate_to_datetime(written)
