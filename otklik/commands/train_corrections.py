"""`otklik train --with-corrections`: retrain, compare with the model at work, promote what is better."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from nlp.learning.verdict import Part


def train_with_corrections(
    files: Sequence[Path], label: str, region: str | None, made: date, *, vectors: bool = True
) -> None:
    """What the command does; prints the comparison and the decision. Raises CommandError.

    A second opinion is learnt where the installation asks for one; not without `vectors`.
    """
    import psycopg

    from nlp.learning.versions import VersionError
    from nlp.topics import ModelError, TableError
    from nlp.topics.vectors import sentence_vectors, unusable
    from otklik.commands.failures import plainly
    from otklik.commands.root import CommandError
    from otklik.learning import learn
    from otklik.settings import settings
    from otklik.wiring import database, model_versions, pack_of

    chosen = settings()
    wanted = vectors and chosen.topic_vectors
    if wanted and (lacking := unusable()):
        _say(f"Without a second opinion from sentence vectors: {lacking}")
        wanted = False
    try:
        with plainly():
            pack = pack_of(region or chosen.region)
            versions = model_versions(pack, chosen.data_folder)
            with database(chosen) as url, psycopg.connect(url, autocommit=True) as connection:
                learnt = learn(
                    connection, pack, versions, files, label, made, _say, sentence_vectors if wanted else None
                )
    except (TableError, ModelError, VersionError) as error:
        raise CommandError(f"{error}. The model at work stays.") from error
    outcome = learnt.outcome
    console = Console()
    base = len(outcome.table) - outcome.corrected
    unknown = f"; {learnt.left_out} rows have topics that the region does not know" if learnt.left_out else ""
    typer.echo(f"Learnt from {base} rows of the base file and {outcome.corrected} corrections{unknown}")
    console.print(comparison([part for part in (outcome.base, outcome.corrections) if part is not None]))
    if learnt.version is not None:
        typer.echo(f"Promoted {learnt.version} in place of {learnt.previous}: {outcome.verdict.why}.")
        typer.echo("Workers take it from their next batch on; `otklik model rollback` returns to the one before.")
    else:
        typer.echo(f"Not promoted, {learnt.previous} stays at work: {outcome.verdict.why}.")


def _say(line: str) -> None:
    typer.echo(line, err=True)


def comparison(parts: Sequence[Part]) -> Table:
    """Old and new on each held part, with the interval of the difference."""
    table = Table("held", "figure", "old", "new", "new - old, 95 %", box=None, pad_edge=False)
    for part in parts:
        for at, figure in enumerate(part.figures):
            table.add_row(
                f"{part.name}: {part.rows} rows in {part.groups} groups" if at == 0 else "",
                figure.name,
                f"{figure.old:.3f}",
                f"{figure.new:.3f}",
                f"{figure.new - figure.old:+.3f} [{figure.low:+.3f}; {figure.high:+.3f}]",
            )
    return table
