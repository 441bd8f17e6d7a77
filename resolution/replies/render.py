"""Letters made into text: templates of the house, and those that a region puts in their place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

from jinja2 import FileSystemLoader, PrefixLoader, StrictUndefined, Template
from jinja2.loaders import BaseLoader, ChoiceLoader
from jinja2.sandbox import SandboxedEnvironment

from models.pack import PackError, RegionPack
from models.regimes import Regime
from models.reply import LINK
from models.resolution import ReplyKind
from models.russian import plural
from resolution.replies.grammar import (
    body_in,
    clause,
    gender_of,
    in_words,
    quoted,
    salutation,
    sentence,
    until,
    where,
)
from resolution.replies.records import Letter, Outcome, Section
from resolution.replies.signatures import Signatures

HOUSE = Path(__file__).resolve().with_name("templates")
REGION = "replies"
"""The folder of a region pack with templates of its own, under the house's names."""
SUBJECTS: Mapping[ReplyKind, str] = {
    ReplyKind.ACKNOWLEDGEMENT: "Ваше обращение № {} принято",
    ReplyKind.INTERIM: "Что делается по Вашему обращению № {}",
    ReplyKind.QUESTION: "Вопрос по Вашему обращению № {}",
    ReplyKind.FINAL: "Ответ на Ваше обращение № {}",
    ReplyKind.EXTENSION: "Срок ответа на Ваше обращение № {} продлён",
    ReplyKind.FORWARDING: "На Ваше обращение № {} ответит другой орган",
    ReplyKind.REFUSAL: "Ответ на Ваше обращение № {}",
}
THANKS = "Спасибо за Ваше сообщение № {}"
GROUPS: Mapping[str, str] = {
    "ЖКХ": "utilities",
    "Энергетика": "utilities",
    "Дороги": "roads",
    "Общественный транспорт": "transport",
    "Здравоохранение": "health",
    "Обращение с отходами": "waste",
    "Благоустройство": "improvement",
}
"""Ending of the template for a group of topics, where a sentence differs: section_solved.utilities.txt."""
BLANK_LINES = re.compile(r"\n{3,}")
SPACES = re.compile(r"[ \t\u00a0]{2,}|[\t\u00a0]")  # a single space stands as it is


class Templates:
    """The templates of a region. Compiled when first asked for, then kept."""

    def __init__(self, pack: RegionPack) -> None:
        self.signatures = Signatures.of_pack(pack)
        own = pack.folder / REGION
        house = FileSystemLoader(HOUSE)
        loaders: list[BaseLoader] = [FileSystemLoader(own)] if own.is_dir() else []
        loader = ChoiceLoader([*loaders, house, PrefixLoader({"house": house})])
        made = SandboxedEnvironment(
            loader=loader, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False,
            auto_reload=False,  # what is compiled is kept: no look at the file for every letter
        )  # fmt: skip
        made.filters.update(
            until=until, day=in_words, sentence=sentence, clause=clause, quoted=quoted, body=body_in, did=did,
            plural=plural, days=days, starting=starting, lowered=lowered,
        )  # fmt: skip
        made.globals.update(LINK=LINK, region_name=pack.name)
        self._environment = made
        self._house = frozenset(house.list_templates())
        self._names = frozenset(name for name in made.list_templates() if not name.startswith("house/"))
        self._chosen: dict[tuple[str, ...], Template] = {}

    def letter(self, regime: Regime, kind: ReplyKind) -> Template:
        return self._first(f"{regime}/{kind}.txt", f"any/{kind}.txt")

    def section(self, regime: Regime, section: Section) -> Template:
        group = GROUPS.get(section.group, "other")
        name = f"section_{section.outcome}"
        return self._first(
            f"{regime}/{name}.{group}.txt", f"{regime}/{name}.txt", f"any/{name}.{group}.txt", f"any/{name}.txt"
        )

    def compiled(self, name: str) -> Template:
        """A template by its name. Raises TemplateSyntaxError."""
        return self._environment.get_template(name)

    def replaces(self, name: str) -> bool:
        """Whether a region's template of this name is ever asked for: a house one, or one for a group of topics."""
        stem, _, group = name.removesuffix(".txt").partition(".")
        return name in self._house or (f"{stem}.txt" in self._house and group in GROUPS.values())

    def _first(self, *names: str) -> Template:
        found = self._chosen.get(names)
        if found is None:
            there = next((name for name in names if name in self._names), None)
            if there is None:
                raise PackError(f"no template of a reply: {', '.join(names)}")
            found = self._chosen[names] = self._environment.get_template(there)
            found.globals = dict(found.globals)  # every letter copies them: jinja2's chain of mappings is slow at it
        return found


@lru_cache(maxsize=16)
def _templates(folder: Path) -> Templates:
    return Templates(RegionPack(folder))


def templates_of(pack: RegionPack) -> Templates:
    return _templates(pack.folder)


def subject_of(letter: Letter) -> str:
    return (THANKS if letter.dismissal else SUBJECTS[letter.kind]).format(letter.number)


def text_of(letter: Letter, templates: Templates) -> tuple[str, str]:
    """(text, name of the letter's template). Raises PackError where a template is missing."""
    template = templates.letter(letter.regime, letter.kind)
    sections = [
        templates.section(letter.regime, each).render(_about(each), letter=letter).strip() for each in letter.sections
    ]
    text = template.render(
        letter=letter,
        salutation=salutation(letter.name),
        sections=sections,
        one=len(sections) == 1,
        deadline=last_day(each.deadline for each in letter.sections),
        closed=all(each.outcome is not Outcome.FORWARDED for each in letter.sections),
        danger=any(each.urgency == DANGER for each in letter.sections),
        signature=templates.signatures.of(letter),
    )
    return neat(text), str(template.name)


DANGER = 5


def _about(section: Section) -> dict[str, object]:
    """What a template of a section may name."""
    place = where(section.spot)
    return {"it": section, "place": place, "said": said(section.quote, place)}


def said(quote: str, place: str) -> str:
    """The problem in the author's words with its place: ««Не вывозят мусор» — в Омске, на улице Ленина, дом 5»."""
    return " — ".join(part for part in (quote, place) if part)


def last_day(known: Iterable[date | None]) -> date | None:
    """The latest of the days that are known."""
    return max((day for day in known if day is not None), default=None)


def did(name: str, verb: str) -> str:
    """«выполнил Департамент», «выполнила Администрация»: the verb of the past (masculine) agrees with the body."""
    endings = {"masc": "", "femn": "а", "neut": "о"}
    gender = gender_of(name)
    return "" if gender is None else f"{verb}{endings[gender]} {name}"


def starting(text: str) -> str:
    """With a capital first letter."""
    return text[:1].upper() + text[1:]


def lowered(text: str) -> str:
    """With a small first letter, where it does not begin an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def days(number: int) -> str:
    """«в течение 15 дней»."""
    return plural(number, "дня", "дней", "дней")


def neat(text: str) -> str:
    """No double spaces, no spaces at ends of lines, at most one empty line between paragraphs."""
    lines = [line.strip() for line in SPACES.sub(" ", text).split("\n")]
    return BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()
