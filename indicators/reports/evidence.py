"""The evidence file for a claim against an executor: what happened to each failed problem, as one PDF. Pure.

Nothing of the citizens stands in it but what they said of the trouble, with names, phones and numbers of flats hidden;
photos are the copies for citizens. The digests at the end let anyone check the files themselves against the document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from indicators.reports.pdf import pdf
from indicators.reports.shown import day_and_time, day_words
from models.russian import plural

LATE = "нарушен"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened, with what was said, personal data hidden."""

    at: datetime
    what: str
    words: str = ""
    bad: bool = False


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture of a proof as citizens see it; `content` is that copy, `media_type` its kind."""

    caption: str
    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class FileDigest:
    """A file of a proof: which, and SHA-256 of the original and of the copy for citizens (empty: none was made)."""

    name: str
    sha256: str
    public_sha256: str


@dataclass(frozen=True, slots=True)
class Case:
    """One failed problem."""

    number: str
    topic: str
    place: str
    words: str
    why: Sequence[str]
    steps: Sequence[Step]
    photos: Sequence[Photo]
    files: Sequence[FileDigest]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything of one executor in a period; `left_out` cases did not fit."""

    region_name: str
    executor: str
    since: date
    until: date
    closed: int
    cases: Sequence[Case]
    left_out: int


def as_pdf(evidence: Evidence, made_at: datetime, zone: ZoneInfo) -> bytes:
    """The document. The pictures must be JPEG, PNG or WebP."""
    pictures: dict[str, bytes] = {}
    cases = [_case(number, case, zone, pictures) for number, case in enumerate(evidence.cases, start=1)]
    return pdf("evidence", {**_head(evidence, made_at, zone), "cases": cases}, made_at, pictures)


def _head(evidence: Evidence, made_at: datetime, zone: ZoneInfo) -> dict[str, Any]:
    failed = len(evidence.cases) + evidence.left_out
    period = f"с {_day(evidence.since)} по {_day(evidence.until)}"
    summary = (
        f"За период {period} исполнитель закрыл {plural(evidence.closed, 'проблему', 'проблемы', 'проблем')}. "
        f"Признаки ненадлежащего исполнения есть у {plural(failed, 'проблемы', 'проблем', 'проблем')}; "
        "ниже — по каждой, что произошло и когда."
    )
    if evidence.left_out:
        summary += f" В файл не вошло {evidence.left_out}: укажите период короче."
    return {
        "title": "Материалы для претензионной работы",
        "region_name": evidence.region_name,
        "executor": evidence.executor,
        "made": f"Составлено {day_and_time(made_at, zone)}",
        "summary": summary,
    }


def _case(number: int, case: Case, zone: ZoneInfo, pictures: dict[str, bytes]) -> Mapping[str, Any]:
    photos = []
    for index, photo in enumerate(case.photos):
        name = f"photo-{number}-{index}.{ENDINGS[photo.media_type]}"
        pictures[name] = photo.content
        photos.append({"file": name, "caption": photo.caption})
    return {
        "number": case.number,
        "topic": case.topic,
        "place": case.place,
        "words": case.words,
        "why": list(case.why),
        "steps": [
            {"at": _moment(step.at, zone), "what": step.what, "words": step.words, "bad": step.bad}
            for step in sorted(case.steps, key=lambda step: step.at)
        ],
        "photos": photos,
        "files": [{"name": file.name, "sha256": file.sha256, "public": file.public_sha256} for file in case.files],
    }


ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}


def _moment(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{local:%d.%m.%Y} {local:%H:%M}"


def _day(day: date) -> str:
    return f"{day_words(day)} {day.year} года"
