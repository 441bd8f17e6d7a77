"""`otklik clock pause`, `resume`, `extend`, `register`, `forward`: what an official does to clocks, told to the log."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from models.events import EventType
from otklik.commands.clock import problems_named
from otklik.commands.root import CommandError

if TYPE_CHECKING:
    from uuid import UUID

    import psycopg

Problem = Annotated[str, typer.Argument(help="Id of a problem, or an appeal's number: all its problems.")]
By = Annotated[str, typer.Option(help="Login of who decided it.")]


def pause(
    problem: Problem, by: By, reason: Annotated[str, typer.Option(help="A reason of `pauses` in the policy.")]
) -> None:
    """Let the clocks of solving stand, for a reason that the policy names and no longer than it allows."""
    tell(EventType.PROBLEM_PAUSED, problem, by, reason=reason)


def resume(problem: Problem, by: By) -> None:
    """Let paused clocks go on."""
    tell(EventType.PROBLEM_RESUMED, problem, by)


def extend(
    problem: Problem, by: By, notice: Annotated[str, typer.Option(help="Number of the notice sent to the author.")]
) -> None:
    """Extend the term of an answer once, as 59-ФЗ, art. 12, part 2 allows; without a notice nothing is extended."""
    tell(EventType.TERM_EXTENDED, problem, by, notice=notice)


def register(
    problem: Problem, by: By, number: Annotated[str, typer.Option(help="Its number in the office's register.")]
) -> None:
    """Say that the office registered the appeal, in a region where Otklik's number is not the registration."""
    tell(EventType.APPEAL_REGISTERED, problem, by, number=number)


def forward(
    problem: Problem,
    by: By,
    to: Annotated[str, typer.Option(help="The body that is competent.")],
    notice: Annotated[str, typer.Option(help="Number of the notice sent to the author.")],
) -> None:
    """Say that the appeal went to the body that is competent, with a notice to its author (59-ФЗ, art. 8, part 3)."""
    tell(EventType.APPEAL_FORWARDED, problem, by, to=to, notice=notice)


def tell(what: EventType, named: str, by: str, **data: str) -> None:
    """Append the event of each problem, all or none. Raises CommandError where one of them would change nothing."""
    import psycopg

    from models.migrate import check_migrated
    from otklik.commands.failures import plainly
    from otklik.settings import settings
    from otklik.wiring import database

    with plainly(), database(settings()) as url, psycopg.connect(url, application_name="otklik clock") as connection:
        check_migrated(connection)
        problems = problems_named(connection, named)
        moved = _append(connection, what, problems, by, data)
        connection.commit()
    for problem in problems:
        typer.echo(f"{what.value} is told of problem {problem}; its clocks:")
        for line in moved[problem]:
            typer.echo(f"  {line}")


def _append(
    connection: psycopg.Connection[Any], what: EventType, problems: list[UUID], by: str, data: dict[str, str]
) -> dict[UUID, list[str]]:
    """What each problem's clocks become. The sla stage counts the events when it reads them, by the same rules."""
    import streams
    from models.events import Stream, event
    from otklik.wiring import pack_of
    from sla.foresee import NoEffect, foresee
    from sla.rules import Rules
    from sla.store import problem_events

    told, lines = [], {}
    for problem in problems:
        connection.execute("SELECT FROM problems WHERE id = %s FOR UPDATE", [problem])
        known = problem_events(connection, problem)
        if known is None:
            raise CommandError(f"there is no problem {problem}; its id stands in the address of its page")
        region, events = known
        if connection.execute("SELECT FROM users WHERE login = %s AND region_id = %s", [by, region]).fetchone() is None:
            raise CommandError(
                f"region {region} has no user {by!r}; nothing was changed; name who decided it with --by"
            )
        rules = Rules.of_pack(pack_of(region))
        # a clock set back must not put this before what has happened already
        now = max(datetime.now(UTC), *(each.time for each in events))
        one = event(what, region, events[0].key, now, problem_id=str(problem), by=by, **data)
        try:
            after = foresee(events, one, rules)
        except NoEffect as error:
            raise CommandError(f"problem {problem}: {error}; nothing was changed") from error
        told.append(one)
        lines[problem] = [
            f"{clock.kind.value}: deadline {clock.deadline_at.astimezone(rules.zone):%Y-%m-%d %H:%M}"
            + (", stopped" if clock.stopped_at else "")
            for clock in after
        ]
    streams.append(connection, Stream.PROBLEMS, told)
    return lines
