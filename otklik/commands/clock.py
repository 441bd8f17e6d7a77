"""`otklik clock`: why a clock shows what it shows."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from otklik.commands.root import CommandError

if TYPE_CHECKING:
    import psycopg

    from sla.clock import Rules
    from sla.explain import Explanation

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
    from sla.clock import Rules
    from sla.explain import explain as explained
    from sla.store import problem_events

    now = datetime.now(UTC)
    told: list[dict[str, Any]] = []
    with plainly(), database(settings()) as url, psycopg.connect(url, application_name="otklik clock") as connection:
        for each in _problems(connection, problem):
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


def _problems(connection: psycopg.Connection[Any], named: str) -> list[UUID]:
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
        "policy": clock.policy_version,
        "term": f"{told.term.amount} {told.term.unit.value}",
        "basis": told.term.basis.value,
        "source": told.term.source,
        "started": local(clock.started_at),
        "deadline": local(clock.deadline_at),
        "note": told.note,
        "stopped": local(clock.stopped_at) if clock.stopped_at else None,
        "late": (clock.stopped_at or now) > clock.deadline_at,
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
    typer.echo(f"{told['clock']} clock of problem {told['problem']}: {state}{', late' if told['late'] else ''}")
    typer.echo(f"  term {told['term']}, policy {told['policy']}, {told['basis']}: {told['source']}")
    typer.echo(f"  started {told['started']}, deadline {told['deadline']}{'; ' + told['note'] if told['note'] else ''}")
    for piece in told["intervals"]:
        typer.echo(f"    {piece['start']} .. {piece['end']}  {piece['counted']:>12}  {piece['why']}")
    typer.echo(f"    {'counted in all':<54}{told['counted']:>12}\n")
