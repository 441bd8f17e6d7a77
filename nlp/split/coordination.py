"""«Нет горячей воды и отопления»: two things that are missing in one clause are two problems if they are two topics.

Only where the text complains of exactly that: a story of one burst pipe that left people without both is one problem.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from nlp.split.units import Unit
from nlp.words import Word

UTILITIES = {
    lemma: utility
    for utility, lemmas in (
        ("heating", "отопление тепло теплоснабжение"),
        ("water", "вода водоснабжение гвс хвс"),
        ("power", "свет электричество электроэнергия электроснабжение"),
        ("gas", "газ газоснабжение"),
        ("internet", "интернет"),
    )
    for lemma in lemmas.split()
}
"""Lemma -> what is supplied; each is a topic of its own in every region's tree."""
MISSING = frozenset(
    "нет нету без отсутствовать отсутствие отключить отключать отключение отключен пропасть вырубить исчезнуть "
    "перебой".split()
)
CAUSES = frozenset("авария прорыв порыв прорвать порвать рвануть лопнуть труба теплотрасса коммунальный город".split())
"""Words that tell of one cause behind both."""
JOINTS = frozenset({"и", "ни", ",", "/", "+", "или"})
FARTHEST = 5
"""Words between the two nouns at most («отопления и уже давно горячей воды»)."""
LONGEST = 60
"""Words of a text in which a pair can be what the whole text is about."""


def coordinated(words: Sequence[Word], units: Sequence[Unit]) -> list[int]:
    """The words with which the second and each further utility of such a row begins; nearly always none."""
    if len(words) > LONGEST or any(word.lemma in CAUSES for word in words):
        return []
    for unit in units:
        inside = range(unit.first, unit.last)
        if not any(words[at].lemma in MISSING for at in inside):
            continue
        named = [at for at in inside if words[at].lemma in UTILITIES]
        cuts = [cut for one, two in pairwise(named) if (cut := _second(words, one, two)) is not None]
        if cuts:
            return cuts
    return []


def _second(words: Sequence[Word], one: int, two: int) -> int | None:
    """Where the second begins of two different utilities with a conjunction or a comma between them."""
    joint = next((at for at in range(one + 1, two) if words[at].lower in JOINTS), None)
    differ = UTILITIES[words[one].lemma] != UTILITIES[words[two].lemma]
    return joint + 1 if differ and joint is not None and two - one <= FARTHEST else None
