"""How people of a region gave problems away before: counts by topic and municipality, smoothed from coarse to fine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

SMOOTHING = 2.0
"""Choices that the coarser level counts for beside those at hand (Dirichlet prior). From 0.5 to 8 the joint log
loss on Kursk and Ryazan differs by less than 1 %."""

ENOUGH = 3
"""Choices from which a share is a reason to name to an operator."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One problem that a person gave to an executor. `municipality` is empty where the place was not known."""

    topic: str
    municipality: str
    executor: str


@dataclass(frozen=True)
class Experience:
    """Choices counted. The levels, from fine to coarse: topic here, topic, group of topics, all."""

    choices: Mapping[Choice, int] = field(default_factory=dict)

    @classmethod
    def of(cls, choices: Iterable[Choice]) -> Experience:
        counted: dict[Choice, int] = {}
        for choice in choices:
            counted[choice] = counted.get(choice, 0) + 1
        return cls(counted)

    @cached_property
    def _counts(self) -> Mapping[tuple[str, str], Mapping[str, int]]:
        """Executors' counts by (topic or group or "", municipality or "")."""
        counts: dict[tuple[str, str], dict[str, int]] = {}
        for choice, times in self.choices.items():
            for level in set(levels(choice.topic, choice.municipality)):
                found = counts.setdefault(level, {})
                found[choice.executor] = found.get(choice.executor, 0) + times
        return counts

    @cached_property
    def _known(self) -> dict[tuple[str, str], Mapping[str, float]]:
        return {}

    def of_one(self, topic: str, municipality: str) -> Mapping[str, float]:
        """Probabilities of executors for one topic at one place; empty where nothing was ever chosen."""
        known = self._known.get((topic, municipality))
        if known is None:
            known = self._known[topic, municipality] = self._smoothed(topic, municipality)
        return known

    def _smoothed(self, topic: str, municipality: str) -> dict[str, float]:
        found: dict[str, float] = {}
        for level in reversed(levels(topic, municipality)):
            counts = self._counts.get(level)
            if not counts:
                continue
            total = sum(counts.values())
            kept = SMOOTHING if found else 0.0
            codes = found.keys() | counts.keys()
            found = {code: (counts.get(code, 0) + kept * found.get(code, 0.0)) / (total + kept) for code in codes}
        return found

    def probabilities(self, topics: Sequence[tuple[str, float]], where: Mapping[str, float]) -> dict[str, float]:
        """The same for likely topics (code, probability) and likely municipalities; what is left is «not known»."""
        summed: dict[str, float] = {}
        for topic, chance in topics:
            for municipality, here in _with_unknown(where):
                for code, probability in self.of_one(topic, municipality).items():
                    summed[code] = summed.get(code, 0.0) + chance * here * probability
        total = sum(summed.values())
        return {code: each / total for code, each in summed.items()} if total else {}

    def reasons(self, topics: Sequence[tuple[str, float]], where: Mapping[str, float]) -> dict[str, str]:
        """For each executor the share of like problems he got, in words, from the finest level with enough of them."""
        if not topics:
            return {}
        topic = max(topics, key=lambda each: each[1])[0]
        municipality = max(where, key=lambda name: where[name], default="")
        # the coarsest level, all problems there ever were, is no likeness
        for level in levels(topic, municipality)[:-1]:
            counts = self._counts.get(level, {})
            total = sum(counts.values())
            if total >= ENOUGH:
                return {code: f"так решали похожие обращения: {count} из {total}" for code, count in counts.items()}
        return {}


def levels(topic: str, municipality: str) -> list[tuple[str, str]]:
    """From fine to coarse, each once."""
    group = topic.partition(".")[0]
    return list(dict.fromkeys([(topic, municipality), (topic, ""), (group, ""), ("", "")]))


def _with_unknown(where: Mapping[str, float]) -> list[tuple[str, float]]:
    left = 1.0 - sum(where.values())
    return [*where.items(), ("", left)] if left > 1e-9 else list(where.items())
