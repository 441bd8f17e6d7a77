"""When an instruction is due: by the head's own day, or by a term of the region's list, counted in its calendar."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

import routing.instructions
from api.problem_details import Failure
from models.pack import PackError, RegionPack
from sla import Rules
from sla.count import deadline
from sla.term import Term

NAME = "instructions.json"
DEFAULT = Path(routing.instructions.__file__).resolve().with_name("terms.json")


@dataclass(frozen=True, slots=True)
class NamedTerm:
    """A term that a head may choose in place of a day; `name` is Russian."""

    code: str
    name: str
    term: Term


def terms_of(pack: RegionPack) -> dict[str, NamedTerm]:
    """The terms of a region by code: its own `instructions.json`, or those of the house. Raises PackError."""
    return _read(pack.folder / NAME)


@lru_cache(maxsize=16)
def _read(path: Path) -> dict[str, NamedTerm]:
    file = path if path.is_file() else DEFAULT
    try:
        rows = json.loads(file.read_text(encoding="utf-8"))["terms"]
        return {row["code"]: NamedTerm(row["code"], row["name"], Term.of_json(row)) for row in rows}
    except (ValueError, KeyError, TypeError) as error:
        raise PackError(f"region pack {path.parent.name}: {NAME}: {error!r}") from error


@lru_cache(maxsize=16)
def _rules(folder: Path) -> Rules:
    return Rules.of_pack(RegionPack(folder))


def end_of(day: date, pack: RegionPack, now: datetime) -> datetime:
    """The end of working time on a day; on a day off, midnight."""
    rules = _rules(pack.folder)
    return rules.measure(rules.policies.at(now, rules.zone)).closing(day)


def due(pack: RegionPack, code: str, day: date | None, now: datetime, giver: str) -> tuple[datetime, str]:
    """(deadline, how it came about in words): by the giver's day, where he names one, or by the term of this code.

    Failure 422 where there is no such term.
    """
    if day is not None:
        return end_of(day, pack, now), f"срок назначил {giver}"
    chosen = terms_of(pack).get(code)
    if chosen is None:
        raise Failure(422, "Назначьте день или выберите срок из списка.")
    rules = _rules(pack.folder)
    return deadline(now, chosen.term, rules.measure(rules.policies.at(now, rules.zone))), chosen.name
