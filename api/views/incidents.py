"""Words for incidents and bursts, as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from psycopg import Connection

from api.reading import incidents as reading
from api.views.words import address
from models.russian import plural
from routing.incidents import Causes

WHOLE_REGION = "весь регион"


def incident_name(row: Mapping[str, Any], causes: Causes) -> str:
    """The operator's name, or what the cause and the place of its first problem are called."""
    if row["name"]:
        return str(row["name"])
    cause = causes.by_code.get(row["cause"])
    what = cause.name if cause is not None else row["group_name"] or "Инцидент"
    where = address(row["place"]) if row["place"] else row["municipality"]
    return f"{what}: {where}" if where else what


def burst_words(row: Mapping[str, Any]) -> str:
    """«ЖКХ, Омск г.о.: 9 проблем за 2 ч, обычно 0,4»."""
    where = row["place"] or WHOLE_REGION
    if row["cell"] is not None:
        where = f"{row['municipality'] or WHOLE_REGION}, часть ({row['cell'][0]:.3f}, {row['cell'][1]:.3f})"
    usual = f"{row['expected']:.1f}".replace(".", ",") if row["expected"] >= 0.1 else "меньше 0,1"
    count = plural(row["problems"], "проблема", "проблемы", "проблем")
    return f"{row['group_name']}, {where}: {count} за {row['hours']} ч, обычно {usual}"


def alarms(connection: Connection[Any], region: str, now: datetime) -> list[dict[str, Any]]:
    """The bursts of the last days with their words."""
    return [row | {"words": burst_words(row)} for row in reading.bursts(connection, region, now)]
