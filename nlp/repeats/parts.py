"""From the fields of an appeal and a problem to what is compared: who wrote, where it is, what it is about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from uuid import UUID

from models.analysis import ProblemDraft, SourceText
from models.facts import FactKind
from models.places import PlaceLevel
from nlp.repeats.records import Comparable, Locality

EXACT = frozenset({PlaceLevel.HOUSE, PlaceLevel.CROSSING})
"""Levels whose point is where the problem is."""
OBJECTS = frozenset({FactKind.ROUTE, FactKind.INSTITUTION})
PHONE_DIGITS = 10
"""A Russian number without its country code."""


def identities(channel: str, author: Mapping[str, str]) -> frozenset[str]:
    """Who wrote, by what cannot be shared by namesakes: e-mail, phone, the id in the channel. A name is none."""
    found = set()
    if email := author.get("email", "").strip().lower():
        found.add(f"email:{email}")
    phone = re.sub(r"\D", "", author.get("phone", ""))[-PHONE_DIGITS:]
    if len(phone) == PHONE_DIGITS:
        found.add(f"phone:{phone}")
    if external_id := author.get("external_id", "").strip():
        found.add(f"{channel}:{external_id}")
    return frozenset(found)


def comparable_of(
    draft: ProblemDraft,
    *,
    problem_id: UUID,
    appeal_id: UUID,
    region: str,
    source: SourceText,
    authors: frozenset[str],
) -> Comparable:
    """A problem as the engine found it, made ready for comparison."""
    places = (draft.place, *draft.more_places)
    return Comparable(
        problem_id=problem_id,
        appeal_id=appeal_id,
        region=region,
        text=" ".join(span.of(source.text) for span in draft.spans),
        sent_at=source.sent_at,
        topic=draft.topic.best.code,
        group=draft.topic.group,
        authors=authors,
        localities=tuple(
            locality_of(each.level, each.settlement or each.municipality, each.street, each.house, each.h3)
            for each in places
        ),
        objects=objects_of((fact.kind, fact.value) for fact in draft.facts),
    )


def locality(place: Mapping[str, object]) -> Locality:
    """The locality of a place as the tables keep it."""
    return locality_of(
        PlaceLevel(str(place["level"])),
        str(place.get("settlement") or place.get("municipality") or ""),
        str(place.get("street") or ""),
        str(place.get("house") or ""),
        str(place.get("h3") or ""),
    )


def locality_of(level: PlaceLevel, town: str, street: str, house: str, cell: str) -> Locality:
    """The cell counts only where the point is exact."""
    return Locality(town, street, house, cell if level in EXACT else "")


def objects_of(facts: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Normal forms of the routes and institutions among (kind, value) of facts."""
    return frozenset(value for kind, value in facts if kind in OBJECTS)
