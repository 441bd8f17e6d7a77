"""Problems to measure the search for repeats with: made-up texts of real words, and copies spoilt in known ways."""

from __future__ import annotations

import random
import re
from bisect import bisect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate, pairwise
from uuid import UUID

import h3

from nlp.repeats.records import Comparable, Locality

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
YEARS = 2
"""The problems are spread evenly over so many years before NOW."""
GROUPS = 23
TOPICS_OF_GROUP = 8
STREETS = 400
HOUSES_OF_STREET = 25
PEOPLE = 400_000
GREETINGS = ("Здравствуйте! ", "Добрый вечер, обращаюсь к вам снова. ", "Перешлите ответственным: ")
LETTERS = "абвгдежзиклмнопрстуфхцчшыьэюя"
SENTENCE = re.compile(r"(?<=[.!?\n])\s+")


class Writer:
    """Writes texts in which each word follows one it follows in the real ones (a Markov chain), of their lengths."""

    def __init__(self, texts: Sequence[str], chance: random.Random) -> None:
        self.chance = chance
        words = [text.split() for text in texts]
        self.lengths = [len(each) for each in words]
        self.first = [each[0] for each in words if each]
        self.after: dict[str, list[str]] = {}
        for each in words:
            for one, two in pairwise(each):
                self.after.setdefault(one, []).append(two)

    def text(self) -> str:
        pick = self.chance.random
        length = self.lengths[int(pick() * len(self.lengths))]
        word = self.first[int(pick() * len(self.first))]
        words = [word]
        while len(words) < length:
            following = self.after.get(word) or self.first
            word = following[int(pick() * len(following))]
            words.append(word)
        return " ".join(words)


def problems(texts: Sequence[str], count: int, seed: int) -> Iterator[Comparable]:
    """`count` problems of one region in the order of their sending, by different people in many places."""
    chance = random.Random(seed)
    writer = Writer(texts, chance)
    weights = list(accumulate(1 / (rank + 1) for rank in range(GROUPS)))
    for number in range(count):
        group = bisect(weights, chance.random() * weights[-1])
        yield Comparable(
            problem_id=UUID(int=chance.getrandbits(128)),
            appeal_id=UUID(int=chance.getrandbits(128)),
            region="omsk",
            text=writer.text(),
            sent_at=NOW - timedelta(days=365 * YEARS) * (1 - number / count),
            topic=f"{group:02}.{chance.randrange(TOPICS_OF_GROUP):03}",
            group=f"группа {group}",
            authors=frozenset({f"email:{chance.randrange(PEOPLE)}@example.org"}),
            localities=(place(chance),),
        )


def place(chance: random.Random) -> Locality:
    """A house (55 of 100), a street (15) or a town alone; houses of a street lie in a row 30 m apart."""
    kind = chance.random()
    if kind > 0.7:
        return Locality("Омск")
    street = chance.randrange(STREETS)
    if kind > 0.55:
        return Locality("Омск", f"улица {street}")
    house = chance.randrange(HOUSES_OF_STREET)
    latitude, longitude = 54.9 + 0.01 * (street % 20), 73.2 + 0.02 * (street // 20) + 0.0005 * house
    return Locality("Омск", f"улица {street}", str(house), h3.latlng_to_cell(latitude, longitude, 9))


def copies(
    originals: Sequence[Comparable], spoil: Callable[[str, random.Random], str], seed: int
) -> Iterator[Comparable]:
    """A copy of each by an unknown person who names no place, so that its words alone can lead to the original."""
    chance = random.Random(seed)
    for original in originals:
        yield replace(
            original,
            problem_id=UUID(int=chance.getrandbits(128)),
            appeal_id=UUID(int=chance.getrandbits(128)),
            text=spoil(original.text, chance),
            sent_at=NOW,
            authors=frozenset(),
            localities=(Locality("Омск"),),
        )


def typos(share: float) -> Callable[[str, random.Random], str]:
    """Every so many of 100 letters lost, doubled or mistaken."""

    def spoil(text: str, chance: random.Random) -> str:
        letters = list(text)
        for _ in range(max(1, round(share * len(letters)))):
            at = chance.randrange(len(letters))
            if letters[at].isalpha():
                letters[at] = chance.choice(["", letters[at] * 2, chance.choice(LETTERS)])
        return "".join(letters)

    return spoil


def cut(share: float) -> Callable[[str, random.Random], str]:
    """The first or the last part alone."""

    def spoil(text: str, chance: random.Random) -> str:
        kept = round(share * len(text))
        return text[:kept] if chance.random() < 0.5 else text[-kept:]

    return spoil


def greeted(text: str, chance: random.Random) -> str:
    return chance.choice(GREETINGS) + text


def reordered(text: str, chance: random.Random) -> str:
    """Sentences shuffled; a text of one is turned about in the middle."""
    sentences = SENTENCE.split(text)
    if len(sentences) < 2:
        return text[len(text) // 2 :] + " " + text[: len(text) // 2]
    chance.shuffle(sentences)
    return " ".join(sentences)


def all_at_once(text: str, chance: random.Random) -> str:
    """Greeted, a fifth cut off, one letter of a hundred wrong."""
    return greeted(typos(0.01)(cut(0.8)(text, chance), chance), chance)


SPOILT: Mapping[str, Callable[[str, random.Random], str]] = {
    "typos in 1 % of letters": typos(0.01),
    "typos in 3 % of letters": typos(0.03),
    "cut to 70 %": cut(0.7),
    "cut to 50 %": cut(0.5),
    "greeting put before": greeted,
    "sentences reordered": reordered,
    "greeting, cut to 80 %, typos 1 %": all_at_once,
}
