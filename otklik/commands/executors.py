"""`otklik executors`: who answers in a region, taken in from a table, shown, checked, given back as a table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from otklik.commands.root import CommandError

if TYPE_CHECKING:
    import psycopg

    from models.pack import RegionPack
    from otklik.executor_figures import Past
    from routing.competence import Competence

app = typer.Typer(
    help="Executors of a region: bodies, units, persons, absences, decision table; learning whom people chose.",
    no_args_is_help=True,
)
Region = Annotated[str | None, typer.Option(help="Region; that of the installation by default.")]
File = Annotated[Path, typer.Argument(help="CSV (one table) or XLSX (a sheet for each table).")]


class Table(StrEnum):
    EXECUTORS = "executors"
    ABSENCES = "absences"
    COMPETENCE = "competence"


@contextmanager
def opened(region: str | None) -> Iterator[tuple[psycopg.Connection[Any], RegionPack]]:
    """The database and the pack of the region."""
    import psycopg

    from otklik.commands.failures import plainly
    from otklik.settings import settings
    from otklik.wiring import database, pack_of

    chosen = settings()
    with plainly():
        pack = pack_of(region or chosen.region)
        with database(chosen) as url, psycopg.connect(url) as connection:
            yield connection, pack


@app.command("import")
def import_file(
    file: File,
    region: Region = None,
    dry: Annotated[bool, typer.Option("--check", help="Only say what is wrong; write nothing.")] = False,
) -> None:
    """Take a table in: checked whole first, one line for each fault with its row, nothing written where there is one.

    What is gone from a table ends yesterday and stays on record. The same file again changes nothing. Workers take the
    new table from their next batch on. Exit code 1 where something is wrong.
    """
    from connectors.file.entries import FileError
    from otklik.executor_import import import_executors

    with opened(region) as (connection, pack):
        try:
            outcome = import_executors(connection, pack, file, datetime.now(UTC), dry=dry)
        except FileError as error:
            raise CommandError(f"{file.name}: {error}; nothing was written") from error
    for finding in outcome.findings:
        typer.echo(str(finding))
    if outcome.findings:
        raise CommandError(f"{len(outcome.findings)} faults; nothing was written, the table in force stays")
    if dry:
        typer.echo("nothing wrong found; nothing was written")
        return
    if not any(outcome.changes.values()):
        typer.echo("nothing changed: the region has it so already")
    else:
        typer.echo(", ".join(f"{name.replace('_', ' ')}: {count}" for name, count in outcome.changes.items()))
    if outcome.left_open:
        typer.echo(f"{outcome.left_open} open problems are with executors that ended: give them to others")


@app.command("list")
def list_executors(
    region: Region = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list.")] = False,
) -> None:
    """Print bodies, their units and persons, who is away today, and what each person carries."""
    from dataclasses import asdict

    from routing.in_force import competence_at
    from routing.store import loads_of

    with opened(region) as (connection, pack):
        today = datetime.now(UTC).astimezone(pack.zone).date()
        structure = competence_at(connection, pack, today).structure
        loads = loads_of(connection, pack.id)
    told = [
        asdict(body) | {"away": structure.is_away(body.code, today), "load": loads.get(body.code, 0)}
        for body in sorted(structure.bodies, key=lambda body: [each.code for each in structure.chain(body.code)][::-1])
    ]
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2, default=str))
        return
    for each in told:
        depth = len(structure.chain(each["code"])) - 1
        away = "  away today" if each["away"] else ""
        load = f"  load {each['load']:g} of {each['capacity'] or '?'}" if each["kind"] == "person" else ""
        post = f", {each['post']}" if each["post"] else ""
        typer.echo(f"{'  ' * depth}{each['code']}  {each['name']}{post}{load}{away}")


@app.command()
def check(region: Region = None) -> None:
    """Check the table in force: ties, gaps, names that nobody knows. Exit code 1 where something is wrong."""
    from otklik.executor_export import exported
    from otklik.executor_import import check_tables
    from routing.in_force import stored_competence

    with opened(region) as (connection, pack):
        today = datetime.now(UTC).astimezone(pack.zone).date()
        tables = exported(stored_competence(connection, pack), pack, today)
    found = check_tables(tables, pack, datetime.now(UTC))
    for finding in found:
        typer.echo(str(finding))
    if found:
        raise typer.Exit(1)
    typer.echo(f"{pack.id}: nothing wrong found")


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="XLSX for all tables, CSV for one.")],
    region: Region = None,
    table: Annotated[Table, typer.Option(help="Which table a CSV gets.")] = Table.EXECUTORS,
) -> None:
    """Write the tables in force as a file that `import` takes back unchanged: edit it and import it."""
    from otklik.executor_export import exported, write_export
    from routing.in_force import stored_competence

    with opened(region) as (connection, pack):
        today = datetime.now(UTC).astimezone(pack.zone).date()
        write_export(file, exported(stored_competence(connection, pack), pack, today), table)
    typer.echo(f"Written to {file}")


@app.command()
def learn(
    file: Annotated[
        Path | None, typer.Argument(help="CSV of past assignments besides: text, topic, executor, municipality.")
    ] = None,
    region: Region = None,
) -> None:
    """Learn from whom people of the region chose, and suggest the like from the next batch on.

    Kept only where unseen problems' true executors are more probable with it than by the table alone.
    """
    from otklik.data_folder import executors_learned
    from otklik.executor_learning import NothingToLearn, keep, past_of
    from otklik.executor_learning import learn as learn_executors
    from otklik.settings import settings
    from routing.in_force import competence_at

    with opened(region) as (connection, pack):
        now = datetime.now(UTC)
        competence = competence_at(connection, pack, now.astimezone(pack.zone).date())
        past = [*(_past_of_file(file, competence) if file else ()), *past_of(connection, pack.id)]
    try:
        lesson = learn_executors(past, competence)
    except NothingToLearn as error:
        raise CommandError(f"{error}; the table goes on alone") from error
    for name, found in lesson.measured.items():
        accuracy = found["accuracy"]
        typer.echo(
            f"{name}: right {accuracy['share']:.3f} ({accuracy['low']:.3f}-{accuracy['high']:.3f}), "
            f"log loss {found['log_loss']:.3f}, 95 right in 100 for {found['coverage_at_95']:.0%}"
        )
    if not lesson.better:
        typer.echo("Not kept: unseen problems' executors are no more probable with it than by the table alone.")
        return
    keep(executors_learned(settings().data_folder, pack.id), lesson, now)
    words = "topics, places and words" if lesson.model is not None else "topics and places"
    typer.echo(f"Kept {lesson.learned.version}, learnt from {words} of {len(past)} choices; workers take it at once.")


def _past_of_file(file: Path, competence: Competence) -> list[Past]:
    """Rows of a CSV; topics and executors may stand by code or by name. Raises CommandError."""
    from nlp.topics import TableError
    from nlp.topics.table import read_records
    from otklik.executor_figures import Past

    try:
        rows = read_records(file, ["text", "topic", "executor"])
    except TableError as error:
        raise CommandError(str(error)) from error
    topics = {topic.name: topic.code for topic in competence.topics}
    codes = {body.name: body.code for body in competence.bodies}
    past = []
    for row in rows:
        topic, executor = row["topic"].strip(), row["executor"].strip()
        where = competence.municipality(row.get("municipality", "").strip())
        past.append(Past(row["text"], topics.get(topic, topic), where, codes.get(executor, executor)))
    strange = {each.executor for each in past} - competence.body_by_code.keys()
    if strange:
        typer.echo(f"{len(strange)} executors of {file.name} are not of this region: their rows are left out", err=True)
    return past
