"""`otklik verify`: does what the tables say agree with the log?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from otklik.verify import Report

AGREES, DIFFERS = 0, 1


def verify(
    deep: Annotated[bool, typer.Option("--deep", help="Read every attachment and compare its digest too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")] = False,
) -> None:
    """Replay the log and compare it with the tables: appeals, problems, assignments, clocks, files, positions.

    Reads one moment's picture beside a running installation and changes nothing. Exit code: 0 everything agrees,
    1 something differs.
    """
    import psycopg

    from models.migrate import check_migrated
    from otklik.commands.failures import plainly
    from otklik.settings import settings
    from otklik.verify import verify as compare
    from otklik.wiring import database, file_store, pack_of
    from sla.clock import Rules

    chosen = settings()
    rules: dict[str, Rules] = {}

    def rules_of(region: str) -> Rules:
        if region not in rules:
            rules[region] = Rules.of_pack(pack_of(region))
        return rules[region]

    with plainly(), database(chosen) as url, psycopg.connect(url, application_name="otklik verify") as connection:
        check_migrated(connection)
        report = compare(connection, file_store(chosen), rules_of, deep=deep, pack_of=pack_of)
    _print_json(report) if as_json else _print(report, Console())
    raise typer.Exit(AGREES if report.agrees else DIFFERS)


def _print_json(report: Report) -> None:
    told = {
        "agrees": report.agrees,
        "counts": report.counts,
        "found": dict(report.found),
        "differences": [{"check": one.check, "subject": one.subject, "what": one.what} for one in report.differences],
    }
    typer.echo(json.dumps(told, ensure_ascii=False))


def _print(report: Report, console: Console) -> None:
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column()
    table.add_column(justify="right")
    for name, count in report.counts.items():
        table.add_row(name, str(count))
    console.print(table)
    for one in report.differences:
        console.print(f"{one.check}: {one.subject}: {one.what}", highlight=False, markup=False)
    for check, count in report.found.items():
        console.print(f"{check}: {count} differences", highlight=False)
    if report.agrees:
        console.print("The log and the tables agree.")
