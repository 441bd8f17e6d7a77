"""Who is new among the authors: made-up people have to be made up, and cannot have been known for long."""

from __future__ import annotations

from dataclasses import dataclass

from indicators.facts import Fact
from models.regimes import Identity


@dataclass(frozen=True, slots=True)
class Authors:
    """`new_days`: who was first heard of fewer days ago is new. `known`: who is never, for it is proved who he is."""

    new_days: int
    known: frozenset[Identity]

    def new(self, fact: Fact) -> bool:
        """Whether its author was new when he wrote. Facts of events that do not say it are nobody's trick."""
        if not fact.identity or Identity(fact.identity) in self.known:
            return False
        return fact.known_days is None or fact.known_days < self.new_days
