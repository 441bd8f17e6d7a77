"""The lists on screen as tables of a file: their columns, in the words of the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from zoneinfo import ZoneInfo

from api.tables import Columns, Row, Sheet
from api.views import words

PAGE = 500
"""Rows that are read together."""

PROBLEMS: Columns = {
    "Обращение": "number",
    "Принято": "accepted_at",
    "Состояние": lambda row: words.PROBLEM_STATES[row["state"]],
    "Группа": "group_name",
    "Тема": lambda row: row["topic_name"] or "",
    "Муниципалитет": "municipality",
    "Место": lambda row: words.address(row["place"]),
    "Срочность": lambda row: words.URGENCIES[row["urgency"]],
    "Исполнитель": lambda row: row["executor_name"] or "",
    "Ближайший срок": "deadline_at",
    "Просрочено": "overdue",
    "Что написано": "quote",
}
INCIDENTS: Columns = {
    "Инцидент": "number",
    "Что": "title",
    "Состояние": lambda row: "открыт" if row["state"] == "open" else "закрыт",
    "Муниципалитет": "municipality",
    "Исполнитель": lambda row: row["executor_name"] or "",
    "Проблем": "problems",
    "Ждут исполнителя": "waiting",
    "Решено": "solved",
    "Первое обращение": "first_at",
    "Последнее обращение": "last_at",
}
INSTRUCTIONS: Columns = {
    "Номер": "number",
    "Поручено": "given_at",
    "Что": "text",
    "Исполнитель": "executor_name",
    "Срок": "deadline_at",
    "Основание срока": "basis",
    "Состояние": lambda row: words.INSTRUCTION_STATES[row["state"]],
}
NOTICES: Columns = {
    "Пришло": "delivered_at",
    "О чём": "headline",
    "Обращение": "number",
    "Тема": "topic",
    "Срок": "deadline_at",
    "Ещё действует": "holds",
    "Прочитано": lambda row: row["state"] == "read",
    "Кому": lambda row: row["executor_name"] or "",
}
TOTALS: Columns = {
    "Группа": "group_name",
    "Всего": "total",
    "Ждут исполнителя": "waiting",
    "В работе": "in_work",
    "Решено": "solved",
    "Просрочено": "overdue",
}


def problems(name: str, rows: Iterable[Row], zone: ZoneInfo, shown: Callable[[Row], Row]) -> Sheet:
    """Problems; `shown` gives a row its words as this person may read them."""
    return Sheet(name, PROBLEMS, (shown(row) for row in rows), zone)
