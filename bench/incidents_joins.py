"""Invented incidents planted among real problems: do the right ones find each other?

The file's texts go through the stages' own steps on a fresh database. A planted problem is a copy of a real one whose
label is a topic of the cause, with the topic as the engine read it (right or wrong), at a place and time of its own;
so what is measured is the join, with the engine's mistakes about topics but not about places.
"""

from __future__ import annotations

import csv
import random
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from bench.repeats_real import messages_of, work
from models.events import Event, EventType, event
from models.identifiers import new_id
from models.pack import load_pack
from otklik.settings import Settings
from otklik.wiring import database
from routing.in_force import InForce
from routing.incidents import Cause, causes_of
from routing.incidents.likeness import distance
from routing.stage import route

Connection = psycopg.Connection[Any]
BATCH = 20
LEAST_ROWS = 10
LEVELS = ("house", "street", "settlement")
SHARES = (0.6, 0.25, 0.15)
"""How the places of planted problems are known: about as those of real problems that name a place."""

CONFIDENCE = 0.93
"""About the mean of the engine's for houses of omsk.csv."""


@dataclass(frozen=True, slots=True)
class Real:
    """A real problem whose label is a topic of a cause, and when it was sent."""

    id: UUID
    cause: Cause
    sent_at: datetime


def real_problems(connection: Connection, file: Path, region: str) -> list[Real]:
    """The real problems of appeals whose label belongs to a cause."""
    pack = load_pack(region)
    code = {topic.name: topic.code for topic in pack.topics}
    causes = causes_of(pack.folder).by_topic
    with file.open(encoding="utf-8-sig", newline="") as lines:
        labels = [code.get(row["topic"], "") for row in csv.DictReader(lines) if row["text"].strip()]
    rows = connection.execute(
        """SELECT p.id, a.external_id::int, a.sent_at FROM problems p JOIN appeals a ON a.id = p.appeal_id
           WHERE p.ordinal = 0 ORDER BY a.sent_at, p.id"""
    ).fetchall()
    return [Real(id, causes[labels[row]], at) for id, row, at in rows if labels[row] in causes]


def plant(
    connection: Connection, real: Sequence[Real], region: str, many: int, chance: random.Random
) -> dict[UUID, int]:
    """Write so many incidents; which of them each planted problem belongs to."""
    houses = houses_of(region)
    rows = Counter(each.cause for each in real)
    causes = [cause for cause, count in rows.items() if count >= LEAST_ROWS]
    truth: dict[UUID, int] = {}
    for number in range(many):
        cause = chance.choices(causes, [rows[cause] for cause in causes])[0]
        sources = [each for each in real if each.cause == cause]
        centre, begin = chance.choice(houses), chance.choice(real).sent_at
        there = around(centre, cause, houses)
        for _ in range(min(10, max(cause.opens_with, 2) + int(chance.expovariate(0.4)))):
            at = begin + chance.random() * cause.window / 2
            place = known(chance.choice(there), chance)
            truth[copied(connection, chance.choice(sources), place, at)] = number
    connection.commit()
    return truth


def houses_of(region: str) -> list[dict[str, Any]]:
    """The houses of the pack that have a point of their own («12@55.0123 73.4123»), as places."""
    found = []
    for row in load_pack(region).rows("houses.csv"):
        for each in row["houses"].split(";"):
            house, _, point = each.partition("@")
            if point:
                latitude, longitude = map(float, point.split())
                place: dict[str, Any] = {name: row[name] for name in ("municipality", "settlement", "street")}
                found.append(place | {"house": house, "latitude": latitude, "longitude": longitude})
    return found


