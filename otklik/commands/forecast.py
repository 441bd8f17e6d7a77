"""`otklik forecast`: the forecast of this week made by hand, shown, and how earlier ones came true."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated

import typer

from otklik.commands.root import CommandError

app = typer.Typer(help="Weekly problems of twelve weeks to come.", no_args_is_help=True)
Region = Annotated[str, typer.Option(help="Region; empty: as in the settings.")]


@app.command("run")
def run(region: Region = "") -> None:
    """Make the forecast that begins with this week, where it is not there yet; `otklik run` does it by itself."""
    from indicators.forecast import LEAST_WEEKS, store, weekly
    from indicators.forecast.series import monday
    from otklik.commands.running import running
    from otklik.settings import settings
    from otklik.wiring import pack_of
    from otklik.working_days import working_days_of

    pack = pack_of(region or settings().region)
    now = datetime.now(UTC)
    week = monday(now.astimezone(pack.zone).date())
    with running("forecast") as connection, connection.transaction():
        if store.made_for(connection, pack.id, week):
            typer.echo(f"The forecast from {week} on is there already; nothing was done.")
        elif weekly.make(connection, pack.id, pack.zone, working_days_of(pack), now):
            typer.echo(f"The forecast from {week} on is made: otklik forecast show, or /forecast.")
        else:
            raise CommandError(f"fewer than {LEAST_WEEKS} whole weeks of problems are known; nothing was made")


@app.command("show")
def show(
    region: Region = "",
    group: Annotated[str, typer.Option(help="Topic group; empty: all.")] = "",
    municipality: Annotated[str, typer.Option(help="Municipality; empty: all.")] = "",
) -> None:
    """Print one row of the last forecast as JSON: its weeks with intervals, and its error beside the naive guess."""
    from indicators.forecast import store
    from otklik.commands.running import running
    from otklik.settings import settings

    with running("forecast") as connection:
        made = store.latest(connection, region or settings().region)
        rows = store.rows_of(connection, made["id"]) if made else []
    if made is None:
        raise CommandError("there is no forecast yet; make one: otklik forecast run")
    for row in rows:
        if (row["group_name"], row["municipality"]) == (group, municipality):
            about = {"first_week": made["first_week"], "made_at": made["made_at"], "model": made["model"]}
            typer.echo(json.dumps(about | row, ensure_ascii=False, default=str))
            return
    raise CommandError("the forecast has no such row: the pair is too small, or a name is not as on the page /forecast")


@app.command("history")
def history(region: Region = "") -> None:
    """Print how earlier forecasts of the whole region came true, as JSON lines, newest first."""
    from dataclasses import asdict

    from indicators.forecast.past import past_forecasts
    from otklik.commands.running import running
    from otklik.settings import settings
    from otklik.wiring import pack_of

    pack = pack_of(region or settings().region)
    with running("forecast") as connection:
        found = past_forecasts(connection, pack.id, datetime.now(UTC).astimezone(pack.zone).date())
    for each in found:
        typer.echo(json.dumps(asdict(each), ensure_ascii=False, default=str))
    if not found:
        typer.echo("No forecast has a week behind it yet.")
