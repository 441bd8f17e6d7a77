"""`otklik drift`: what has changed in a region's appeals of late, for the person who keeps the models."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from models.topics import Topic
    from nlp.learning.drift import Drift

SHOWN = 15
"""Topics printed; --json has all."""


def drift(
    region: Annotated[str | None, typer.Option(help="Region; that of the installation by default.")] = None,
    days: Annotated[int, typer.Option(min=1, max=366, help="The last days; three times as many before them.")] = 28,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as one JSON object.")] = False,
) -> None:
    """Print what drifts: topics that grow, confidence that falls, words the model has never seen, corrections."""
    import psycopg

    from nlp.learning.drift import drift as report
    from nlp.learning.serving import model_at_work
    from nlp.learning.versions import VersionError
    from nlp.topics import ModelError
    from otklik.commands.failures import plainly
    from otklik.commands.root import CommandError
    from otklik.settings import settings
    from otklik.wiring import database, model_versions, pack_of

    chosen = settings()
    try:
        with plainly():
            pack = pack_of(region or chosen.region)
            features = model_at_work(model_versions(pack, chosen.data_folder))[1].features
            with database(chosen) as url, psycopg.connect(url, application_name="otklik drift") as connection:
                found = report(
                    connection, pack.id, days, datetime.now(UTC), lambda word: features.lemma_at(word) is not None
                )
    except (ModelError, VersionError) as error:
        raise CommandError(str(error)) from error
    if as_json:
        typer.echo(json.dumps(_plain(asdict(found)), ensure_ascii=False, default=str))
        return
    show(found, pack.topic_by_code, days)


def _plain(value: Any) -> Any:
    """The same without what JSON cannot say: an infinite number becomes null."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and value in (float("inf"), float("-inf")) else value


def show(found: Drift, topics: Mapping[str, Topic], days: int) -> None:
    """Print the report for a person."""
    console = Console()
    total = found.total
    typer.echo(
        f"{found.problems} problems in the last {days} days, from {found.start:%Y-%m-%d}; {total.value:.2f} times the "
        f"rate of the days from {found.before:%Y-%m-%d} [{total.low:.2f}; {total.high:.2f}]"
    )
    if not found.problems:
        return
    _section("Topics that grow", console, _growing(found, topics), "none beyond chance")
    _section("Confidence in the first topic, by week", console, _weeks(found), "")
    change = found.confidence
    falls = "it falls" if change.falls else "no fall beyond chance"
    typer.echo(f"change of the mean {change.change:+.3f} [{change.low:+.3f}; {change.high:+.3f}]: {falls}")
    words, before = found.words, found.words_before
    typer.echo(
        f"\nWords the model has never seen\n{words.rate:.1%} of {words.words} words in {words.appeals} appeals "
        f"(before: {before.rate:.1%} of {before.words} in {before.appeals})"
    )
    if words.frequent:
        typer.echo("in 5 appeals or more: " + ", ".join(f"{lemma} {count}" for lemma, count in words.frequent))
    _section("Topics that operators corrected", console, _corrected(found, topics), "none")
    typer.echo(f"places corrected: {found.places_corrected}; executors chosen anew: {found.given_elsewhere}")


def _section(title: str, console: Console, table: Table, otherwise: str) -> None:
    typer.echo(f"\n{title}")
    if table.row_count:
        console.print(table)
    else:
        typer.echo(otherwise)


def _named(code: str, topics: Mapping[str, Topic]) -> str:
    return f"{code} {topics[code].name}" if code in topics else code


def _growing(found: Drift, topics: Mapping[str, Topic]) -> Table:
    table = Table("topic", "now", "before", "times as often, 95 %", "p", box=None, pad_edge=False)
    for row in [row for row in found.topics if row.grows][:SHOWN]:
        ratio = row.ratio
        interval = f"{ratio.value:.1f} [{ratio.low:.1f}; {ratio.high:.1f}]"
        table.add_row(_named(row.topic, topics), str(row.now), str(row.before), interval, f"{ratio.p:.1g}")
    return table


def _weeks(found: Drift) -> Table:
    table = Table(
        "week from", "problems", "mean", "10 %", "50 %", "90 %", "to operators", "models", box=None, pad_edge=False
    )
    for week in found.weeks:
        numbers = [f"{value:.2f}" for value in (week.mean, week.low, week.median, week.high)]
        models = ", ".join(f"{name} {count}" for name, count in week.models)
        table.add_row(f"{week.start:%Y-%m-%d}", str(week.problems), *numbers, f"{week.to_operators:.0%}", models)
    return table


def _corrected(found: Drift, topics: Mapping[str, Topic]) -> Table:
    table = Table("machine's topic", "problems", "corrected", "share, 95 %", "most often to", box=None, pad_edge=False)
    for row in found.corrections[:SHOWN]:
        share = f"{row.corrected / row.problems:.0%} [{row.low:.0%}; {row.high:.0%}]"
        topic, other = _named(row.topic, topics), _named(row.most_often, topics)
        table.add_row(topic, str(row.problems), str(row.corrected), share, other)
    return table
