"""`otklik api`, `worker`, `timers`, `migrate`: the parts of an installation one by one, for many machines."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class StageName(StrEnum):
    """The stages that a worker can serve."""

    NLP = "nlp"
    ROUTING = "routing"
    SLA = "sla"
    PROOFS = "proofs"
    PHOTOS = "photos"
    REPLIES = "replies"
    INDICATORS = "indicators"
    PUNCTUALITY = "punctuality"


def worker(
    stage: Annotated[StageName, typer.Argument(help="The stage to work for.")],
    count: Annotated[int, typer.Option(min=1, max=256, help="Number of processes; they share what is loaded.")] = 1,
) -> None:
    """Work for one stage until SIGTERM or Ctrl-C; the batch under way is finished."""
    from otklik.commands.failures import plainly
    from otklik.processes.foreground import part, supervise
    from otklik.processes.roles import workers
    from otklik.settings import settings

    with plainly(), part(settings()) as url:
        code = supervise(workers(stage.value, count, url, settings()))
    raise typer.Exit(code)


def timers() -> None:
    """Take the steps of clocks when their time comes, tell who is to be told, make what comes every week, send mail."""
    from otklik.commands.failures import plainly
    from otklik.processes.foreground import part, supervise
    from otklik.processes.reports import reports
    from otklik.processes.roles import mail, timers
    from otklik.settings import settings

    with plainly(), part(settings()) as url:
        code = supervise([timers(url, settings()), *mail(url, settings()), reports(url, settings())])
    raise typer.Exit(code)


def sender() -> None:
    """Send replies to citizens through the channels they wrote by, until SIGTERM or Ctrl-C; several share the work."""
    from otklik.commands.failures import plainly
    from otklik.processes.foreground import part, supervise
    from otklik.processes.roles import sender
    from otklik.settings import settings

    with plainly(), part(settings()) as url:
        code = supervise([sender(url, settings())])
    raise typer.Exit(code)


def relay() -> None:
    """Ship the log to Kafka (OTKLIK_KAFKA) until SIGTERM or Ctrl-C; several share the work."""
    from otklik.commands.failures import plainly
    from otklik.commands.root import CommandError
    from otklik.processes.foreground import part, supervise
    from otklik.processes.roles import relay
    from otklik.settings import settings

    if not settings().kafka:
        raise CommandError("there is nothing to ship to: set OTKLIK_KAFKA to host:port of a broker")
    with plainly(), part(settings()) as url:
        code = supervise([relay(url, settings())])
    raise typer.Exit(code)


def api() -> None:
    """Serve the JSON API and the web pages until SIGTERM or Ctrl-C."""
    from otklik.commands.failures import plainly
    from otklik.processes.foreground import part, supervise
    from otklik.processes.listening import listen
    from otklik.processes.roles import web_server
    from otklik.settings import settings

    chosen = settings()
    with plainly(), listen(chosen.host, chosen.port) as listening, part(chosen) as url:
        code = supervise([web_server(url, listening, chosen)])
    raise typer.Exit(code)


def migrate() -> None:
    """Bring the database to this version: migrations, streams, and the rows of every region pack."""
    from otklik.commands.failures import plainly
    from otklik.settings import settings
    from otklik.wiring import database

    with plainly(), database(settings()):
        typer.echo("The database is up to date.")
