"""The letter as it is shown: numbers and days already in Russian words, for the page, the e-mail and the PDF alike."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from indicators.charts import INK, SOFT, Line, WeekChart
from indicators.reports.letter import Ahead, Letter, SpotLine
from indicators.reports.pdf import FONT
from indicators.reports.words import decimal, period
from models.russian import MONTHS, plural_form

DASH = "—"


def shown(letter: Letter, made_at: datetime, zone: ZoneInfo, font: str = FONT) -> dict[str, Any]:
    """Everything the templates need; `font` is that of the chart."""
    return {
        "title": title(letter),
        "region_name": letter.region_name,
        "made": f"Составлено {day_and_time(made_at, zone)}",
        "words": list(letter.words),
        "tiles": tiles(letter),
        "weeks_chart": weeks_chart(letter, font),
        "has_weeks": len(letter.weeks) > 1,
        "compared": bool(letter.came.previous or letter.grown),
        "has_last_year": any(before is not None for _, _, before in letter.weeks),
        "groups": [
            {
                "name": line.name,
                "now": line.came.week,
                "previous": line.came.previous,
                "last_year": DASH if line.came.last_year is None else str(line.came.last_year),
                "closed": line.closed,
                "overdue": line.overdue,
            }
            for line in letter.groups
        ],
        "grown": [
            {"name": line.name, "group_name": line.group_name, "now": line.now, "usual": decimal(line.usual)}
            for line in letter.grown
        ],
        "spots": [spot(line) for line in letter.spots],
        "worst": [topic(line) for line in letter.worst],
        "best": [topic(line) for line in letter.best],
        "rated": [
            {
                "name": line.name,
                "problems": line.problems,
                "score": decimal(line.score),
                "interval": f"{decimal(line.low)}–{decimal(line.high)}",
            }
            for line in letter.rated
        ],
        "ahead": ahead(letter.ahead),
    }


def title(letter: Letter) -> str:
    """«Неделя с 9 по 15 ноября 2026 года»."""
    return f"Неделя {period(letter.first_day, letter.last_day)} {letter.last_day[:4]} года"


def tiles(letter: Letter) -> list[dict[str, Any]]:
    """The four numbers at the top."""
    return [
        {"number": str(letter.came.week), "words": plural_form(letter.came.week, *CAME), "alert": False},
        {"number": str(letter.solved.week), "words": plural_form(letter.solved.week, *SOLVED), "alert": False},
        {"number": str(letter.open), "words": "в работе", "alert": False},
        {"number": str(letter.overdue), "words": "из них просрочено", "alert": letter.overdue > 0},
    ]


CAME = ("проблема поступила", "проблемы поступили", "проблем поступило")
SOLVED = ("решена", "решены", "решено")


def weeks_chart(letter: Letter, font: str) -> str:
    """Half a year of weeks, and the same weeks of the year before where they are known."""
    lines: Sequence[Line] = [Line("проблем в неделю", [float(count) for _, count, _ in letter.weeks], INK)]
    before = [None if count is None else float(count) for _, _, count in letter.weeks]
    if any(count is not None for count in before):
        lines = [Line("год назад", before, SOFT, "5 4", 1.2), *lines]
    mondays = [date.fromisoformat(day) for day, _, _ in letter.weeks]
    return WeekChart("Проблем в неделю", mondays, lines, height=220, font=font).svg()


def topic(line: Any) -> dict[str, Any]:
    return {
        "name": line.name,
        "ended": line.ended,
        "late": line.late,
        "share": f"{round(line.late_share * 100)}\u00a0%",
    }


def spot(line: SpotLine) -> dict[str, Any]:
    where = line.municipality or "без привязки к муниципалитету"
    return {
        "name": f"{where}: {line.group_name or 'все темы'}",
        "appeals": line.appeals,
        "expected": decimal(line.expected),
        "first_day": day_words(date.fromisoformat(line.first_day)),
    }


def ahead(told: Ahead | None) -> dict[str, Any] | None:
    if told is None:
        return None
    words = (
        f"На четыре недели: около {round(told.problems)}, в спокойном случае {round(told.low)}, "
        f"в тяжёлом — {round(told.high)}. За прошедшие четыре было {told.last_four}."
    )
    if told.method != "model":
        words += " Модель здесь не точнее простой догадки, поэтому показана догадка."
    rows = [{"name": name, "foretold": str(round(value)), "last": last} for name, value, last in told.groups]
    return {"words": words, "groups": rows}


def day_words(day: date) -> str:
    return f"{day.day}\u00a0{MONTHS[day.month - 1]}"


def day_and_time(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{day_words(local.date())} {local.year} года в {local.hour}:{local.minute:02d}"
