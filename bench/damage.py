"""How much of what the engine says survives when texts are damaged: `python -m bench.damage [--file CSV] [--texts N]`.

Every text is written in Latin letters by three schemes, typed with the keys of the wrong layout, broken as recognition
breaks it, and so on; the answers are compared with those for the text as it was. `without` are the same damaged texts
with the readers of nlp.script switched off. `--false` counts the texts of the file that the readers change undamaged.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bench.facts import share
from bench.nlp import sample_texts, texts_of
from models.analysis import Analysis, SourceText
from models.facts import FactKind
from models.pack import load_pack
from nlp import clean
from nlp.pipeline import Engine

SENT = datetime(2026, 1, 20, 6, tzinfo=UTC)
LATIN = dict(zip("абвгдезиклмнопрстуф", "abvgdeziklmnoprstuf", strict=True))
SCHEMES = {
    # ICAO Doc 9303 as Russian passports have it, GOST 7.79-2000 system B, and by ear
    "passport": "ё=e ж=zh й=i х=kh ц=ts ч=ch ш=sh щ=shch ы=y ь= ъ=ie э=e ю=iu я=ia",
    "GOST 7.79": "ё=yo ж=zh й=j х=x ц=cz ч=ch ш=sh щ=shh ы=y' ь=' ъ='' э=e' ю=yu я=ya",
    "by ear": "ё=e ж=zh й=y х=h ц=c ч=ch ш=sh щ=sch ы=i ь= ъ= э=e ю=yu я=ya",
}
KEYS = dict(
    zip("йцукенгшщзхъфывапролджэячсмитьбюёЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮЁ.,?",
        "qwertyuiop[]asdfghjkl;'zxcvbnm,.`QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>~/?&", strict=True)
)  # fmt: skip
TWINS = dict(zip("асеорху", "aceopxy", strict=True))
DIGITS = {"о": "0", "з": "3"}


def latin(scheme: str) -> Callable[[str], str]:
    letters = LATIN | dict(pair.split("=") for pair in scheme.split(" "))
    table = str.maketrans(letters | {one.upper(): other.capitalize() for one, other in letters.items()})
    return lambda text: text.translate(table)


def recognised(text: str) -> str:
    """Letters as digits and as Latin twins, spaces inside words and lost, hyphens at the ends of lines."""
    chance = random.Random(text)
    out = []
    for char in text:
        luck = chance.random()
        if luck < 0.03 and char in DIGITS | TWINS:
            out.append((DIGITS | TWINS)[char])
        elif luck < 0.01 and char.isalpha():
            out.append(f"{char} ")
        elif luck >= 0.02 or char != " ":
            out.append(char)
    words = "".join(out).split(" ")
    for at in range(7, len(words), 8):
        if len(words[at]) > 6 and words[at].isalpha():
            words[at] = f"{words[at][: len(words[at]) // 2]}-\n{words[at][len(words[at]) // 2 :]}"
    return " ".join(words)


def drawn_out(text: str) -> str:
    chance = random.Random(text)
    return re.sub("[аеоуыи]", lambda vowel: vowel[0] * chance.choice([1, 1, 1, 1, 3, 4]), text)


def keyed(text: str) -> str:
    return "".join(KEYS.get(char, char) for char in text)


DAMAGES: dict[str, Callable[[str], str]] = {
    **{f"Latin letters, {name}": latin(scheme) for name, scheme in SCHEMES.items()},
    "keys of the wrong layout": keyed,
    "recognition": recognised,
    "no spaces": lambda text: text.replace(" ", ""),
    "letters drawn out": drawn_out,
    "capitals": str.upper,
    "zero-width characters": "\u200b".join,
}


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    texts = texts_of(options.file) if options.file else sample_texts(options.region)
    if options.false:
        changed = sum(clean.clean(text).is_reading for text in texts)
        sys.stdout.write(json.dumps({"texts": len(texts), "read otherwise": changed}) + "\n")
        return 0
    texts = [text for text in texts if not re.search("[A-Za-z]", text)]
    texts = random.Random(7).sample(texts, min(options.texts, len(texts)))
    engine = Engine.of_pack(load_pack(options.region))
    plain = answers(engine, texts)
    told = {"texts": len(texts)} | {name: line(engine, plain, list(map(do, texts))) for name, do in DAMAGES.items()}
    sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=1) + "\n")
    return 0


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m bench.damage", description=__doc__)
    made.add_argument("--file", type=Path, help="CSV with a column text; without it the region's sample appeals")
    made.add_argument("--texts", type=int, default=300, help="texts at most, by a fixed draw")
    made.add_argument("--false", action="store_true", help="count undamaged texts that are read otherwise")
    made.add_argument("--region", default="omsk", help="region pack whose engine is measured")
    return made


def answers(engine: Engine, texts: Sequence[str]) -> list[Analysis]:
    return engine.analyse([SourceText(text, SENT) for text in texts])


def line(engine: Engine, plain: Sequence[Analysis], damaged: Sequence[str]) -> dict[str, Any]:
    """Shares of texts with the same topics, with the same streets, and of facts found again."""
    found = answers(engine, damaged)
    with patch.object(clean, "READERS", ()):
        bare = answers(engine, damaged)
    return agreement(plain, found) | {"without": agreement(plain, bare)}


def agreement(plain: Sequence[Analysis], found: Sequence[Analysis]) -> dict[str, Any]:
    pairs = list(zip(plain, found, strict=True))
    named = [(one, two) for one, two in pairs if any(streets(one))]
    facts = [(fact in values(two)) for one, two in pairs for fact in values(one)]
    return {
        "topics": share(sum(topics(one) == topics(two) for one, two in pairs), len(pairs)),
        "streets": share(sum(streets(one) == streets(two) for one, two in named), len(named)),
        "facts": share(sum(facts), len(facts)),
    }


def topics(analysis: Analysis) -> set[str]:
    return {draft.topic.best.code for draft in analysis.problems}


def streets(analysis: Analysis) -> set[str]:
    return {draft.place.street for draft in analysis.problems} - {""}


def values(analysis: Analysis) -> set[tuple[FactKind, str]]:
    facts = {fact for draft in analysis.problems for fact in draft.facts}
    return {(fact.kind, fact.value.lower()) for fact in facts if fact.kind is not FactKind.ADDRESS}


if __name__ == "__main__":
    sys.exit(main())
