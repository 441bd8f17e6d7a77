"""Thresholds of the checks as data: limits.json beside, and what a region says otherwise in its proofs.json."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from models.pack import PackError, RegionPack

NAME = "proofs.json"
DEFAULT = Path(__file__).resolve().with_name("limits.json")


@dataclass(frozen=True, slots=True)
class Limits:
    """Numbers by name, each explained in the file; `editors` are names of programs that change photos, in lower case;
    `screens` pairs of pixels, the smaller side first."""

    version: str
    numbers: Mapping[str, float]
    editors: Sequence[str]
    screens: frozenset[tuple[int, int]]

    def __getitem__(self, name: str) -> float:
        return self.numbers[name]

    @classmethod
    def of_json(cls, content: Mapping[str, Any], beneath: Limits | None = None) -> Limits:
        """Those of a file; what it does not name is as in `beneath`. Raises ValueError, TypeError or KeyError."""
        numbers = {name: float(row["value"]) for name, row in content.get("limits", {}).items()}
        if beneath is None:
            return cls(str(content["version"]), numbers, tuple(content["editors"]), _pairs(content["screens"]))
        if strange := numbers.keys() - beneath.numbers.keys():
            raise ValueError(f"no check knows the limit {', '.join(sorted(strange))}")
        return cls(
            str(content["version"]),
            {**beneath.numbers, **numbers},
            tuple(content.get("editors", beneath.editors)),
            _pairs(content["screens"]) if "screens" in content else beneath.screens,
        )

    @classmethod
    def of_pack(cls, pack: RegionPack) -> Limits:
        """Those of a region. Raises PackError where its file is broken."""
        if not pack.path(NAME).is_file():
            return default()
        try:
            return cls.of_json(pack.json(NAME), default())
        except (ValueError, TypeError, KeyError) as error:
            raise PackError(f"region pack {pack.id}: {NAME}: {error}") from error


@lru_cache(maxsize=1)
def default() -> Limits:
    """Those that hold where a region says nothing."""
    return Limits.of_json(json.loads(DEFAULT.read_text(encoding="utf-8")))


def _pairs(rows: Sequence[Sequence[int]]) -> frozenset[tuple[int, int]]:
    return frozenset((min(row), max(row)) for row in rows)
