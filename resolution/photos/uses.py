"""Where a photo was used before, and whether it may be used again: pure rules over records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from models.resolution import CheckResult, FileRole
from resolution.photos.finding import Check, Finding, flagged, passed, unknown


class Kin(StrEnum):
    """Whose photo an earlier one is, seen from the proof in hand."""

    PROOF = "proof"  # of this very proof
    REPORT = "report"  # of the same report about another problem of the incident
    PROBLEM = "problem"  # of an earlier proof of the same problem
    INCIDENT = "incident"  # of a proof of another problem of the same incident
    APPEAL = "appeal"  # its citizen sent it, with the appeal or with a verdict
    FOREIGN = "foreign"  # all the others


@dataclass(frozen=True, slots=True)
class Use:
    """One earlier use of a photo. `role`: None where a citizen sent it; `number`: of the appeal, for people."""

    sha256: str
    kin: Kin
    role: FileRole | None
    number: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Likeness:
    """How a photo was found again: `share` (0-1) of it agrees to the point; 1 where the very file is the same."""

    share: float = 1.0
    mirrored: bool = False
    points: int = 0


def judge(check: Check, role: FileRole, found: Sequence[tuple[Use, Likeness]]) -> Finding:
    """The gravest of the earlier uses decides."""
    what = "файл" if check is Check.SAME_FILE else "снимок"
    if not found:
        return passed(check, f"такого {'файла' if what == 'файл' else 'снимка'} в регионе раньше не было")
    judged = [_judge_one(check, role, use, likeness, what) for use, likeness in found]
    grave = {CheckResult.FLAGGED: 0, CheckResult.UNKNOWN: 1, CheckResult.PASSED: 2}
    return min(judged, key=lambda each: grave[each.result])


def _judge_one(check: Check, role: FileRole, use: Use, likeness: Likeness, what: str) -> Finding:
    measured: dict[str, Any] = {"kin": use.kin.value, "appeal": use.number, "sha256": use.sha256}
    if likeness.share < 1:
        measured |= {"share": round(likeness.share, 2), "mirrored": likeness.mirrored, "points": likeness.points}
    told = f"тот же {what}{_how(likeness)}"
    day = f"{use.at:%d.%m.%Y}"
    match use.kin:
        case Kin.FOREIGN if use.role is None:
            return flagged(check, f"{told} уже приложен к обращению № {use.number} от {day}", **measured)
        case Kin.FOREIGN:
            return flagged(
                check, f"{told} уже приложен {day} к отчёту о другой проблеме (обращение № {use.number})", **measured
            )
        case Kin.APPEAL if role is FileRole.BEFORE:
            return passed(check, f"{told} прислал сам автор обращения", **measured)
        case Kin.APPEAL:
            return flagged(check, f"{told} прислал {day} автор обращения: это снимок «до»", **measured)
        case Kin.PROOF if use.role is role:
            return unknown(check, f"{told} приложен к этому отчёту дважды", **measured)
    if {use.role, role} == {FileRole.BEFORE, FileRole.AFTER}:
        return flagged(check, f"{told} стоит и «до», и «после»", **measured)
    if use.kin is Kin.PROBLEM:
        return unknown(check, f"{told} уже был в отчёте по этой проблеме от {day}", **measured)
    return passed(check, f"{told} доказывает решение других проблем того же инцидента", **measured)


def _how(likeness: Likeness) -> str:
    if likeness.share >= 1:
        return ""
    mirror = ", отражённый зеркально" if likeness.mirrored else ""
    return f"{mirror} (совпадает {likeness.share:.0%} его участков)"
