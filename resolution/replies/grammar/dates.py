"""Days in words."""

from __future__ import annotations

from datetime import date

from models.russian import MONTHS


def in_words(day: date) -> str:
    """«27 ноября 2026 года»."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year} года"


def until(day: date) -> str:
    """«до 27 ноября 2026 года»."""
    return f"до {in_words(day)}"
