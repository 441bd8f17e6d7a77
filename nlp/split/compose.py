"""Texts with two and more problems, made of texts with one: what the boundary model learns from.

People join their troubles in many ways; the composer knows the common ones, and spoils punctuation and capitals as
people do.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

SHORTENED = 0.3
"""Share of parts of which only the first sentences are kept."""
GREETING = re.compile(
    r"^\W*(?:здравствуйте|добр(?:ый|ое|ого)\s+(?:день|вечер|утро|дня|вечера|времени суток)|уважаем\w+\s+\w+)"
    r"[\s,!.)]*",
    re.IGNORECASE,
)
JOINERS = (
    (6, "\n"), (3, "\n\n"), (8, " "), (4, ". "), (1, "; "), (1, ", "), (1, " и "),
    (2, " Также "), (1, ". Так же "), (2, ", а также "), (2, ". Кроме того, "
    ""), (2, " И ещё: "), (1, " И еще "), (2, " А ещё "),
    (1, ". Ещё "), (1, ". Второй вопрос: "
    ""), (1, " Во-вторых, "), (1, ". Помимо этого "), (1, "\nТакже "), (1, "\nИ еще, "),
    (1, ". Заодно "), (1, ". Отдельно: "), (2, ", и "), (1, " P.S. "), (1, " Плюс ко всему "), (1, "\nЕщё вопрос: "),
    (1, ". Хочу также обратить внимание: "), (1, " И второе: "), (1, ". Вдобавок "), (1, " Кстати, "),
)  # fmt: skip
"""Weight and joiner."""
CLAUSE_JOINERS = (", и ", " и ", ", ", ", а ", ". ", " а также ", ", также ", " и ещё ", "\n")
BRIEF_WORDS = (3, 14)
"""Words of a sentence that can be a part of such a text."""
LISTS = ("{n}) ", "{n}. ", "- ", "— ", "{n}.")


def compose(texts: Sequence[str], random: Random) -> tuple[str, list[int]]:
    """One text of several, and the offset at which each of them begins. Needs at least one text, none blank."""
    parts = [_trimmed(text, first=at == 0, random=random) for at, text in enumerate(texts)]
    if len(parts) > 1 and random.random() < 0.12:
        return _listed(parts, random)
    lowered = random.random() < 0.12
    bare = random.random() < 0.12
    joined, starts = "", []
    for at, part in enumerate(parts):
        if at:
            joiner = random.choices([text for _, text in JOINERS], [weight for weight, _ in JOINERS])[0]
            if joiner[0] in ".;," and joined[-1] in ".!?…;,":
                joiner = joiner[1:]
            if joiner[-1] == " " and joiner.strip(" .") and random.random() < 0.6:
                part = part[0].lower() + part[1:]
            starts.append(len(joined) + len(joiner) - len(joiner.lstrip(" \n.,;")))
            joined += joiner
        else:
            starts.append(0)
        joined += _bare(part) if bare else part
    return (joined.lower() if lowered else joined), starts


def compose_clauses(texts: Sequence[str], random: Random) -> tuple[str, list[int]]:
    """«Не горит фонарь, и мусор не вывозят»: of the first short sentences of texts; of none where they have none."""
    parts = [_brief(text) for text in texts]
    if not all(parts):
        return "", []
    joined, starts = parts[0], [0]
    for part in parts[1:]:
        joiner = random.choice(CLAUSE_JOINERS)
        starts.append(len(joined) + len(joiner) - len(joiner.lstrip(" \n.,")))
        joined += joiner + (part if joiner in {". ", "\n"} else part[0].lower() + part[1:])
    return joined, starts


def _brief(text: str) -> str:
    """The first sentence of the text after its greeting, without its end; empty if it is too short or too long."""
    first = re.split(r"[.!?\n]", GREETING.sub("", text).strip(), maxsplit=1)[0].strip(" ,;:")
    return first if BRIEF_WORDS[0] <= len(first.split()) <= BRIEF_WORDS[1] else ""


def _listed(parts: Sequence[str], random: Random) -> tuple[str, list[int]]:
    mark = random.choice(LISTS)
    gap = "\n" if "{n}" not in mark or random.random() < 0.6 else " "
    joined, starts = "", []
    for at, part in enumerate(parts):
        if at:
            joined += gap
        starts.append(len(joined))
        joined += mark.format(n=at + 1) + part
    return joined, starts


def _trimmed(text: str, first: bool, random: Random) -> str:
    """Now and then without its greeting (the second part more often), now and then its beginning only."""
    if random.random() < (0.2 if first else 0.6):
        text = GREETING.sub("", text) or text
    if random.random() < SHORTENED:
        sentences = re.split(r"(?<=[.!?\n])\s+", text)
        kept = " ".join(sentences[: random.randint(1, 3)])
        text = kept if len(kept.split()) > 3 else text
    return text.strip()


def _bare(text: str) -> str:
    """The text as those write it who know no punctuation."""
    return re.sub(r"\s+", " ", re.sub(r"[.,!?;:…]+(?=\s|$)", " ", text)).strip() or text
