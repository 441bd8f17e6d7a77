"""Pages: templates rendered with what every page needs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from api.security.forms import form_token
from api.views import filters
from api.views.sections import SECTIONS

HERE = Path(__file__).resolve().parent


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The template engine: everything is escaped, and a name that nobody gave is an error."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(filters.FILTERS)
    made.globals["version"] = filters.static_version(HERE / "static")
    return made


def file_link(request: Request, format: str) -> str:
    """The list on screen as a file: the same address with its filters, from the first row on."""
    kept = [(name, value) for name, value in request.query_params.items() if name not in ("cursor", "page", "format")]
    return "?" + urlencode([*kept, ("format", format)])


def render(
    request: Request,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **values: Any,
) -> HTMLResponse:
    """One page. Every page knows the region, who is signed in and the token of its forms."""
    context = request.app.state.context
    user = getattr(request.state, "user", None)
    region = user.region if user is not None else context.region
    pack = context.packs[region]
    page = environment().get_template(template)
    content = page.render(
        user=user,
        sections=SECTIONS[user.role] if user is not None else None,
        region=region,
        region_name=pack.name,
        zone=pack.zone,
        now=context.now(),
        map_works=request.app.state.map_works,
        tile_url=context.tile_url,
        form_token=form_token(request),
        path=request.url.path,
        status=status,
        file_of=lambda format: file_link(request, format),
        **values,
    )
    # pages of those who work hold personal data: nothing of them stays on the disk of a shared computer
    kept = {"Cache-Control": "private, no-store" if user is not None else "private, no-cache"}
    return HTMLResponse(content, status, {**kept, **(headers or {})})
