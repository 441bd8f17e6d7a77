"""`otklik import FILE`: appeals from CSV, XLSX, JSON lines and mbox."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.console import Console

from models.message import Channel
from models.regimes import Identity, Regime
from otklik.commands.root import CommandError

if TYPE_CHECKING:
    from connectors.file import Options, Source
    from models.pack import RegionPack
    from otklik.import_report import ImportReport
    from otklik.settings import Settings

DONE, NOTHING_TAKEN, IN_PART = 0, 1, 3


def _column(what: str) -> Any:
    """An option that names the column of `what`."""
    return typer.Option(help=f"Column with the {what}.", metavar="COLUMN", rich_help_panel="Columns, else guessed")


def import_file(
    file: Annotated[Path, typer.Argument(help="CSV, XLSX, JSON lines or mbox.", show_default=False)],
    region: Annotated[str, typer.Option(help="Region whose appeals these are; empty: as in the settings.")] = "",
    channel: Annotated[Channel, typer.Option(help="Channel of rows that do not say theirs.")] = Channel.FILE,
    source: Annotated[str, typer.Option(help="Put before the rows' ids, where two sources count from 1.")] = "",
    kind: Annotated[Literal["csv", "xlsx", "jsonl", "mbox"] | None, typer.Option(help="Where it is not plain.")] = None,
    encoding: Annotated[str, typer.Option(help="Encoding of the text; empty: found by its bytes.")] = "",
    delimiter: Annotated[str, typer.Option(help="What parts the columns of a CSV; empty: found.")] = "",
    identity: Annotated[Identity, typer.Option(help="How sure the source is of its authors.")] = Identity.STATED,
    regime: Annotated[
        Regime | None, typer.Option(help="Order of consideration of all rows; else the region's table says it.")
    ] = None,
    hints: Annotated[bool, typer.Option(help="Give the place columns to the engine as hints.")] = True,
    rejected: Annotated[Path | None, typer.Option(help="File for rows that are rejected.", dir_okay=False)] = None,
    wait: Annotated[bool, typer.Option(help="Wait until the appeals are analysed and routed.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")] = False,
    text: Annotated[str, _column("text of the appeal")] = "",
    id: Annotated[str, _column("row's id")] = "",
    date: Annotated[str, _column("date")] = "",
    author: Annotated[str, _column("author's name")] = "",
    author_id: Annotated[str, _column("author's id in the foreign system")] = "",
    phone: Annotated[str, _column("author's phone")] = "",
    email: Annotated[str, _column("author's e-mail")] = "",
    municipality: Annotated[str, _column("municipality")] = "",
    settlement: Annotated[str, _column("settlement")] = "",
    street: Annotated[str, _column("street")] = "",
    house: Annotated[str, _column("house")] = "",
    community: Annotated[str, _column("community it was written in")] = "",
    latitude: Annotated[str, _column("latitude")] = "",
    longitude: Annotated[str, _column("longitude")] = "",
    channel_column: Annotated[str, _column("channel")] = "",
    reply_to: Annotated[str, _column("address to answer to")] = "",
) -> None:
    """Take in the appeals of a file and see them through to an executor or an operator.

    The same file twice adds nothing; an import that was cut short goes on where it stood. Rows that cannot be taken are
    kept with their reason in FILE.rejected.csv (or .jsonl). Where nobody works on the database, the command
    starts the database server and the workers itself and stops them at the end.

    Exit code: 0 all rows taken, 3 some were rejected, 1 no row was taken.
    """
    given = locals()
    from connectors.file import ROLES, Options
    from models.pack import PackError
    from otklik.processes.roles import one_thread_a_process
    from otklik.settings import settings
    from otklik.wiring import pack_of

    one_thread_a_process()
    chosen = settings()
    try:
        pack = pack_of(region or chosen.region)
    except PackError as error:
        raise CommandError(f"{error}; nothing was imported") from error
    options = Options(
        region=pack.id,
        zone=pack.zone,
        now=datetime.now(UTC),
        channel=channel,
        columns=_chosen_columns(given, ROLES),
        hints=hints,
        encoding=encoding,
        delimiter=delimiter,
        source=source,
        kind=kind,
        identity=identity,
        regime=regime,
    )
    opened = _opened(file, options)
    report = _run(opened, pack, chosen, rejected, wait, Console(stderr=True))
    if as_json:
        typer.echo(json.dumps(report.to_json(), ensure_ascii=False))
    else:
        report.print(Console())
    raise typer.Exit(_exit_code(report))


def _chosen_columns(given: Mapping[str, Any], roles: Iterable[str]) -> dict[str, str]:
    """The columns that were named, by role."""
    chosen = {role: given[f"{role}_column" if role == "channel" else role] for role in roles}
    return {role: name for role, name in chosen.items() if name}


def _opened(file: Path, options: Options) -> Source:
    from connectors.file import FileError, read_file

    try:
        return read_file(file, options)
    except FileError as error:
        raise CommandError(f"{file.name}: {error}; nothing was imported") from error


def _run(
    source: Source, pack: RegionPack, chosen: Settings, rejected: Path | None, wait: bool, console: Console
) -> ImportReport:
    import psycopg

    from models.migrate import check_migrated
    from otklik.commands.failures import plainly
    from otklik.import_run import GO_ON, Run
    from otklik.import_workers import at_work, nobody
    from otklik.wiring import database, one_line

    try:
        with (
            interruptible(),
            plainly(),
            database(chosen) as url,
            (at_work if wait else nobody)(url, chosen) as check_workers,
            psycopg.connect(url, application_name="otklik import") as connection,
        ):
            check_migrated(connection)
            connection.commit()
            return Run(connection, source, pack, chosen, console, rejected, wait, check_workers).execute()
    except psycopg.OperationalError as error:
        raise CommandError(f"the database went away ({one_line(error)}); {GO_ON}.") from error
    except KeyboardInterrupt as interrupt:
        raise CommandError(f"interrupted; {GO_ON}.") from interrupt


@contextmanager
def interruptible() -> Iterator[None]:
    """SIGTERM stops what was started as Ctrl-C does; an interrupt that a library swallows is heard at the end."""
    heard: list[int] = []

    def press(number: int, _frame: object) -> None:
        heard.append(number)
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, press)
    yield
    if heard:
        raise KeyboardInterrupt


def _exit_code(report: ImportReport) -> int:
    progress = report.progress
    if not progress.rejected:
        return DONE
    return IN_PART if progress.created or progress.known else NOTHING_TAKEN
