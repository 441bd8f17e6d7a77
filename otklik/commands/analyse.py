"""`otklik analyse TEXT`: what the machine makes of one text, with its reasons."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from models.regimes import Regime

if TYPE_CHECKING:
    from otklik.explained import Explained, ExplainedProblem

COLOURS = ("cyan", "magenta", "yellow", "green", "blue", "red")
LONGEST = 1_000_000


def analyse(
    text: Annotated[str, typer.Argument(help="The words of a citizen; - reads them from standard input.")],
    region: Annotated[str, typer.Option(help="Region pack to use.")] = "omsk",
    regime: Annotated[Regime, typer.Option(help="Order of consideration to count clocks by.")] = Regime.PORTAL,
    as_json: Annotated[bool, typer.Option("--json", help="Print the analysis as one JSON object.")] = False,
) -> None:
    """Show what the machine makes of a text: problems, topics and deciding words, facts, place, executor, clock.

    Nothing is stored. The text counts as sent now.
    """
    from models.pack import PackError
    from nlp.topics import ModelError
    from otklik.commands.root import CommandError
    from otklik.explained import explain_text

    words = sys.stdin.read(LONGEST) if text == "-" else text
    try:
        explained = explain_text(words, region, datetime.now(UTC), regime)
    except (PackError, ModelError, OSError) as error:
        raise CommandError(str(error)) from error
    if as_json:
        typer.echo(json.dumps(explained.to_json(), ensure_ascii=False))
    else:
        show(explained, Console())


def show(explained: Explained, console: Console) -> None:
    console.print(coloured(explained))
    analysis = explained.analysis
    if analysis.dismissal is not None:
        console.print(f"\nDismissed: [bold]{analysis.dismissal}[/], probability {analysis.dismissal_probability:.2f}")
    for number, problem in enumerate(explained.problems, 1):
        console.print(f"\n[bold {colour(number)}]Problem {number}[/]")
        console.print(table_of(problem, explained.text))
    hidden = ", ".join(f"{mark.kind}: {mark.span.of(explained.text)}" for mark in analysis.privacy)
    console.print(f"\n[dim]Personal data, hidden from the public: {escape(hidden) or 'none'}[/]")


def coloured(explained: Explained) -> Text:
    """The text with the spans of its problems in their colours."""
    shown = Text(explained.text)
    for number, problem in enumerate(explained.problems, 1):
        for span in problem.draft.spans:
            shown.stylize(colour(number), span.start, span.end)
    return shown


def colour(number: int) -> str:
    return COLOURS[(number - 1) % len(COLOURS)]


def table_of(problem: ExplainedProblem, text: str) -> Table:
    draft = problem.draft
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column()

    def row(name: str, value: object) -> None:
        table.add_row(name, escape(str(value)))

    row("text", " … ".join(span.of(text) for span in draft.spans))
    sure = "the machine may decide" if draft.topic.decided else "an operator decides"
    row("group", f"{draft.topic.group} {draft.topic.group_probability:.2f} ({sure})")
    for guess in draft.topic.guesses:
        row("topic", f"{guess.probability:.2f} {guess.code} {guess.name}")
    row("decided by", ", ".join(draft.topic.words) or "-")
    row("place", place_line(draft.place))
    for place in draft.more_places:
        row("also at", place_line(place))
    row("urgency", f"{draft.urgency.level} of 5" + "".join(f"; {reason}" for reason in draft.urgency.reasons))
    for fact in draft.facts:
        row(fact.kind, f"{fact.value}  «{fact.text}»")
    for body in problem.executors.guesses:
        row("executor", f"{body.probability:.2f} {body.body.name}: {body.reason}")
    row("assigned", problem.executors.executor.name if problem.executors.executor else f"no: {problem.doubt}")
    row("regime", f"{problem.regime.name}; {problem.regime.source}")
    for clock in problem.clocks:
        term = problem.rules.term(clock)
        by = clock.deadline_at.astimezone(problem.zone).strftime("%Y-%m-%d %H:%M")
        row(f"{clock.kind} by", f"{by} ({term.amount} {term.unit}, {term.basis}: {term.source})")
    return table


def place_line(place: Any) -> str:
    parts = [part for part in (place.municipality, place.settlement, place.street, place.house) if part]
    point = "" if place.latitude is None else f", {place.latitude:.5f} {place.longitude:.5f}"
    return f"{', '.join(parts) or 'not known'} ({place.level}, confidence {place.confidence:.2f}{point})"
