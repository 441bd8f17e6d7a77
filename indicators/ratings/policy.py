"""By what a region rates: ratings.json of its pack, or the default beside this file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from indicators.authors import Authors
from indicators.ratings.components import BY_CODE
from models.pack import PackError, RegionPack
from models.regimes import Identity

NAME = "ratings.json"
DEFAULT = Path(__file__).resolve().with_name(NAME)


@dataclass(frozen=True, slots=True)
class Weight:
    """What a component weighs, and why, in Russian."""

    weight: float
    why: str


@dataclass(frozen=True, slots=True)
class Checked:
    """An executor's or municipality's code, the days on which a period may end for it, and who found what."""

    code: str
    first: date
    last: date
    why: str


@dataclass(frozen=True, slots=True)
class RatingPolicy:
    """`equals_strength`: with so many cases the mean of a topic, or of a month of it, is trusted as much as the wider
    one. `prior_strength`: the strength of the prior where there are fewer than `fewest_entities` to tell it from.
    `fewest_problems`: with fewer, no place is named. `authors`: who is new among them. `tolerance`: by so many standard
    deviations there may be more of them than expected before they weigh less. `reasons`: why so, of each number of
    `authors`, in Russian. `checked`: whose new authors people have looked at and found real: they count whole.
    """

    version: str
    equals_strength: float
    prior_strength: float
    fewest_entities: int
    fewest_problems: float
    authors: Authors
    tolerance: float
    reasons: Mapping[str, str] = field(hash=False)
    checked: tuple[Checked, ...]
    weights: Mapping[str, Weight] = field(hash=False)

    def reason_of(self, code: str, last: date) -> str:
        """Why the new authors of a period that ends then count whole; empty where nobody looked at them."""
        return next((one.why for one in self.checked if one.code == code and one.first <= last <= one.last), "")

    @classmethod
    def of_pack(cls, pack: RegionPack) -> RatingPolicy:
        """Raises PackError where the file is broken."""
        path = pack.path(NAME)
        return cls.read(path if path.is_file() else DEFAULT)

    @classmethod
    def read(cls, path: Path) -> RatingPolicy:
        """Weights are brought to a sum of 1. Raises PackError where the file is broken."""
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            stated = {code: (float(row["weight"]), str(row["why"])) for code, row in content["weights"].items()}
            total = sum(weight for weight, _ in stated.values())
            if stated.keys() != BY_CODE.keys() or total <= 0 or any(weight < 0 for weight, _ in stated.values()):
                raise ValueError(f"weights must name {', '.join(BY_CODE)}, none below nought, not all nought")
            return cls(
                version=str(content["version"]),
                equals_strength=float(content["equals_strength"]),
                prior_strength=float(content["prior_strength"]),
                fewest_entities=int(content["fewest_entities"]),
                fewest_problems=float(content["fewest_problems"]),
                authors=Authors(
                    new_days=int(content["authors"]["new_days"]["value"]),
                    known=frozenset(Identity(one) for one in content["authors"]["known_identities"]["value"]),
                ),
                tolerance=float(content["authors"]["tolerance"]["value"]),
                reasons={name: str(row["why"]) for name, row in content["authors"].items()},
                checked=tuple(
                    Checked(
                        str(row["code"]),
                        date.fromisoformat(row["first"]),
                        date.fromisoformat(row["last"]),
                        str(row["why"]),
                    )
                    for row in content.get("checked", ())
                ),
                weights={code: Weight(weight / total, why) for code, (weight, why) in stated.items()},
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise PackError(f"{path.parent.name}/{path.name}: {error}") from error
