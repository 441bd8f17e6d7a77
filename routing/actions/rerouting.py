"""What a region lets executors do with a problem that is not theirs: data of the pack, or the default beside this file.

`rerouting.json`: `most_hops` (from which refusal on only an operator decides), `reasons` (code, name, what the reason
asks for: an executor, a comment or nothing), `co_answer` (when a co-executor must answer the lead).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from models.pack import PackError, RegionPack

NAME = "rerouting.json"
DEFAULT = Path(__file__).resolve().with_name(NAME)


class Asks(StrEnum):
    """What a refusal for a reason must say beside it."""

    NOTHING = ""
    EXECUTOR = "executor"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an executor may refuse; `name` is Russian."""

    code: str
    name: str
    asks: Asks


@dataclass(frozen=True, slots=True)
class CoAnswer:
    """When a co-executor must answer: days before the lead's deadline, but never before this share of the time left."""

    before: timedelta
    least_share: float

    def deadline(self, now: datetime, lead: datetime) -> datetime:
        """The moment; where the lead is late already, at once."""
        return max(now, lead - self.before, now + (lead - now) * self.least_share)


@dataclass(frozen=True, slots=True)
class Rerouting:
    """The whole file."""

    most_hops: int
    reasons: Mapping[str, Reason]
    co_answer: CoAnswer

    @classmethod
    def of_json(cls, content: Mapping[str, Any]) -> Rerouting:
        """Raises ValueError, TypeError or KeyError where something is missing or wrong."""
        reasons = [Reason(row["code"], row["name"], Asks(row["asks"])) for row in content["reasons"]]
        if not reasons or len({reason.code for reason in reasons}) != len(reasons):
            raise ValueError("no reasons, or two of one code")
        most, answer = int(content["most_hops"]), content["co_answer"]
        if most < 1:
            raise ValueError("most_hops is less than 1")
        share = float(answer["least_share"])
        if not 0 < share <= 1:
            raise ValueError("least_share is not between 0 and 1")
        by_code = {reason.code: reason for reason in reasons}
        return cls(most, by_code, CoAnswer(timedelta(days=float(answer["days_before"])), share))

    @classmethod
    def of_pack(cls, pack: RegionPack) -> Rerouting:
        """That of a region. Raises PackError where its file is broken."""
        return _read(pack.folder / NAME)


@lru_cache(maxsize=16)
def _read(path: Path) -> Rerouting:
    file = path if path.is_file() else DEFAULT
    try:
        return Rerouting.of_json(json.loads(file.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError) as error:
        raise PackError(f"region pack {path.parent.name}: {NAME}: {error!r}") from error
