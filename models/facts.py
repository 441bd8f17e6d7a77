"""Facts found in a text: typed, with the span that says so and a normal form."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from models.text import Span


class FactKind(StrEnum):
    """Kinds of facts. The comment gives the normal form that `Fact.value` carries."""

    DATE = "date"  # ISO date or interval: «2026-01-05», «2026-01-05/2026-01-12», «2026-01-05/..»
    TIME = "time"  # «HH:MM» or «HH:MM/HH:MM»
    DURATION = "duration"  # ISO 8601 duration: «P3D», «PT2H», «P2M»
    PHONE = "phone"  # «+7XXXXXXXXXX»
    EMAIL = "email"  # lower case
    ADDRESS = "address"  # as a person would write it on an envelope
    ORGANISATION = "organisation"  # as written, quotes normalised: «УК «Аврора+»»
    INSTITUTION = "institution"  # a school, clinic, kindergarten by number: «школа № 25»
    PERSON = "person"  # «Фамилия Имя Отчество», nominative, parts that are known
    POST = "post"  # the post a person is named with: «директор УК»
    ROUTE = "route"  # «автобус 73», «троллейбус 4», «маршрутка 311»
    VEHICLE = "vehicle"  # state number plate in Cyrillic: «А123ВС55»
    SUM = "sum"  # roubles with two decimals: «1500.00»
    COUNT = "count"  # «12 дом», «30 человек»: number, space, lemma
    ACCOUNT = "account"  # digits of a personal account
    APPEAL_NUMBER = "appeal_number"  # an earlier appeal's number as written, without «№»
    LAW = "law"  # «59-ФЗ», «ст. 12 59-ФЗ», «ПП РФ № 354»


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: `span` in the appeal's text, `text` as written, `value` in the normal form of its kind."""

    kind: FactKind
    span: Span
    text: str
    value: str
