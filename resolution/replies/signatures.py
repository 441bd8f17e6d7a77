"""Who signs a letter: the official of the body that answers, as signatures.json of the region's pack names him.

The form is that of GOST R 7.0.97-2016: 5.22, the position, initials and surname; 5.25, the mark of who prepared the
document, with his phone. Without a row the body signs by its name, and where several answer, the region.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from models.identifiers import derived_id
from models.pack import PackError, RegionPack
from models.resolution import ReplyKind
from resolution.replies.records import Letter, Outcome

NAME = "signatures.json"
INITIALS = re.compile(r"([А-ЯЁ]\.)\s?(?:([А-ЯЁ]\.)\s?)?([А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)?)")
PHONE = re.compile(r"\+?[\d\s()-]{5,25}(?:,? доб\. ?\d{1,5})?")
BY_OFFICE = frozenset({Outcome.UNDERSTOOD, Outcome.REOPENED, Outcome.EXTENDED, Outcome.FORWARDED})
"""What no body answers: the office that receives appeals says it."""
INVENTED = "(вымышленное лицо)"


@dataclass(frozen=True, slots=True)
class Signature:
    """The end of a letter: `lines` under «С уважением,»; `executing` is who prepared it with his phone, or empty."""

    lines: tuple[str, ...]
    executing: str = ""


@dataclass(frozen=True)
class Signatures:
    """Of a region: by the id of a body; `office` signs what no single body answers."""

    region_name: str
    bodies: Mapping[UUID, Signature] = field(default_factory=dict)
    office: Signature | None = None

    @classmethod
    def of_pack(cls, pack: RegionPack) -> Signatures:
        """Raises PackError where the file is broken; a pack may do without."""
        return _read(pack.path(NAME), pack.id, pack.name)

    def of(self, letter: Letter) -> Signature:
        """Who signs this letter. An acknowledgement is the machine's, so that no official stands under it."""
        office = Signature((f"{self.region_name}: работа с обращениями граждан",))
        if letter.kind is ReplyKind.ACKNOWLEDGEMENT:
            return office
        if any(each.outcome in BY_OFFICE for each in letter.sections):
            return self.office or office
        who = {(each.executor_id, each.executor) for each in letter.sections}
        body, name = next(iter(who)) if len(who) == 1 else (None, "")
        if body is not None and body in self.bodies:
            return self.bodies[body]
        return Signature((name,)) if name else self.office or office


@lru_cache(maxsize=16)
def _read(path: Path, region: str, region_name: str) -> Signatures:
    if not path.is_file():
        return Signatures(region_name)
    try:
        content = RegionPack(path.parent).json(NAME)
        rows = {str(code): _signature(row) for code, row in content["bodies"].items()}
        office = _signature(content["office"]) if "office" in content else None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PackError(f"region pack {path.parent.name}: {NAME}: {error!r}") from error
    # as routing keeps the bodies of a pack
    bodies = {derived_id(region, "executor", code): row for code, row in rows.items()}
    return Signatures(region_name, bodies, office)


def _signature(row: Mapping[str, Any]) -> Signature:
    """Raises ValueError where a name or a phone is not written as an official letter has it."""
    position, name = " ".join(str(row["position"]).split()), INITIALS.fullmatch(str(row["name"]).strip())
    if not position or name is None:
        raise ValueError(f"a position, and a name with initials like «А.Б. Петрова», not {row['name']!r}")
    if row.get("example"):
        position = f"{position} {INVENTED}"
    first, second, surname = name.groups()
    return Signature((position, f"{first}{second or ''} {surname}"), _executing(row.get("executing")))


def _executing(row: Mapping[str, Any] | None) -> str:
    if row is None:
        return ""
    name, phone = " ".join(str(row["name"]).split()), str(row["phone"]).strip()
    if len(name.split()) < 2 or PHONE.fullmatch(phone) is None:
        raise ValueError(f"executing: a whole name and a phone like «8 (3812) 00-00-00», not {name!r}, {phone!r}")
    return f"{name}, {phone}"
