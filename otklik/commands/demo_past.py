"""`otklik demo-past`: a made-up past for the demo region, so that ratings, maps and forecasts tell something."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Annotated

import typer


def demo_past(
    weeks: Annotated[int, typer.Option(min=1, max=104, help="How many weeks back it begins.")] = 12,
) -> None:
    """Make up weeks of appeals, plans, reports and verdicts in a region that has no appeals yet.

    Everything but the people is the product's own work, under a fake clock. Some four seconds a week on two cores.
    """
    from rich.console import Console

    from models.pack import load_pack
    from otklik.commands.failures import plainly
    from otklik.commands.root import CommandError
    from otklik.processes import demonstration, past, roles
    from otklik.settings import settings
    from otklik.wiring import database, running_database

    chosen, console, began = settings(), Console(), time.monotonic()
    with plainly():
        if chosen.kafka:
            raise CommandError("a past is made over the embedded engine; nothing was done. Unset OTKLIK_KAFKA.")
        if not chosen.database_url and running_database(chosen) is not None:
            raise CommandError("the product is running here; nothing was done. Stop it first.")
        roles.one_thread_a_process()
        with database(chosen) as url:
            pack = load_pack(chosen.region)
            demonstration.make_users(url, pack.id)
            console.print(f"Making up {weeks} weeks of {pack.name} …")
            if not past.live_through(url, pack, chosen, weeks, datetime.now(UTC)):
                console.print(f"{pack.name} has appeals already; nothing was done.")
                return
    console.print(f"Done in {time.monotonic() - began:.0f} s. Start the product: otklik run --demo")
