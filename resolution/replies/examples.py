"""docs/replies-examples.md: an example of each reply, made by the templates themselves from an invented appeal.

`python -m resolution.replies.examples > docs/replies-examples.md`; a test holds the page to it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from uuid import UUID

from models.message import Channel
from models.pack import load_pack
from models.places import PlaceLevel
from models.regimes import Regime
from models.resolution import ReplyKind
from resolution.replies.grammar import Spot
from resolution.replies.records import Letter, Outcome, Section
from resolution.replies.render import subject_of, templates_of, text_of

HEAD = """# Examples of replies

Made by `python -m resolution.replies.examples` from an invented appeal; what they are for stands in
[replies.md](replies.md). `{ссылка}` becomes the author's secret link when a reply is sent or shown.
"""
WASTE = Section(
    problem_id=UUID(int=1),
    source=None,
    outcome=Outcome.UNDERSTOOD,
    topic="Вывоз мусора",
    group="Обращение с отходами",
    spot=Spot(PlaceLevel.HOUSE, "Омск г.о.", "Омск", "город", "Тополиная улица", "14"),
    quote="«Во дворе вторую неделю не вывозят мусор, контейнеры переполнены»",
    executor="Департамент городского хозяйства",
    deadline=date(2026, 11, 25),
)
LIGHT = replace(
    WASTE,
    problem_id=UUID(int=2),
    topic="Освещение",
    group="Благоустройство",
    spot=Spot(PlaceLevel.STREET, "Тарский район", "Светлый", "посёлок", "1-й Береговой переулок"),
    quote="«Не горит фонарь на углу»",
    executor="Администрация Тарского муниципального района",
)
DONE = replace(
    WASTE,
    outcome=Outcome.SOLVED,
    words="Контейнеры вывезли и помыли, площадку подмели. Мусоровоз теперь приезжает каждый день до 9 утра.",
    done_on=date(2026, 11, 24),
    photos=2,
)
REFUSED = replace(
    LIGHT,
    outcome=Outcome.REFUSED,
    words="Фонарь стоит на земле садового товарищества и принадлежит ему. Председателю мы написали и дали смету.",
    ground="статья 14 Федерального закона от 06.10.2003 № 131-ФЗ",
)
SHOWN: tuple[tuple[str, ReplyKind, Regime, tuple[Section, ...]], ...] = (
    ("Acknowledgement, portal", ReplyKind.ACKNOWLEDGEMENT, Regime.PORTAL, (WASTE, LIGHT)),
    ("Acknowledgement, 59-ФЗ, danger to life", ReplyKind.ACKNOWLEDGEMENT, Regime.FZ59, (replace(WASTE, urgency=5),)),
    ("Acknowledgement, open sources", ReplyKind.ACKNOWLEDGEMENT, Regime.OPEN_SOURCES, (WASTE,)),
    (
        "Interim, platform",
        ReplyKind.INTERIM,
        Regime.PLATFORM,
        (
            replace(
                LIGHT,
                outcome=Outcome.BY_DATE,
                due=date(2026, 12, 4),
                words="Заменим лампу и проверим кабель до подстанции; вышка заказана на 3 декабря.",
            ),
        ),
    ),
    (
        "Question, portal",
        ReplyKind.QUESTION,
        Regime.PORTAL,
        (replace(LIGHT, outcome=Outcome.ASKED, words="Фонарей на переулке шесть.", ground="у какого дома не горит?"),),
    ),
    ("Final, 59-ФЗ, two problems", ReplyKind.FINAL, Regime.FZ59, (DONE, REFUSED)),
    ("Final, open sources", ReplyKind.FINAL, Regime.OPEN_SOURCES, (DONE,)),
    (
        "Final, portal, in a programme",
        ReplyKind.FINAL,
        Regime.PORTAL,
        (
            replace(
                LIGHT,
                outcome=Outcome.PROGRAMME,
                due=date(2027, 12, 31),
                ground="«Светлый район», мероприятие 3, линия вдоль 1-го Берегового переулка",
                words="До этого осветим угол фонарём на солнечной батарее.",
            ),
        ),
    ),
    ("Refusal, portal", ReplyKind.REFUSAL, Regime.PORTAL, (REFUSED,)),
    (
        "Forwarding, 59-ФЗ",
        ReplyKind.FORWARDING,
        Regime.FZ59,
        (replace(LIGHT, outcome=Outcome.FORWARDED, ground="Министерство энергетики Омской области"),),
    ),
    (
        "Extension, 59-ФЗ",
        ReplyKind.EXTENSION,
        Regime.FZ59,
        (replace(WASTE, outcome=Outcome.EXTENDED, deadline=date(2027, 1, 20)),),
    ),
    (
        "Reopened, portal",
        ReplyKind.INTERIM,
        Regime.PORTAL,
        (replace(WASTE, outcome=Outcome.REOPENED, deadline=date(2026, 12, 8)),),
    ),
)


def page() -> Iterator[str]:
    """The lines of the page."""
    yield HEAD
    templates = templates_of(load_pack("omsk"))
    for name, kind, regime, sections in SHOWN:
        letter = Letter(
            UUID(int=3), "omsk", kind, UUID(int=4), regime, Channel.FORM, "ОМ-2026-0000123", date(2026, 11, 20),
            "Сидорова Анна Петровна", sections,
        )  # fmt: skip
        yield f"## {name}\n\n**{subject_of(letter)}**\n\n```text\n{text_of(letter, templates)[0]}\n```\n"


if __name__ == "__main__":
    sys.stdout.write("\n".join(page()))
