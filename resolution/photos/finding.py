"""What a check found, and the table of all checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from models.resolution import CheckResult


class Check(StrEnum):
    """The checks of a proof's files."""

    READABLE = "readable"
    TIME = "time"
    PLACE = "place"
    SAME_FILE = "same_file"
    SAME_PHOTO = "same_photo"
    SCREENSHOT = "screenshot"
    EDITED = "edited"
    LIGHT = "light"
    SHARPNESS = "sharpness"
    CONTENT = "content"
    SCENE = "scene"
    PUBLIC_COPY = "public_copy"


@dataclass(frozen=True, slots=True)
class About:
    """A check as people see it; `operator`: whether its flag alone puts the proof before an operator."""

    name: str
    operator: bool


CHECKS: Mapping[Check, About] = {
    Check.READABLE: About("Файл читается", operator=True),
    Check.TIME: About("Время съёмки", operator=True),
    Check.PLACE: About("Место съёмки", operator=True),
    Check.SAME_FILE: About("Тот же файл раньше", operator=True),
    Check.SAME_PHOTO: About("Тот же снимок раньше", operator=True),
    Check.SCREENSHOT: About("Снимок экрана", operator=True),
    Check.EDITED: About("Следы обработки", operator=True),
    Check.LIGHT: About("Освещённость", operator=True),
    Check.SHARPNESS: About("Резкость", operator=True),
    Check.CONTENT: About("На снимке что-то видно", operator=True),
    # an honest photo from another angle looks like another place: the page says so, the operator is not called
    Check.SCENE: About("То же место, что на снимке «до»", operator=False),
    Check.PUBLIC_COPY: About("Копия для граждан", operator=False),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check of one file; `reason` is Russian, `measured` what it was told by."""

    check: Check
    result: CheckResult
    reason: str
    measured: Mapping[str, Any] = field(default_factory=dict)

    @property
    def for_operator(self) -> bool:
        return self.result is CheckResult.FLAGGED and CHECKS[self.check].operator


def passed(check: Check, reason: str, **measured: Any) -> Finding:
    return Finding(check, CheckResult.PASSED, reason, measured)


def flagged(check: Check, reason: str, **measured: Any) -> Finding:
    return Finding(check, CheckResult.FLAGGED, reason, measured)


def unknown(check: Check, reason: str, **measured: Any) -> Finding:
    return Finding(check, CheckResult.UNKNOWN, reason, measured)
