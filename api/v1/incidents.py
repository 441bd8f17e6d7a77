"""Incidents and bursts of your region; operators change incidents on their pages."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.context import Here
from api.problem_details import documented
from api.reading import incidents as reading
from api.security.access import Reader
from api.views.incidents import incident_name
from routing.incidents import causes_of

router = APIRouter(prefix="/api/v1", tags=["incidents"])


class Incident(BaseModel):
    """Many problems with one cause: one job to do, every citizen answered on his own."""

    id: UUID
    number: int
    cause: str = Field(description="A code of the region's incidents.json; empty where an operator joined by hand.")
    title: str = Field(description="The operator's name of it, or its cause and place.")
    state: str = Field(description="open: later problems join by themselves; closed.")
    municipality: str
    latitude: float | None
    longitude: float | None
    first_at: datetime = Field(description="When its first problem was sent.")
    last_at: datetime
    executor_id: UUID | None
    executor_name: str | None
    problems: int
    waiting: int = Field(description="How many of them nobody answers for yet.")
    version: int


class IncidentList(BaseModel):
    items: list[Incident]
    next_cursor: str | None = Field(description="Hand it back as `cursor` for the next page; null on the last one.")


class Member(BaseModel):
    """A problem of an incident."""

    problem_id: UUID
    number: str = Field(description="The registration number of its appeal.")
    state: str
    sent_at: datetime
    latitude: float | None
    longitude: float | None
    joined_by: str = Field(description="«machine» or the operator's login.")
    joined_at: datetime
    reason: str


class WholeIncident(Incident):
    members: list[Member] = Field(description="At most 500, in the order in which they were sent.")


class Burst(BaseModel):
    """More problems of one group than the place's usual level, hour and weekday explain."""

    id: UUID
    group_name: str
    place: str = Field(description="A municipality, an H3 cell of resolution 7, or empty: the whole region.")
    municipality: str
    hours: int = Field(description="Hours of the clock that were counted.")
    reached_at: datetime = Field(description="When the last of them was sent.")
    problems: int
    expected: float
    probability: float = Field(description="Of so many on a usual day.")
    detected_at: datetime


@router.get("/incidents", responses=documented(401, 403, 422, 503))
def list_incidents(
    context: Here,
    user: Reader,
    state: Annotated[str | None, Query(pattern="^(open|closed)$")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> IncidentList:
    """Incidents, those with the latest problem first."""
    causes = causes_of(context.packs[user.region].folder)
    with context.transaction() as connection:
        page = reading.listed(connection, user.region, state=state, limit=limit, cursor=cursor)
    items = [Incident.model_validate(row | {"title": incident_name(row, causes)}) for row in page.rows]
    return IncidentList(items=items, next_cursor=page.next_cursor)


@router.get("/incidents/{incident_id}", responses=documented(401, 403, 404, 422, 503))
def get_incident(context: Here, user: Reader, incident_id: UUID) -> WholeIncident:
    """One incident with its problems."""
    with context.transaction() as connection:
        row = reading.one(connection, user.region, incident_id)
        members = reading.members(connection, incident_id) if row is not None else []
    if row is None:
        raise LookupError(incident_id)
    title = incident_name(row, causes_of(context.packs[user.region].folder))
    shown = [Member.model_validate(one | {"problem_id": one["id"]}) for one in members]
    return WholeIncident.model_validate(row | {"title": title, "members": shown})


@router.get("/bursts", responses=documented(401, 403, 422, 503))
def list_bursts(
    context: Here, user: Reader, days: Annotated[int, Query(ge=1, le=90, description="How far back.")] = 3
) -> list[Burst]:
    """Alarms of the last days, newest first, at most 200."""
    with context.transaction() as connection:
        rows = reading.bursts(connection, user.region, context.now(), days=days, limit=200)
    return [Burst.model_validate(row) for row in rows]
