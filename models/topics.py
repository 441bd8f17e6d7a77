"""Topics: what a problem is about, in a tree of groups."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """One leaf of the topic tree of a region. `code` is «GG.NNN»: group number, topic number; it never changes."""

    code: str
    name: str
    group: str
    """Name of the group, «Дороги»."""


@dataclass(frozen=True, slots=True)
class TopicGuess:
    """One guess of the classifier with its calibrated probability."""

    code: str
    name: str
    group: str
    probability: float


@dataclass(frozen=True, slots=True)
class TopicDecision:
    """The classifier's answer for one problem.

    `guesses` are the three most probable topics, best first; `group` and `group_probability` the most probable group
    (probabilities of topics summed over a group). `decided` is true where the group's probability passes the
    threshold above which the machine was right 95 times in 100 on data it had not seen; `words` are the words
    that spoke most for the first guess.
    """

    guesses: tuple[TopicGuess, ...]
    group: str
    group_probability: float
    decided: bool
    words: tuple[str, ...] = ()

    @property
    def best(self) -> TopicGuess:
        return self.guesses[0]
