"""The terms of a regime: its clocks, by what right, and when they may pause; data of the policy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from models.regimes import Regime
from sla.term import Basis, Term

ANY = "*"


@dataclass(frozen=True, slots=True)
class Danger:
    """The term of solving a problem of this urgency (1-5) or a higher one, whatever its topic."""

    urgency: int
    term: Term

    def __post_init__(self) -> None:
        if not 1 <= self.urgency <= 5:
            raise ValueError(f"danger at an urgency of {self.urgency}")

    @classmethod
    def of_json(cls, row: Mapping[str, Any]) -> Danger:
        return cls(int(row["urgency"]), Term.of_json(row))


@dataclass(frozen=True, slots=True)
class PauseRule:
    """A reason for which clocks of solving may stand, `most` altogether, under these regimes."""

    reason: str
    what: str
    most: timedelta
    regimes: frozenset[Regime]
    basis: Basis
    source: str

    @classmethod
    def of_json(cls, row: Mapping[str, Any]) -> PauseRule:
        days = int(row["most_days"])
        if days < 1:
            raise ValueError(f"a pause of {days} days")
        return cls(
            str(row["reason"]),
            str(row["what"]),
            timedelta(days=days),
            frozenset(map(Regime, row["regimes"])),
            Basis(row["basis"]),
            str(row["source"]),
        )


def solve_rows(rows: Iterable[Mapping[str, Any]]) -> dict[str, Term]:
    """Terms by topic code, group number or «*», which must be there."""
    solve: dict[str, Term] = {}
    for row in rows:
        term = Term.of_json(row)
        for topic in row["topics"]:
            if topic in solve:
                raise ValueError(f"two rows of solve for {topic}")
            solve[topic] = term
    if ANY not in solve:
        raise ValueError("solve has no row for «*»")
    return solve


def of_topic(rows: Mapping[str, Term], topic: str) -> Term:
    """The term of a topic: its own row, that of its group, or that for all."""
    for key in (topic, topic.partition(".")[0]):
        if key in rows:
            return rows[key]
    return rows[ANY]


@dataclass(frozen=True, slots=True)
class RegimeTerms:
    """One regime in one version of the policy. None: the regime has no such term.

    `solve`: by topic; None: as the policy's own. `final`: from an interim answer on; None: an interim answer changes
    nothing. `reopened`: of a new stage; None: as of the first. `at_acceptance`: the number that Otklik gives is the
    registration; otherwise the office registers.
    """

    name: str
    source: str
    basis: Basis
    solve: Mapping[str, Term] | None = None
    important: Danger | None = None
    final: Term | None = None
    reopened: Term | None = None
    extension: Term | None = None
    registration: Term | None = None
    at_acceptance: bool = True
    forwarding: Term | None = None

    @property
    def terms(self) -> Iterator[Term]:
        """Every term of it."""
        yield from (self.solve or {}).values()
        yield from filter(None, (self.final, self.reopened, self.extension, self.registration, self.forwarding))
        if self.important is not None:
            yield self.important.term

    @classmethod
    def of_json(cls, row: Mapping[str, Any]) -> RegimeTerms:
        """Raises ValueError or KeyError where something is missing or wrong."""
        return cls(
            name=str(row["name"]),
            source=str(row["source"]),
            basis=Basis(row["basis"]),
            solve=solve_rows(row["solve"]) if "solve" in row else None,
            important=Danger.of_json(row["important"]) if "important" in row else None,
            final=_term(row, "final"),
            reopened=_term(row, "reopened"),
            extension=_term(row, "extension"),
            registration=_term(row, "registration"),
            at_acceptance=bool(row.get("at_acceptance", True)),
            forwarding=_term(row, "forwarding"),
        )


def _term(row: Mapping[str, Any], name: str) -> Term | None:
    return Term.of_json(row[name]) if name in row else None


PORTAL = RegimeTerms("сообщение на портале", "", Basis.PRACTICE)
"""What a regime is that a policy does not tell of: its clocks run by the policy's own rows."""
