"""`otklik clock`: why a clock shows what it shows, and what it would show under another policy."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from otklik.commands.root import CommandError

if TYPE_CHECKING:
    import psycopg

    from sla.explain import Explanation
    from sla.policy import Policies
    from sla.rules import Rules

app = typer.Typer(help="Clocks of problems.", no_args_is_help=True)


@app.callback()
def _clock() -> None:
    """Clocks of problems."""


@app.command()
def explain(
    problem: Annotated[str, typer.Argument(help="Id of a problem, or an appeal's number: all its problems.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print a list of clocks as JSON.")] = False,
) -> None:
    """Print every interval of a problem's clocks, counted or not, and why; the sum is exact.

    The clocks are replayed from the problem's events by the region's calendar and policy, not read from the table.
    """
    import psycopg

    from otklik.commands.failures import plainly
    from otklik.settings import settings
    from otklik.wiring import database, pack_of
    from sla.explain import explain as explained
    from sla.rules import Rules
    from sla.store import problem_events

    now = datetime.now(UTC)
    told: list[dict[str, Any]] = []
    with plainly(), database(settings()) as url, psycopg.connect(url, application_name="otklik clock") as connection:
        for each in problems_named(connection, problem):
            found = problem_events(connection, each)
            if found is None:
                raise CommandError(f"there is no problem {each}; its id stands in the address of its page")
            rules = Rules.of_pack(pack_of(found[0]))
            told.extend(_as_json(each, clock, rules, now) for clock in explained(found[1], rules, now))
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for clock in told:
        _print(clock)


@app.command("what-if")
def count_under_another_policy(
    policy: Annotated[Path, typer.Option(help="A file like a pack's policy.json.", dir_okay=False)],
    region: Annotated[str, typer.Option(help="Region whose history is counted; empty: as in the settings.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Count the region's history again under another policy: which deadlines and breaches would be otherwise.

    Nothing is changed. The regimes stay as they were chosen; the file's versions hold by the days the appeals were
    accepted, its first one for everything before.
    """
    import psycopg
    from rich.console import Console

    from otklik.commands.failures import plainly
    from otklik.settings import settings
    from otklik.what_if_table import as_json as shown_as_json
    from otklik.what_if_table import table
    from otklik.wiring import database, pack_of
    from sla.rules import Rules
    from sla.store import events_by_problem
    from sla.what_if import what_if

    now = datetime.now(UTC)
    other = _policies(policy)
    with plainly(), database(settings()) as url, psycopg.connect(url, application_name="otklik clock") as connection:
        pack = pack_of(region or settings().region)
        rules = Rules.of_pack(pack)
        under = Rules(rules.calendar, other, rules.zone)
        told = what_if(events_by_problem(connection, pack.id), rules, under, now)
    if as_json:
        typer.echo(json.dumps(shown_as_json(told), ensure_ascii=False, indent=2))
    else:
        Console().print(table(told, pack))


def _policies(file: Path) -> Policies:
    """Raises CommandError where the file is none of a policy."""
    from sla.policy import Policies

    try:
        return Policies.of_json(json.loads(file.read_text(encoding="utf-8"))["policies"])
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}; nothing was counted") from error
    except (ValueError, KeyError, TypeError) as error:
        raise CommandError(f"{file.name} is not a policy: {error!r}; nothing was counted") from error


def problems_named(connection: psycopg.Connection[Any], named: str) -> list[UUID]:
    """The problems of a number, or the one of an id. Raises CommandError for what is neither."""
    try:
        return [UUID(named)]
    except ValueError:
        rows = connection.execute(
            """SELECT problems.id FROM problems JOIN appeals ON appeals.id = problems.appeal_id
               WHERE appeals.number = %s ORDER BY ordinal""",
            [named],
        ).fetchall()
    if not rows:
        raise CommandError(f"{named!r} is neither a problem's id nor the number of an appeal that has problems")
    return [row[0] for row in rows]


def _as_json(problem: UUID, told: Explanation, rules: Rules, now: datetime) -> dict[str, Any]:
    clock = told.clock

    def local(moment: datetime) -> str:
        return moment.astimezone(rules.zone).isoformat(sep=" ", timespec="seconds")

    return {
        "problem": str(problem),
        "clock": clock.kind.value,
        "stage": clock.stage.value,
        "regime": clock.regime.value,
        "regime_name": told.regime.name,
        "regime_source": told.regime.source,
        "policy": clock.policy_version,
        "term": f"{told.term.amount} {told.term.unit.value}",
        "basis": told.term.basis.value,
        "source": told.term.source,
        "started": local(clock.started_at),
        "deadline": local(clock.deadline_at),
        "note": told.note,
        "superseded": local(told.until) if told.until else None,
        "earlier_deadlines": [
            {"at": local(each.at), "before": local(each.before), "after": local(each.after), "why": each.why}
            for each in told.moved
        ],
        "ignored": list(told.ignored),
        "stopped": local(clock.stopped_at) if clock.stopped_at else None,
        "late": (clock.stopped_at or told.until or now) > clock.deadline_at,
        "counted_seconds": told.counted.total_seconds(),
        "counted": _words(told.counted, told.term.in_hours),
        "intervals": [
            {
                "start": local(piece.start),
                "end": local(piece.end),
                "counted_seconds": piece.counted.total_seconds(),
                "counted": _words(piece.counted, told.term.in_hours),
                "why": piece.why,
            }
            for piece in told.intervals
        ],
    }


def _words(counted: timedelta, in_hours: bool) -> str:
    """A length as the clock counts it: «0:41:07», «12 d»."""
    return str(counted) if in_hours else f"{counted.days} d"


def _print(told: dict[str, Any]) -> None:
    state = "stopped " + told["stopped"] if told["stopped"] else "running"
    if told["superseded"]:
        state = "superseded " + told["superseded"]
    typer.echo(f"{told['clock']} clock of problem {told['problem']}: {state}{', late' if told['late'] else ''}")
    typer.echo(f"  term {told['term']}, policy {told['policy']}, {told['basis']}: {told['source']}")
    typer.echo(f"  started {told['started']}, deadline {told['deadline']}{'; ' + told['note'] if told['note'] else ''}")
    typer.echo(f"  regime {told['regime']}: {told['regime_name']}; {told['regime_source']}")
    for moved in told["earlier_deadlines"]:
        typer.echo(f"  deadline was {moved['before']}, became {moved['after']} at {moved['at']}: {moved['why']}")
    for ignored in told["ignored"]:
        typer.echo(f"  {ignored}")
    for piece in told["intervals"]:
        typer.echo(f"    {piece['start']} .. {piece['end']}  {piece['counted']:>12}  {piece['why']}")
    typer.echo(f"    {'counted in all':<54}{told['counted']:>12}\n")
