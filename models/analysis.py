"""What the language engine says of one appeal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from models.facts import Fact
from models.places import Place
from models.text import Span
from models.topics import TopicDecision


class Dismissal(StrEnum):
    """Why a text holds no problem."""

    THANKS = "thanks"
    TALK = "talk"
    SPAM = "spam"
    ABUSE = "abuse"
    EMPTY = "empty"


class PrivacyKind(StrEnum):
    """What kind of personal data a mark covers."""

    NAME = "name"
    PHONE = "phone"
    EMAIL = "email"
    DOCUMENT = "document"  # passport, SNILS, INN, policy, bank card
    ACCOUNT = "account"
    FLAT = "flat"
    LINK = "link"  # a link to a person's page
    BIRTH = "birth"  # a date or year of birth
    HEALTH = "health"  # a diagnosis or a disability of a person
    PLATE = "plate"  # the number plate of a private car


@dataclass(frozen=True, slots=True)
class PrivacyMark:
    """A span that public pages, executors without need and logs never show."""

    kind: PrivacyKind
    span: Span


@dataclass(frozen=True, slots=True)
class Urgency:
    """1 (can wait) to 5 (danger to life now), with the reasons in Russian, as an operator reads them."""

    level: int
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceText:
    """What the engine reads of one appeal: its words, when they were sent, and what the source stated beside them."""

    text: str
    sent_at: datetime
    stated: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProblemDraft:
    """One problem as the engine sees it, before anybody answers for it."""

    spans: tuple[Span, ...]
    topic: TopicDecision
    place: Place
    """The main place; more of them («у дома 5 и у дома 7») in `more_places`."""
    urgency: Urgency
    facts: tuple[Fact, ...] = ()
    more_places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Analysis:
    """The engine's answer for one text: problems, or the reason why there is none."""

    problems: tuple[ProblemDraft, ...]
    dismissal: Dismissal | None
    dismissal_probability: float
    privacy: tuple[PrivacyMark, ...]
    model_version: str
