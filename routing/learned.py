"""What past assignments say of a new problem, and how that is joined with the decision table into one probability.

Two witnesses beside the table: experience (how often people gave problems of this topic, here, to whom) and the text
(a classifier of the words, trained on the same assignments). The three are joined as a product of powers:

    p(executor) ~ (table + FLOOR)^a * (experience + FLOOR)^b * (text + FLOOR)^c

a, b, c are fitted on problems that neither witness had seen (log loss); a witness that says nothing says the same of
everybody and falls out. Source of the form: log-linear opinion pools, C. Genest and J. Zidek, Statistical Science 1
(1986), 114-135.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from routing.experience import Experience

FLOOR = 1e-3
"""What a witness that rules an executor out is still believed to leave to him."""

SAID = 0.05
"""A text that gives an executor less than this is no reason to name."""

Reader = Callable[[Sequence[str]], Sequence[Mapping[str, float]]]
"""Probabilities of executors by code, for each text."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Powers of the three witnesses, as fitted on a region's own past."""

    table: float
    experience: float
    text: float


CAUTIOUS = Weights(table=1.0, experience=0.5, text=0.0)
"""While a region has too few choices to fit its own: the table is believed as it stands, experience half. A choice, not
a measurement."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What past assignments say of one problem: probabilities by code, and reasons in Russian."""

    experience: Mapping[str, float]
    text: Mapping[str, float]
    reasons: Mapping[str, str]
    weights: Weights = CAUTIOUS


@dataclass(frozen=True)
class Learned:
    """What a region has learnt; `read` is None where there were too few texts to learn from."""

    experience: Experience
    weights: Weights = CAUTIOUS
    read: Reader | None = None
    version: str = ""

    def opinions(
        self,
        topics: Sequence[Sequence[tuple[str, float]]],
        municipalities: Sequence[Mapping[str, float]],
        texts: Sequence[str],
    ) -> list[Opinion]:
        """One opinion a problem, of its likely topics, its likely municipalities and its words."""
        read: Sequence[Mapping[str, float]] = self.read(texts) if self.read is not None else [{} for _ in texts]
        return [
            self._opinion(some, where, words) for some, where, words in zip(topics, municipalities, read, strict=True)
        ]

    def _opinion(
        self, topics: Sequence[tuple[str, float]], where: Mapping[str, float], text: Mapping[str, float]
    ) -> Opinion:
        by_experience = self.experience.probabilities(topics, where)
        reasons = self.experience.reasons(topics, where)
        for code, probability in text.items():
            if probability >= SAID:
                said = f"слова как в прежних обращениях к этому исполнителю: {probability:.0%}".replace("%", " %")
                reasons[code] = f"{reasons[code]}; {said}" if code in reasons else said
        return Opinion(by_experience, text, reasons, self.weights)


def combined(table: Mapping[str, float], opinion: Opinion) -> dict[str, float]:
    """The joint probability of each executor that any witness names; they sum to 1."""
    weights = opinion.weights
    witnesses = [(weights.table, table), (weights.experience, opinion.experience), (weights.text, opinion.text)]
    codes = sorted({code for _, said in witnesses for code in said})
    if not codes:
        return {}
    logs = [sum(power * math.log(said.get(code, 0.0) + FLOOR) for power, said in witnesses if said) for code in codes]
    most = max(logs)
    raised = [math.exp(log - most) for log in logs]
    total = sum(raised)
    return {code: each / total for code, each in zip(codes, raised, strict=True)}
