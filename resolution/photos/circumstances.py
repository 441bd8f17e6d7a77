"""Whether a photo was taken where and when it could have been: rules over what the camera wrote."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from models.places import PlaceLevel
from models.resolution import FileRole
from models.russian import plural
from resolution.photos.camera import Camera
from resolution.photos.finding import Check, Finding, flagged, passed, unknown
from resolution.photos.limits import Limits

EARTH_METRES = 6_371_008.8
"""Mean radius (IUGG)."""
NO_DATA = "в снимке нет данных камеры (мессенджеры их удаляют)"


@dataclass(frozen=True, slots=True)
class Site:
    """Where a problem is: WGS 84 degrees, how finely, how sure (0-1)."""

    latitude: float
    longitude: float
    level: PlaceLevel
    confidence: float


@dataclass(frozen=True, slots=True)
class Times:
    """What the time of a photo is held against. `opened`: when the problem, or the first of its incident, was accepted;
    `reopened`: when its author last said that it is not solved; `submitted`: when the proof came."""

    opened: datetime
    reopened: datetime | None
    submitted: datetime


def check_time(camera: Camera, role: FileRole, times: Times, zone: tzinfo, limits: Limits) -> Finding:
    """«After» is taken after the problem was told of and before it was sent; «before» only the latter."""
    taken = camera.taken_at(zone)
    if taken is None:
        return unknown(Check.TIME, f"время съёмки неизвестно: {NO_DATA}")
    said, measured = f"снято {_said(taken, zone)}", {"taken_at": taken.isoformat()}
    late = taken - times.submitted
    if late > timedelta(hours=limits["future_hours"]):
        reason = f"{said} — на {_span(late)} позже, чем прислано: время снимка неверно"
        return flagged(Check.TIME, reason, **measured, hours=_hours(late))
    if role is FileRole.BEFORE:
        return passed(Check.TIME, said, **measured)
    for since, what in ((times.reopened, "автор сообщил, что не решено"), (times.opened, "о проблеме сообщили")):
        if since is None:
            continue
        early = since - taken
        if early > timedelta(hours=limits["early_hours"]):
            reason = f"{said} — за {_span(early)} до того, как {what}"
            return flagged(Check.TIME, reason, **measured, hours=-_hours(early))
    return passed(
        Check.TIME,
        f"{said}, после сообщения о проблеме и до отправки",
        **measured,
        hours=_hours(times.submitted - taken),
    )


def check_place(camera: Camera, sites: Sequence[Site], limits: Limits) -> Finding:
    """Near the problem, or near any of its incident: one photo proves them all."""
    if camera.latitude is None or camera.longitude is None:
        return unknown(Check.PLACE, f"место съёмки неизвестно: {NO_DATA}")
    known = [(site, most) for site in sites if (most := _most_metres(site, limits)) is not None]
    if not known:
        return unknown(Check.PLACE, "место проблемы известно слишком приблизительно, сравнить не с чем")
    apart, most, site = min(
        (
            (metres_between(camera.latitude, camera.longitude, site.latitude, site.longitude), most, site)
            for site, most in known
        ),
        key=lambda each: each[0] / each[1],
    )
    measured = {"metres": round(apart), "limit": round(most), "level": site.level.value}
    if apart > most + min(camera.error_metres, most):
        reason = f"снято в {_far(apart)} от места проблемы (допустимо {_far(most)})"
        return flagged(Check.PLACE, reason, **measured)
    return passed(Check.PLACE, f"снято в {_far(apart)} от места проблемы", **measured)


def metres_between(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Along the great circle (haversine formula)."""
    one, two = math.radians(latitude), math.radians(other_latitude)
    half = math.sin((two - one) / 2) ** 2
    half += math.cos(one) * math.cos(two) * math.sin(math.radians(other_longitude - longitude) / 2) ** 2
    return 2 * EARTH_METRES * math.asin(math.sqrt(min(1.0, half)))


def _most_metres(site: Site, limits: Limits) -> float | None:
    if site.confidence < limits["place_confidence"] or site.level is PlaceLevel.REGION:
        return None
    return limits[f"place_metres_{site.level.value}"]


def _said(moment: datetime, zone: tzinfo) -> str:
    return f"{moment.astimezone(zone):%d.%m.%Y в %H:%M}"


def _hours(span: timedelta) -> float:
    return round(span.total_seconds() / 3600, 1)


def _span(span: timedelta) -> str:
    hours = span.total_seconds() / 3600
    if hours >= 48:
        return plural(round(hours / 24), "день", "дня", "дней")
    return plural(round(hours), "час", "часа", "часов")


def _far(metres: float) -> str:
    if metres < 1000:
        return f"{metres:.0f} м"
    return f"{metres / 1000:.1f} км".replace(".", ",").replace(",0 ", " ")
