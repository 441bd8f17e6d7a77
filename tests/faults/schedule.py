"""What happens to an installation and when: a pure function of the seed, so that a seed repeats a run's schedule."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """`KILL` at a random moment, `POINT`: a process kills itself where it reaches the named place of its code,
    `POINT_KILL`: it kills another one there. The others are faults that kill nobody by themselves."""

    KILL = "kill"
    POINT = "kill at"
    POINT_KILL = "kill the other at"
    STOP = "stop for a while"
    CUT = "network cut"
    FULL = "full disk"
    CLOCK = "clock jump"
    POISON = "poisoned message"
    DEADLY = "deadly message"
    REFUSE = "refusing mail server"


@dataclass(frozen=True, slots=True)
class Fault:
    """`target`: a process or what the kind needs; `point`: a place of tests.faults.points.

    `delay`: seconds after the one before. `hurry`: the next one does not wait until something was accepted again.
    """

    kind: Kind
    target: str
    point: str
    delay: float
    hurry: bool

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.kind.value, self.target, self.point) if part)


STAGES = ("nlp", "routing", "sla", "proofs", "photos", "replies", "indicators", "punctuality", "witness")
PLACES = ("before-effects", "after-effects", "after-commit")
TOLD_STREAMS = ("appeals", "problems", "clocks", "replies")
LOG_PLACES = tuple(f"{when}-append-{stream}" for stream in TOLD_STREAMS for when in ("before", "after"))
SENDER_PLACES = ("before-send", "before-mark", "after-mark", "after-publish")
LETTER_PLACES = ("before-taken", "taken", "answered")

Chosen = tuple[Kind, str, str]
KILLS: tuple[Chosen, ...] = (
    *((Kind.KILL, who, "") for who in (*STAGES, "nlp family", "api", "timers", "mail", "sender", "reports")),
    *((Kind.KILL, who, "") for who in ("starter", "import", "postmaster", "backend")),
    *((Kind.POINT, stage, f"{stage}-{place}") for stage in STAGES for place in PLACES),
    *((Kind.POINT, "whoever appends", place) for place in LOG_PLACES),
    *((Kind.POINT, "api", f"api-{place}") for place in ("before-commit", "after-commit")),
    *((Kind.POINT, "import", f"import-{place}") for place in ("before-commit", "after-commit")),
    (Kind.POINT, "timers", "timers-before-commit"),
    *((Kind.POINT, "sender", f"sender-{place}") for place in SENDER_PLACES),
    *((Kind.POINT, "mail", f"mail-{place}") for place in ("before-send", "before-mark")),
    (Kind.POINT, "reports", "reports-before-commit"),
    *((Kind.POINT_KILL, "sender", f"letter-{place}") for place in LETTER_PLACES),
    *((Kind.POINT_KILL, "postmaster", point) for point in ("nlp-after-effects", "api-before-commit")),
    *((Kind.POINT_KILL, "postmaster", point) for point in ("replies-after-effects", "sender-before-mark")),
)
KAFKA_KILLS: tuple[Chosen, ...] = (
    (Kind.KILL, "relay", ""),
    (Kind.KILL, "broker", ""),
    *((Kind.POINT, "relay", f"relay-{place}") for place in ("before-produce", "during-produce", "after-produce")),
    (Kind.POINT, "relay", "relay-after-commit"),
    *((Kind.POINT, stage, f"{stage}-after-fetch") for stage in ("nlp", "routing", "replies")),
    *((Kind.POINT_KILL, "broker", f"relay-{place}") for place in ("during-produce", "after-produce")),
    (Kind.POINT_KILL, "broker", "nlp-after-effects"),
    (Kind.POINT_KILL, "postmaster", "relay-after-produce"),
)
OTHERS: tuple[tuple[Chosen, ...], ...] = (
    ((Kind.STOP, "routing", ""), (Kind.STOP, "replies", ""), (Kind.STOP, "sender", "")),
    ((Kind.FULL, "", ""),),
    ((Kind.CLOCK, "forward", ""), (Kind.CLOCK, "back", "")),
    ((Kind.POISON, "", ""),),
    ((Kind.DEADLY, "", ""),),
    ((Kind.REFUSE, "", ""),),
)
"""Each with its like: a short run has one of the likes, a long one has all."""
KAFKA_OTHERS: tuple[tuple[Chosen, ...], ...] = (
    ((Kind.CUT, "", ""),),
    ((Kind.STOP, "nlp", ""), *OTHERS[0]),
    *OTHERS[1:],
)
OTHERS_EVERY = 50
"""Kills after which the other faults come once more; a short run has them once."""


def schedule(seed: int, kills: int, engine: str) -> list[Fault]:
    """`kills` kills with the other faults among them. Every kind of kill comes once before any comes twice."""
    chance = random.Random(f"{seed} {engine}")
    kinds = KILLS + (KAFKA_KILLS if engine == "kafka" else ())
    chosen: list[Chosen] = []
    while len(chosen) < kills:
        chosen += chance.sample(kinds, len(kinds))
    del chosen[kills:]
    likes = KAFKA_OTHERS if engine == "kafka" else OTHERS
    if kills < OTHERS_EVERY:
        others = [chance.choice(like) for like in likes]
    else:
        others = [one for like in likes for one in like] * (kills // OTHERS_EVERY)
    for other in others:
        chosen.insert(chance.randrange(len(chosen) + 1), other)
    return [Fault(*one, round(chance.uniform(0.05, 0.6), 3), chance.random() < 0.4) for one in chosen]


def digest(faults: Sequence[Fault]) -> str:
    """Tells two schedules apart at a glance."""
    return hashlib.sha256(repr(faults).encode()).hexdigest()[:12]