def around(centre: dict[str, Any], cause: Cause, houses: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The houses within half the cause's radius of the centre, itself among them."""
    middle = (centre["latitude"], centre["longitude"])
    return [
        each
        for each in houses
        if abs(each["latitude"] - middle[0]) < 0.02
        and distance(middle, (each["latitude"], each["longitude"])) <= cause.radius / 2
    ]


def known(house: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """The house's place, known as finely as people tell it."""
    level = chance.choices(LEVELS, SHARES)[0]
    place = house | {"level": level, "confidence": CONFIDENCE, "alternatives": []}
    if level != "house":
        place |= {"house": "", "latitude": None, "longitude": None}
    return place | ({"street": ""} if level == "settlement" else {})


def copied(connection: Connection, source: Real, place: dict[str, Any], sent_at: datetime) -> UUID:
    """A copy of a real problem, in an appeal of its own, at another place and time."""
    appeal, problem = new_id(), new_id()
    connection.execute(
        """INSERT INTO appeals (id, region_id, number, channel, external_id, text, sent_at, accepted_at, state)
           SELECT %s, region_id, %s, channel, %s, text, %s, accepted_at, state FROM appeals
           WHERE id = (SELECT appeal_id FROM problems WHERE id = %s)""",
        [appeal, str(appeal), str(appeal), sent_at, source.id],
    )
    connection.execute(
        """INSERT INTO problems (id, region_id, appeal_id, ordinal, state, spans, topic_code, topic_probability,
               group_name, group_probability, decided, topic_guesses, place, place_level, municipality, urgency,
               found_at)
           SELECT %s, region_id, %s, 0, 'found', spans, topic_code, topic_probability, group_name, group_probability,
               decided, topic_guesses, %s, %s, %s, urgency, %s FROM problems WHERE id = %s""",
        [problem, appeal, Jsonb(place), place["level"], place["municipality"], sent_at, source.id],
    )
    return problem


def routed(connection: Connection, region: str) -> None:
    """Route every problem in the order in which it was sent."""
    rows = connection.execute(
        "SELECT p.id, a.id, a.sent_at FROM problems p JOIN appeals a ON a.id = p.appeal_id ORDER BY a.sent_at, p.id"
    ).fetchall()
    in_force = InForce(load_pack)
    events = [_found(region, *row) for row in rows]
    for start in range(0, len(events), BATCH):
        batch = events[start : start + BATCH]
        now = batch[-1].time + timedelta(seconds=1)
        route(connection, batch, lambda name, now=now: in_force.at(connection, name, now), now, load_pack)  # type: ignore[misc]
        connection.commit()


def _found(region: str, problem: UUID, appeal: UUID, at: datetime) -> Event:
    return event(EventType.PROBLEM_FOUND, region, appeal, at, problem_id=str(problem))


def judged(connection: Connection, truth: dict[UUID, int]) -> dict[str, object]:
    """Precision and recall over pairs with a planted problem in them, and what the rest came to."""
    rows = connection.execute("SELECT problem_id, incident_id FROM incident_problems WHERE left_at IS NULL").fetchall()
    incident = dict(rows)
    sizes = Counter(incident.values())
    true_pairs = [pair for pair in combinations(sorted(truth), 2) if truth[pair[0]] == truth[pair[1]]]
    together = sum(incident.get(one, one) == incident.get(two, two) for one, two in true_pairs)
    false_pairs = wholly = 0
    for one, two in combinations(sorted(incident), 2):
        if incident[one] == incident[two] and (one in truth or two in truth):
            false_pairs += truth.get(one, -1) != truth.get(two, -2)
    decided = dict(connection.execute("SELECT id, decided FROM problems").fetchall())
    sure = [pair for pair in true_pairs if decided[pair[0]] and decided[pair[1]]]
    wholly = sum(incident.get(one, one) == incident.get(two, two) for one, two in sure)
    suggested = connection.execute(
        "SELECT problem_id, coalesce(with_problem_id, problem_id) FROM incident_suggestions"
    ).fetchall()
    right = sum(one in truth and truth.get(one) == truth.get(two) for one, two in suggested)
    background = {each for problem, each in incident.items() if problem not in truth}
    return {
        "planted_problems": len(truth),
        "planted_incidents": len(set(truth.values())),
        "true_pairs": len(true_pairs),
        "joined_of_them": together,
        "recall": round(together / len(true_pairs), 3),
        "recall_where_both_topics_are_trusted": round(wholly / len(sure), 3) if sure else None,
        "false_pairs": false_pairs,
        "precision": round(together / (together + false_pairs), 3) if together else None,
        "suggestions": len(suggested),
        "suggestions_of_planted_right": right,
        "suggestions_of_planted": sum(one in truth for one, _ in suggested),
        "incidents": len(sizes),
        "incidents_with_real_problems": len(background),
    }


def joins(file: Path, region: str, many: int, seed: int, listing: Path | None = None) -> dict[str, object]:
    """Plant and measure once, on a fresh database. `listing` gets the rows of real problems that were joined."""
    with tempfile.TemporaryDirectory(prefix="otklik-bench-") as folder:
        chosen = Settings(data_folder=Path(folder), database_url="")  # never that of an installation
        with database(chosen) as url, psycopg.connect(url) as connection:
            work(connection, messages_of(file, region), chosen)
            truth = plant(connection, real_problems(connection, file, region), region, many, random.Random(seed))
            routed(connection, region)
            if listing is not None:
                listing.write_text("\n".join(real_incidents(connection)) + "\n", encoding="utf-8")
            return judged(connection, truth)


def real_incidents(connection: Connection) -> list[str]:
    """Incidents with two real problems or more: cause, then row:ordinal in the file of each; for a person to judge."""
    rows = connection.execute(
        """SELECT i.cause, string_agg(a.external_id || ':' || p.ordinal, ' ' ORDER BY a.sent_at)
           FROM incident_problems s JOIN incidents i ON i.id = s.incident_id JOIN problems p ON p.id = s.problem_id
           JOIN appeals a ON a.id = p.appeal_id WHERE length(a.external_id) < 10 GROUP BY i.id HAVING count(*) > 1
           ORDER BY i.id"""
    )
    return [f"{cause} {members}" for cause, members in rows]
