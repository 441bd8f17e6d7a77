"""Health, readiness, metrics, and the data of the map."""

from __future__ import annotations

import ipaddress
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse, JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST

from api.context import Here
from api.geography import houses_in, map_labels
from api.metrics import exposed
from api.problem_details import Failure
from api.security.access import STAFF, Visitor
from api.security.visitors import Visit

router = APIRouter(include_in_schema=False)
A_DAY = {"Cache-Control": "public, max-age=86400"}


@router.get("/healthz")
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz")
def readyz(context: Here) -> dict[str, str]:
    """The process can serve: its database answers. 503 where it does not."""
    with context.transaction() as connection:
        connection.execute("SELECT 1")
    return {"status": "ready"}


@router.get("/metrics")
def metrics(request: Request, context: Here, user: Visitor) -> Response:
    """For Prometheus: what waits. Open to this machine itself and to people who are signed in."""
    if user is None and not _from_this_machine(request):
        raise Failure(403, "Показатели видны только с самого сервера или после входа.")
    if user is not None and user.role not in STAFF.roles:
        raise Failure(403, "У вашей роли нет права на это действие.")
    with context.transaction() as connection:
        page = exposed(connection, context.now())
    return Response(page, media_type=CONTENT_TYPE_LATEST)


def _from_this_machine(request: Request) -> bool:
    """Whether the peer is this machine itself. A request that a proxy passed on is somebody else's."""
    if request.client is None or "x-forwarded-for" in request.headers or "forwarded" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


@router.get("/map/{region}/municipalities.geojson", dependencies=[Visit])
def municipalities(context: Here, region: str) -> Response:
    """The polygons of the region's municipalities."""
    if region not in context.packs:
        raise Failure(404, "Такого региона нет.")
    path = context.packs[region].path("municipalities.geojson")
    if not path.exists():
        return JSONResponse({"type": "FeatureCollection", "features": []})
    return FileResponse(path, media_type="application/geo+json", headers=A_DAY)


@router.get("/map/{region}/labels.json", dependencies=[Visit])
def labels(context: Here, region: str) -> Response:
    """Names of settlements and streets to write on the map: [latitude, longitude, name, 0 settlement | 1 street]."""
    if region not in context.packs:
        raise Failure(404, "Такого региона нет.")
    return JSONResponse(map_labels(context.packs[region]), headers=A_DAY)


@router.get("/map/{region}/houses.json", dependencies=[Visit])
def houses(context: Here, region: str, box: Annotated[str, Query(max_length=80)]) -> Response:
    """Numbers of houses within `box`, south,west,north,east in degrees: [latitude, longitude, number, 2]."""
    if region not in context.packs:
        raise Failure(404, "Такого региона нет.")
    try:
        south, west, north, east = (float(edge) for edge in box.split(","))
    except ValueError as error:
        raise Failure(422, "box — четыре числа через запятую: юг, запад, север, восток.") from error
    return JSONResponse(houses_in(context.packs[region], south, west, north, east), headers=A_DAY)
