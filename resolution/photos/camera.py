"""What a camera wrote into a photo: when, where, with what. Nothing of it can be trusted to be there."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

MOMENT = re.compile(r"(\d{4}):(\d\d):(\d\d)[ T](\d\d):(\d\d):(\d\d)")
OFFSET = re.compile(r"([+-])(\d\d):(\d\d)")


@dataclass(frozen=True, slots=True)
class Camera:
    """`taken` is by the camera's own clock: aware only where it wrote its zone. Degrees are WGS 84, metres the camera's
    own estimate of its error (0: none). Strings are empty where nothing was written."""

    taken: datetime | None = None
    latitude: float | None = None
    longitude: float | None = None
    error_metres: float = 0.0
    software: str = ""
    made_by: str = ""
    comment: str = ""

    def taken_at(self, zone: tzinfo) -> datetime | None:
        """When the photo was taken, aware; a clock without a zone is taken for the region's."""
        if self.taken is None or self.taken.tzinfo is not None:
            return self.taken
        return self.taken.replace(tzinfo=zone)


def camera_of(image: Image.Image) -> Camera:
    """What stands in the EXIF of an opened picture; what is broken counts as absent."""
    try:
        exif = image.getexif()
        details, gps = dict(exif.get_ifd(IFD.Exif)), dict(exif.get_ifd(IFD.GPSInfo))
    except Exception:  # anything at all may stand there, and Pillow's parser raises what it meets
        return Camera()
    point = _point(gps)
    return Camera(
        taken=_taken(exif, details, gps),
        latitude=point[0] if point else None,
        longitude=point[1] if point else None,
        error_metres=_number(gps.get(GPS.GPSHPositioningError)) or 0.0,
        software=_text(exif.get(Base.Software)),
        made_by=" ".join(filter(None, (_text(exif.get(Base.Make)), _text(exif.get(Base.Model))))),
        comment=_text(details.get(Base.UserComment)),
    )


def _taken(exif: Mapping[int, Any], details: Mapping[int, Any], gps: Mapping[int, Any]) -> datetime | None:
    """By the camera's clock with its zone, else by the satellites', else by the camera's clock as it is."""
    for tag, offset in (
        (details.get(Base.DateTimeOriginal), details.get(Base.OffsetTimeOriginal)),
        (details.get(Base.DateTimeDigitized), details.get(Base.OffsetTimeDigitized)),
    ):
        moment = _moment(_text(tag))
        if moment is not None:
            zone = _zone(_text(offset))
            return moment.replace(tzinfo=zone) if zone else _by_satellites(gps, moment) or moment
    # DateTime is when the file was changed: an editor sets it, so it is taken only where no editor is named
    return None if exif.get(Base.Software) else _moment(_text(exif.get(Base.DateTime)))


def _by_satellites(gps: Mapping[int, Any], by_clock: datetime) -> datetime | None:
    """The time of the fix, where it agrees with the camera's clock up to a time zone: an old fix is an old time."""
    day = re.fullmatch(r"(\d{4}):(\d\d):(\d\d)", _text(gps.get(GPS.GPSDateStamp)))
    clock = _numbers(gps.get(GPS.GPSTimeStamp))
    if day is None or clock is None:
        return None
    try:
        midnight = datetime(int(day[1]), int(day[2]), int(day[3]), tzinfo=UTC)
    except ValueError:
        return None
    moment = midnight + timedelta(seconds=clock[0] * 3600 + clock[1] * 60 + clock[2])
    apart = (by_clock.replace(tzinfo=UTC) - moment).total_seconds() % 900
    return moment if min(apart, 900 - apart) <= 60 else None


def _moment(text: str) -> datetime | None:
    parts = MOMENT.match(text)
    if parts is None:
        return None
    try:
        return datetime(*map(int, parts.groups()))  # type: ignore[arg-type]  # noqa: DTZ001 - the zone stands elsewhere
    except ValueError:
        return None


def _zone(text: str) -> timezone | None:
    parts = OFFSET.match(text)
    if parts is None or int(parts[2]) > 14:
        return None
    span = timedelta(hours=int(parts[2]), minutes=int(parts[3]))
    return timezone(-span if parts[1] == "-" else span)


def _point(gps: Mapping[int, Any]) -> tuple[float, float] | None:
    latitude = _degrees(gps.get(GPS.GPSLatitude), _text(gps.get(GPS.GPSLatitudeRef)), "S")
    longitude = _degrees(gps.get(GPS.GPSLongitude), _text(gps.get(GPS.GPSLongitudeRef)), "W")
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return None
    # a camera that found no satellite writes zeros
    return None if latitude == 0 and longitude == 0 else (latitude, longitude)


def _degrees(value: Any, side: str, negative: str) -> float | None:
    numbers = _numbers(value)
    if numbers is None:
        return None
    degrees = numbers[0] + numbers[1] / 60 + numbers[2] / 3600
    return -degrees if side.upper() == negative else degrees


def _numbers(value: Any) -> tuple[float, float, float] | None:
    if not isinstance(value, tuple) or len(value) != 3:
        return None
    numbers = [_number(each) for each in value]
    if any(each is None or each < 0 for each in numbers):
        return None
    return numbers[0] or 0.0, numbers[1] or 0.0, numbers[2] or 0.0


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        value = value.removeprefix(b"ASCII\x00\x00\x00").removeprefix(b"UNICODE\x00").decode("utf-8", "replace")
    return value.replace("\x00", "").strip()[:200] if isinstance(value, str) else ""
