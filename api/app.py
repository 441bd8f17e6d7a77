"""The web application: JSON API, pages, static files."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.staticfiles import StaticFiles

from api import failures, probes, v1
from api.context import Context
from api.middleware import Surroundings
from api.pages import actions as page_actions
from api.pages import appeal, citizen, executor_steps, incidents, instructions, notices, queue, sign_in, status
from api.pages import executor as executor_pages
from api.pages import forecast as forecast_pages
from api.pages import heat as heat_pages
from api.pages import proofs as proof_pages
from api.pages import ratings as ratings_pages
from api.pages import replies as reply_pages
from api.pages import reports as report_pages
from api.pages import sending as sending_pages
from api.pages import verdicts as verdict_pages
from api.v1 import actions, appeals, problems, proofs, rerouting, resolution, sessions
from api.v1 import forecast as forecast_api
from api.v1 import heat as heat_api
from api.v1 import incidents as incidents_api
from api.v1 import instructions as instructions_api
from api.v1 import notices as notices_api
from api.v1 import ratings as ratings_api
from api.v1 import replies as replies_api
from api.v1 import reports as reports_api
from api.v1 import sending as sending_api
from api.v1 import verdicts as verdicts_api

log = logging.getLogger("otklik.api")
HERE = Path(__file__).resolve().parent
ROUTERS = (
    sessions.router,
    appeals.router,
    problems.router,
    incidents_api.router,
    rerouting.router,
    resolution.router,
    proofs.router,
    instructions_api.router,
    notices_api.router,
    ratings_api.router,
    forecast_api.router,
    reports_api.router,
    heat_api.router,
    verdicts_api.router,
    replies_api.router,
    sending_api.router,
    actions.router,
    probes.router,
    citizen.router,
    status.router,
    verdict_pages.router,
    reply_pages.router,
    sending_pages.router,
    sign_in.router,
    queue.router,
    appeal.router,
    incidents.router,
    instructions.router,
    executor_pages.router,
    executor_steps.router,
    proof_pages.router,
    notices.router,
    ratings_pages.router,
    forecast_pages.router,
    heat_pages.router,
    report_pages.router,
    page_actions.router,
)
TAGS: list[dict[str, Any]] = [
    {"name": "sessions", "description": "Sign in and out; the token goes into `Authorization: Bearer`."},
    {"name": "appeals", "description": "What citizens said, word for word."},
    {"name": "problems", "description": "What there is to solve, split out of the appeals."},
    {"name": "actions", "description": "What operators do with a problem; each takes the version that was seen."},
    {"name": "rerouting", "description": "Refusals of executors, and several executors for one problem."},
    {"name": "resolution", "description": "What an executor will do, and the proof that it is done."},
    {"name": "verdicts", "description": "What authors say of a solution."},
    {"name": "replies", "description": "What authors are told: drafts, their approval, previews."},
    {"name": "sending", "description": "Replies that wait or could not be sent."},
    {"name": "instructions", "description": "What a head asks of executors, in parts, with control points."},
    {"name": "incidents", "description": "Problems with one cause, and alarms of more problems than usual."},
    {"name": "notices", "description": "What clocks tell whom: warnings, breaches, escalations."},
    {
        "name": "heat map",
        "description": "Where problems are: by H3 cell and municipality, hot spots, the public's map.",
    },
    {"name": "ratings", "description": "Who does better than his equals, and what every number is made of."},
    {"name": "forecast", "description": "Weekly problems of the weeks to come, beside a naive guess."},
    {"name": "reports", "description": "Letters of past weeks, and executors whose failures repeat."},
    {"name": "directory", "description": "Topics and executors of the region."},
]


class Static(StaticFiles):
    """Static files whose address carries their version, so that browsers may keep them."""

    def file_response(self, *args: Any, **kwargs: Any) -> Any:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "public, max-age=604800"
        return response


def create_app(context: Context) -> FastAPI:
    """The application over `context`, which the composition root makes and closes."""
    app = FastAPI(
        title="Отклик",
        summary="Citizens' appeals in, solved problems out.",
        description=v1.__doc__ or "",
        version="1",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # the documentation pages of the framework load scripts from other sites
        redoc_url=None,
        openapi_tags=TAGS,
    )
    app.state.context = context
    app.state.map_works = _mount_static(app, context)
    for router in ROUTERS:
        app.router.routes.extend(router.routes)
    _answer_head(app)
    failures.install(app)
    app.add_middleware(Surroundings, context=context)
    return app


def _answer_head(app: FastAPI) -> None:
    """Let HEAD in wherever GET is a page, with the same guards: watchers and link previews ask so."""
    for route in app.routes:
        if isinstance(route, APIRoute) and not route.path.startswith("/api/") and "GET" in (route.methods or ()):
            route.methods = {"GET", "HEAD"}


def _mount_static(app: FastAPI, context: Context) -> bool:
    """Serve our own files and the distribution files of Leaflet; False where Leaflet is not installed."""
    leaflet = context.node_modules / "leaflet" / "dist"
    if leaflet.is_dir():
        app.mount("/static/vendor/leaflet", Static(directory=leaflet), name="leaflet")
    else:
        log.warning("maps are off: Leaflet is not installed; run `npm ci` in api/web and start again")
    app.mount("/static", Static(directory=HERE / "static"), name="static")
    return leaflet.is_dir()
