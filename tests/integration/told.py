"""Problems with a place and a time of their own, for the tests of incidents."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from models.events import Event
from models.topics import Topic
from tests.integration.problems import problem_found

HERE = (54.9893, 73.3682)
"""A point in Omsk; a thousandth of a degree of latitude is 111 m."""


def told_of(
    connection: psycopg.Connection[Any],
    topic: Topic,
    sent_at: datetime,
    *,
    north: float = 0.0,
    street: str = "улица Мира",
    house: str = "1",
    settlement: str = "Омск",
    municipality: str = "Омск г.о.",
    region: str = "omsk",
    decided: bool = True,
) -> tuple[UUID, Event]:
    """A problem `north` metres from HERE at a house of its own; a place without a house where `house` is empty."""
    problem, found = problem_found(connection, region, topic, municipality=municipality, decided=decided)
    place: dict[str, Any] = {
        "level": "house" if house else "street" if street else "settlement",
        "municipality": municipality,
        "settlement": settlement,
        "street": street,
        "house": house,
        "confidence": 0.97,
        "alternatives": [],
    }
    if house:
        place |= {"latitude": HERE[0] + north / 111_195, "longitude": HERE[1]}
    connection.execute(
        "UPDATE problems SET place = %s, latitude = %s, longitude = %s WHERE id = %s",
        [Jsonb(place), place.get("latitude"), place.get("longitude"), problem],
    )
    connection.execute("UPDATE appeals SET sent_at = %s WHERE id = %s", [sent_at, found.key])
    return problem, found
