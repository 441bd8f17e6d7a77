"""Days in words."""

from __future__ import annotations

from datetime import date

from models.russian import day_in_words


def until(day: date) -> str:
    """«до 27 ноября 2026 года»."""
    return f"до {day_in_words(day)}"
