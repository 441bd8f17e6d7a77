"""`otklik hotspots`: look for hot spots of a day by hand; `otklik run` does it every night."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer


def hotspots(
    region: Annotated[str, typer.Option(help="Region; empty: as in the settings.")] = "",
    day: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The last day to look at; yesterday by default.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was found as one JSON list.")] = False,
) -> None:
    """Look for places with more appeals than usual (docs/heat.md); what is found stands on the page /map."""
    from indicators.heat.cells import text_of
    from indicators.hotspots.keeping import run
    from otklik.commands.running import running
    from otklik.settings import settings
    from otklik.wiring import pack_of

    pack = pack_of(region or settings().region)
    now = datetime.now(UTC)
    looked_at = day.date() if day else now.astimezone(pack.zone).date() - timedelta(days=1)
    with running("hot spots") as connection, connection.transaction():
        found = run(connection, pack, looked_at, now)
    if as_json:
        rows = [asdict(one) | {"cells": [text_of(cell) for cell in one.cells]} for one in found]
        typer.echo(json.dumps(rows, ensure_ascii=False, default=str))
        return
    typer.echo(f"{len(found)} hot spots up to {looked_at}")
    for one in found:
        typer.echo(
            f"{one.group or 'all topics'}: {one.appeals} appeals where {one.expected:.1f} are usual, "
            f"from {one.first} to {one.last}, {len(one.cells)} cells "
            f"around {text_of(one.cells[0])}, by chance {one.probability:.2g}"
        )
