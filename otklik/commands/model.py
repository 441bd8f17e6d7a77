"""`otklik model`: the versions of a region's topic model, and which one works."""

from __future__ import annotations

import getpass
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from otklik.commands.root import CommandError

if TYPE_CHECKING:
    import psycopg

    from nlp.learning.changes import Change
    from nlp.learning.versions import Versions

app = typer.Typer(help="Versions of a region's topic model.", no_args_is_help=True)
Region = Annotated[str | None, typer.Option(help="Region; that of the installation by default.")]
Reason = Annotated[str, typer.Option(help="Why, for the record.")]


@app.command("list")
def list_versions(
    region: Region = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print versions and changes as JSON.")] = False,
) -> None:
    """Print the versions, the one at work, and every promotion and rollback with its reason."""
    from nlp.learning.changes import changes
    from nlp.learning.versions import card_of

    with _opened(region) as (connection, versions, named):
        at_work, done = versions.current(), changes(connection, named)
        rows = [_row(card_of(versions.folder_of(name)), name == at_work) for name in versions.names()]
    if as_json:
        told = [
            {field: getattr(each, field) for field in each.__slots__} | {"done_at": each.done_at.isoformat()}
            for each in done
        ]
        typer.echo(json.dumps({"region": named, "versions": rows, "changes": told}, ensure_ascii=False, indent=2))
        return
    _print(rows, done)


@app.command()
def promote(
    version: Annotated[str, typer.Argument(help="A version of `otklik model list`.")],
    region: Region = None,
    reason: Reason = "",
) -> None:
    """Let a version take over from the one at work, whatever its figures."""
    from nlp.learning import changes

    with _opened(region) as (connection, versions, named):
        before = changes.promote(
            connection, versions, named, version, by=_person(), reason=reason, now=datetime.now(UTC)
        )
    typer.echo(f"{version} takes over from {before}; workers take it from their next batch on.")


@app.command()
def rollback(region: Region = None, reason: Reason = "") -> None:
    """Return to the version that worked before the last promotion."""
    from nlp.learning import changes

    with _opened(region) as (connection, versions, named):
        done = changes.rollback(connection, versions, named, by=_person(), reason=reason, now=datetime.now(UTC))
    typer.echo(f"Back to {done.version} from {done.previous}; workers take it from their next batch on.")


@contextmanager
def _opened(region: str | None) -> Iterator[tuple[psycopg.Connection[Any], Versions, str]]:
    """The database, the versions, the region. Raises CommandError for what a person can mend."""
    import psycopg

    from nlp.learning.versions import VersionError
    from otklik.commands.failures import plainly
    from otklik.settings import settings
    from otklik.wiring import database, model_versions, pack_of

    chosen = settings()
    named = region or chosen.region
    try:
        with plainly():
            versions = model_versions(pack_of(named), chosen.data_folder)
            with database(chosen) as url, psycopg.connect(url, autocommit=True) as connection:
                yield connection, versions, named
    except VersionError as error:
        raise CommandError(f"{error}; nothing was changed") from error


def _person() -> str:
    """Who asks: the person's name on this machine."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container may run under a number without a name
        return "server"


def _row(card: dict[str, Any], at_work: bool) -> dict[str, Any]:
    figures = card.get("measured", {})
    return {
        "version": card["version"],
        "at_work": at_work,
        "made": card.get("date", ""),
        "data": card.get("data", ""),
        "accuracy": figures.get("label", {}).get("accuracy"),
        "decides": figures.get("group", {}).get("coverage_at_95"),
    }


def _print(rows: list[dict[str, Any]], done: list[Change]) -> None:
    table = Table("", "version", "made", "accuracy", "decides", "learnt from", box=None, pad_edge=False)
    for row in rows:
        shares = ["" if row[name] is None else f"{row[name]:.3f}" for name in ("accuracy", "decides")]
        table.add_row("*" if row["at_work"] else "", row["version"], row["made"], *shares, row["data"])
    Console().print(table)
    for change in done:
        when = change.done_at.astimezone().strftime("%Y-%m-%d %H:%M")
        why = f": {change.reason}" if change.reason else ""
        typer.echo(f"{when}  {change.kind} {change.previous} -> {change.version} by {change.by}{why}")
