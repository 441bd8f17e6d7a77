"""«Прогноз»: weekly problems of the twelve weeks to come, how sure that is, and how earlier forecasts came true."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.context import Here
from api.pages.queue import link
from api.rendering import render
from api.security.access import Reader
from api.tables import Columns, FormatAsked, Sheet, as_file
from api.views.forecast import METHODS, SHOWN_BACK, chart, choices, quarter, whole_weeks
from indicators.forecast import store
from indicators.forecast.past import past_forecasts
from indicators.forecast.series import monday

router = APIRouter(include_in_schema=False)
COLUMNS: Columns = {
    "Группа": lambda row: row["group_name"] or "Все группы",
    "Муниципалитет": lambda row: row["municipality"] or "Все муниципалитеты",
    "Неделя с": lambda row: date.fromisoformat(row["week"]),
    "Основной сценарий": "base",
    "Благоприятный": "optimistic",
    "Неблагоприятный": "pessimistic",
    "Модель: ожидается": "mean",
    "80 %: от": "low80",
    "80 %: до": "high80",
    "95 %: от": "low95",
    "95 %: до": "high95",
    "Простая догадка": "naive",
    "Что показано": lambda row: METHODS[row["method"]],
    "Ошибка модели в прошлом": "wape",
    "Ошибка догадки в прошлом": "naive_wape",
}


@router.get("/forecast")
def show_forecast(
    request: Request,
    context: Here,
    user: Reader,
    group: Annotated[str, Query(max_length=200)] = "",
    municipality: Annotated[str, Query(max_length=200)] = "",
    format: FormatAsked = None,
) -> Response:
    """One row of the last forecast with its chart; as a file, all rows."""
    zone = context.packs[user.region].zone
    today = context.now().astimezone(zone).date()
    with context.transaction() as connection:
        made = store.latest(connection, user.region)
        rows = store.rows_of(connection, made["id"]) if made else []
        if format is not None:
            return as_file(Sheet("Прогноз", COLUMNS, list(_weeks(rows)), zone), format)
        if made is None:
            return render(request, "forecast.html", made=None)
        since = made["first_week"] - timedelta(weeks=SHOWN_BACK)
        came = store.weekly(connection, user.region, group, municipality, since)
        past = past_forecasts(connection, user.region, today)
    row = next((one for one in rows if (one["group_name"], one["municipality"]) == (group, municipality)), None)
    groups, municipalities = choices(rows)
    title = ", ".join(name for name in (group, municipality) if name) or "Весь регион"
    drawn = (
        chart(row, whole_weeks(came, monday(today)), made["first_week"], f"Проблем в неделю: {title}") if row else ""
    )
    return render(
        request,
        "forecast.html",
        made=made,
        row=row,
        title=title,
        chart=drawn,
        quarter=quarter(row) if row else None,
        methods=METHODS,
        groups=groups,
        municipalities=municipalities,
        chosen={"group": group, "municipality": municipality},
        past=past,
        files={name: link("/forecast", format=name) for name in ("csv", "xlsx")},
    )


def _weeks(rows: list[store.Row]) -> Any:
    """A line for each row and week."""
    for row in rows:
        for week in row["weeks"]:
            yield _line(row, week)


def _line(row: Mapping[str, Any], week: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, **week}
