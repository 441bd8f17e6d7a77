"""A problem's fact as a row of problem_facts, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from indicators.authors import Authors
from indicators.facts import Fact
from indicators.ratings.policy import RatingPolicy
from indicators.way import Way
from models.pack import RegionPack
from models.states import ProblemState

COLUMNS: Mapping[str, str] = {
    "problem_id": "uuid",
    "region_id": "text",
    "appeal_id": "uuid",
    "state": "text",
    "topic": "text",
    "group_name": "text",
    "municipality": "text",
    "cell": "text",
    "urgency": "smallint",
    "regime": "text",
    "accepted_at": "timestamptz",
    "day": "date",
    "found_at": "timestamptz",
    "executor": "text",
    "handler": "text",
    "assigned_at": "timestamptz",
    "planned_at": "timestamptz",
    "variant": "text",
    "due_on": "date",
    "reported_at": "timestamptz",
    "closed_at": "timestamptz",
    "closed_day": "date",
    "closed_by": "text",
    "closed_handler": "text",
    "replied_at": "timestamptz",
    "verdict_at": "timestamptz",
    "score": "smallint",
    "said_solved": "boolean",
    "reopenings": "smallint",
    "confirmed_flags": "smallint",
    "formal_replies": "smallint",
    "refusals": "smallint",
    "merged_into": "uuid",
    "way": "jsonb",
    "seen": "text",
    "changed_at": "timestamptz",
    "earlier": "smallint",
    "wrote_at": "timestamptz",
    "author": "uuid",
    "known_days": "smallint",
    "identity": "text",
    "staff": "text",
}
"""The columns of problem_facts with their types, in the order of `values`."""

READ = """problem_id, region_id, appeal_id, state, topic, municipality, cell, urgency, regime, accepted_at, found_at,
    way, merged_into, earlier, seen, changed_at, wrote_at, author, known_days, identity, staff"""
"""What a fact is made of; the other columns are told by the way, and stand there for readers."""


@dataclass(frozen=True)
class Region:
    """What of a region's pack the projection reads."""

    pack: RegionPack

    @cached_property
    def zone(self) -> ZoneInfo:
        return self.pack.zone

    @cached_property
    def authors(self) -> Authors:
        return RatingPolicy.of_pack(self.pack).authors

    def group(self, topic: str) -> str:
        """The topic's group; empty where the pack has no such topic."""
        known = self.pack.topic_by_code.get(topic)
        return known.group if known else ""


RegionOf = Callable[[str], Region]


def values(fact: Fact, region: Region) -> tuple[Any, ...]:
    """The row of a fact."""
    stage, held, zone = fact.stage, fact.way.held, region.zone
    judged = max((one for one in fact.way.stages if one.verdict_at), key=lambda one: str(one.verdict_at), default=None)
    return (
        fact.problem, fact.region, fact.appeal, fact.state.value, fact.topic, region.group(fact.topic),
        fact.municipality, fact.cell, fact.urgency, fact.regime, fact.accepted_at,
        fact.wrote_at.astimezone(zone).date(), fact.found_at, held.executor if held else "",
        held.handler if held else "", held.start if held else None, stage.planned_at, stage.variant,
        stage.due or None, stage.reported_at, stage.closed_at,
        stage.closed_at.astimezone(zone).date() if stage.closed_at else None,
        stage.executor, stage.handler, stage.replied_at, judged.verdict_at if judged else None,
        judged.score if judged else None, judged.said_solved if judged else None, len(fact.way.stages) - 1,
        sum(one.flagged for one in fact.way.stages), sum(one.formal for one in fact.way.stages),
        len(fact.way.refusals), fact.merged_into, orjson.dumps(fact.way.to_json()).decode(), fact.seen,
        fact.changed_at, fact.earlier, fact.wrote_at, fact.author, fact.known_days, fact.identity, fact.staff,
    )  # fmt: skip


def fact_of(row: Sequence[Any]) -> Fact:
    """The fact of the values of READ."""
    (
        problem, region, appeal, state, topic, place, cell, urgency, regime, accepted, found, way, into, earlier, seen,
        changed, wrote, author, known_days, identity, staff,
    ) = row  # fmt: skip
    return Fact(
        problem, region, appeal, ProblemState(state), topic, place, cell, urgency, regime, accepted, found,
        Way.of_json(way), into, earlier, seen, changed, wrote or accepted, author, known_days, identity, staff,
    )  # fmt: skip
