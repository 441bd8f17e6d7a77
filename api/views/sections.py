"""The sections of the product that each role has: what stands in the row at the top, and what behind «Ещё»."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from api.security.users import Role


@dataclass(frozen=True, slots=True)
class Section:
    """One link; `prefixes` are the addresses of the pages that belong to it."""

    name: str
    path: str
    prefixes: tuple[str, ...] = ()

    def holds(self, path: str) -> bool:
        return path.startswith((self.path, *self.prefixes))


@dataclass(frozen=True, slots=True)
class Sections:
    row: tuple[Section, ...]
    more: tuple[Section, ...] = ()

    def more_holds(self, path: str) -> bool:
        return any(section.holds(path) for section in self.more)


QUEUE = Section("Очередь", "/queue", ("/appeals",))
DISMISSED = Section("Без проблемы", "/dismissed")
CHECKING = Section("Проверка", "/proofs", ("/plans",))
REPLIES = Section("Ответы", "/replies", ("/sending",))
ASSIGNMENTS = Section("Мои проблемы", "/assignments")
INCIDENTS = Section("Инциденты", "/incidents", ("/bursts",))
INSTRUCTIONS = Section("Поручения", "/instructions")
NOTICES = Section("Уведомления", "/notices")
OVERVIEW = Section("Сводка", "/overview")
MAP = Section("Карта", "/map", ("/heat",))
RATINGS = Section("Рейтинги", "/ratings")
FORECAST = Section("Прогноз", "/forecast")
VERDICTS = Section("Оценки", "/verdicts")
REPORTS = Section("Доклады", "/reports")

_OFFICE = Sections(
    (QUEUE, CHECKING, REPLIES, INCIDENTS, INSTRUCTIONS, NOTICES),
    (DISMISSED, OVERVIEW, MAP, RATINGS, FORECAST, VERDICTS, REPORTS),
)
SECTIONS: Mapping[Role, Sections] = {
    Role.OPERATOR: _OFFICE,
    Role.ADMIN: _OFFICE,
    Role.EXECUTOR: Sections((ASSIGNMENTS, RATINGS, INSTRUCTIONS, NOTICES)),
    Role.GOVERNOR: Sections((OVERVIEW, MAP, RATINGS, FORECAST, INSTRUCTIONS, NOTICES), (INCIDENTS, VERDICTS, REPORTS)),
}
