"""Weekly problems of your region in the twelve weeks to come, and how earlier forecasts came true."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.context import Here
from api.problem_details import documented
from api.security.access import Reader
from indicators.forecast import store
from indicators.forecast.past import past_forecasts

router = APIRouter(prefix="/api/v1", tags=["forecast"])


class ForecastWeek(BaseModel):
    """One week; the ends of the intervals are the model's, also where the naive guess is the base."""

    week: date = Field(description="Its Monday.")
    mean: float
    low95: float
    low80: float
    middle: float
    high80: float
    high95: float
    naive: float = Field(description="The guess that the model was compared with.")
    optimistic: float
    base: float
    pessimistic: float


class ForecastRow(BaseModel):
    """A topic group in a municipality; empty names mean all."""

    group_name: str
    municipality: str
    method: str = Field(
        description="What `base` is: model; last_year (the same week of last year) or recent (the mean of the last "
        "four weeks) where the naive guess was better in the past."
    )
    wape: float | None = Field(description="The model's absolute errors in the past through what came.")
    naive_wape: float | None
    weeks: list[ForecastWeek]


class Forecast(BaseModel):
    first_week: date
    made_at: datetime
    model: str
    weeks_known: int
    backtest: dict[str, Any] = Field(description="docs/forecast.md tells each figure.")
    rows: list[ForecastRow]


class ForecastAnswer(BaseModel):
    forecast: Forecast | None = Field(description="null: too few weeks are known so far.")


class PastForecast(BaseModel):
    """A forecast of the whole region and what came."""

    first_week: date
    model: str
    weeks: int
    foretold: float
    came: int
    wape: float | None
    naive_wape: float | None
    in_80: int


class PastForecasts(BaseModel):
    items: list[PastForecast]


@router.get("/forecast", responses=documented(401, 403, 422, 503))
def last_forecast(
    context: Here,
    user: Reader,
    group: Annotated[str | None, Query(max_length=200, description="Only rows of this group; empty: of all.")] = None,
    municipality: Annotated[str | None, Query(max_length=200, description="The same of a municipality.")] = None,
) -> ForecastAnswer:
    """The last forecast."""
    with context.transaction() as connection:
        made = store.latest(connection, user.region)
        rows = store.rows_of(connection, made["id"]) if made else []
    if made is None:
        return ForecastAnswer(forecast=None)
    wanted = [row for row in rows if group in (None, row["group_name"]) and municipality in (None, row["municipality"])]
    return ForecastAnswer.model_validate({"forecast": {**made, "rows": wanted}})


@router.get("/forecast/history", responses=documented(401, 403, 503))
def earlier_forecasts(context: Here, user: Reader) -> PastForecasts:
    """How earlier forecasts came true, newest first."""
    today = context.now().astimezone(context.packs[user.region].zone).date()
    with context.transaction() as connection:
        found = past_forecasts(connection, user.region, today)
    return PastForecasts.model_validate({"items": [asdict(one) for one in found]})
