"""The letter as an e-mail's HTML and as a PDF."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from indicators.reports.letter import Letter
from indicators.reports.pdf import TEMPLATES, pdf
from indicators.reports.shown import shown


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True)


def as_html(letter: Letter, made_at: datetime, zone: ZoneInfo, link: str = "") -> str:
    """A page that mail programs show: tables, styles at each element, nothing from outside. `link`: to the product."""
    told = shown(letter, made_at, zone)
    most = max([1, *(row["now"] for row in told["groups"])])
    told["groups"] = [row | {"bar": max(1, round(100 * row["now"] / most))} for row in told["groups"]]
    return _environment().get_template("letter.html").render(**told, link=link)


def as_pdf(letter: Letter, made_at: datetime, zone: ZoneInfo) -> bytes:
    return pdf("letter", shown(letter, made_at, zone), made_at)
