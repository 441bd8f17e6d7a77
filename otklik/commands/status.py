"""`otklik status`: what runs, what waits, what is in quarantine."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import psycopg
    from rich.table import Table


def status(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show the processes, how far each stage is behind, the queues, and what is in quarantine."""
    from rich.console import Console

    from otklik.commands.running import running

    with running("status") as connection:
        found = state(connection, datetime.now(UTC))
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    console = Console()
    for part in shown(found):
        console.print(part)


def state(connection: psycopg.Connection[Any], now: datetime) -> dict[str, Any]:
    """Everything that the command shows, as one JSON object."""
    from otklik.processes import record
    from otklik.settings import settings
    from streams import lag, quarantined

    return {
        "processes": [
            {"name": one.name, "pid": one.pid, "starts": one.starts, "memory_mb": _megabytes(one.memory)}
            for one in record.read(settings().data_folder)
        ],
        "stages": [
            {
                "group": one.consumer_group,
                "stream": one.stream,
                "waiting": one.events,
                "oldest_seconds": round((now - one.oldest).total_seconds(), 1) if one.oldest else 0,
            }
            for one in lag(connection)
        ],
        "appeals": dict(connection.execute("SELECT state, count(*) FROM appeals GROUP BY state").fetchall()),
        "problems": dict(connection.execute("SELECT state, count(*) FROM problems GROUP BY state").fetchall()),
        "quarantine": [
            {"group": group, "reason": reason, "number": number}
            for (group, reason), number in Counter(
                (one.consumer_group, one.reason) for one in quarantined(connection)
            ).most_common()
        ],
    }


def _megabytes(memory: int | None) -> float | None:
    return None if memory is None else round(memory / 2**20, 1)


def shown(found: dict[str, Any]) -> list[Table | str]:
    """The same for a person: tables, and a line for each that is empty."""
    counts = [
        {"what": what, "state": name, "number": number}
        for what in ("appeals", "problems")
        for name, number in found[what].items()
    ]
    parts = {
        "processes": found["processes"],
        "stages": found["stages"],
        "counts": counts,
        "quarantine": found["quarantine"],
    }
    return [table(title, rows) if rows else f"{title}: none" for title, rows in parts.items()]


def table(title: str, rows: list[dict[str, Any]]) -> Table:
    from rich.table import Table

    made = Table(title=title, title_justify="left")
    for name in rows[0]:
        made.add_column(name.replace("_", " "))
    for row in rows:
        made.add_row(*("-" if value is None else str(value) for value in row.values()))
    return made
