"""Russian as every room writes it for people: the forms of a word beside a number, the names of months."""

from __future__ import annotations

from datetime import date

MONTHS = (
    "января", "февраля", "марта", "апреля", "мая", "июня",
    "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip


def plural(number: int, one: str, few: str, many: str) -> str:
    """«1 проблема», «2 проблемы», «5 проблем»: the number with the right form of the word."""
    return f"{number} {plural_form(number, one, few, many)}"


def plural_form(number: int, one: str, few: str, many: str) -> str:
    """The form of the word alone."""
    tens, units = abs(number) % 100, abs(number) % 10
    if 10 < tens < 20 or units == 0 or units > 4:
        return many
    return one if units == 1 else few


def day_in_words(day: date) -> str:
    """«27 ноября 2026 года»."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year} года"
