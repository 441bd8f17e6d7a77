"""`otklik report`: the head's weekly letter, made by hand or sent again."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from otklik.commands.root import CommandError

app = typer.Typer(help="Letters of the week, and evidence for claims, as files.", no_args_is_help=True)
Region = Annotated[str, typer.Option(help="Region; empty: as in the settings.")]


@app.command("week")
def week(
    out: Annotated[Path, typer.Option(help="File to write: .pdf, .html, or .json.", dir_okay=False)],
    region: Region = "",
    day: Annotated[str, typer.Option(help="Any day of the week, YYYY-MM-DD; empty: the last whole week.")] = "",
) -> None:
    """Write the letter about a week: the one that was sent, or, where none was, one of the numbers as they stand."""
    from indicators.reports import store
    from indicators.reports.composing import letter_about
    from indicators.reports.rendering import as_html, as_pdf
    from otklik.commands.running import running
    from otklik.settings import settings
    from otklik.wiring import pack_of

    if out.suffix not in (".pdf", ".html", ".json"):
        raise CommandError(f"{out.name}: the name must end with .pdf, .html or .json; nothing was written")
    pack, now = pack_of(region or settings().region), datetime.now(UTC)
    monday = _monday(day, now.astimezone(pack.zone).date())
    with running("report") as connection:
        found = store.kept(connection, pack.id, monday)
        letter, made_at = found or (letter_about(connection, pack, monday), now)
    if letter is None:
        raise CommandError(f"nothing is known of the week of {monday} yet; nothing was written")
    if out.suffix == ".pdf":
        content = as_pdf(letter, made_at, pack.zone)
    elif out.suffix == ".html":
        content = as_html(letter, made_at, pack.zone).encode()
    else:
        content = json.dumps(letter.as_json(), ensure_ascii=False, indent=2).encode()
    write(out, content)
    typer.echo(f"The letter about the week of {monday}: {out}")


def _monday(day: str, today: date) -> date:
    """Of a named day, or of the last whole week. Raises CommandError."""
    named = _day(day) if day else today - timedelta(weeks=1)
    return named - timedelta(days=named.weekday())


def _day(written: str) -> date:
    """Raises CommandError."""
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise CommandError(f"{written!r} is no day; write it as 2026-11-22") from error


def write(out: Path, content: bytes) -> None:
    """Raises CommandError where the file cannot be written."""
    try:
        out.write_bytes(content)
    except OSError as error:
        raise CommandError(f"{out}: {error.strerror}; nothing was written") from error


@app.command("evidence")
def evidence(
    executor: Annotated[str, typer.Argument(help="Code of the executor.")],
    since: Annotated[str, typer.Option("--from", help="First day of the period, YYYY-MM-DD.")],
    until: Annotated[str, typer.Option("--to", help="Last day of the period.")],
    out: Annotated[Path, typer.Option(help="PDF to write.", dir_okay=False)],
    region: Region = "",
) -> None:
    """Write the evidence file of a claim: what happened to each failed problem of an executor, personal data hidden."""
    from api.reading.evidence import Source
    from api.reading.evidence import evidence as evidence_against
    from indicators.reports.evidence import as_pdf
    from otklik.commands.running import running
    from otklik.settings import settings
    from otklik.wiring import file_store, pack_of

    pack, first, last = pack_of(region or settings().region), _day(since), _day(until)
    with running("report") as connection:
        found = evidence_against(Source(connection, pack, file_store(settings()).read), executor, first, last)
    if found is None:
        raise CommandError(f"there is no executor {executor!r}; their codes: otklik executors list")
    write(out, as_pdf(found, datetime.now(UTC), pack.zone))
    typer.echo(f"Failed problems of {executor} from {first} to {last}: {len(found.cases)}, in {out}")


@app.command("mails")
def mails() -> None:
    """Print the e-mails with letters, newest first: to whom (never an address), in which state, why the last failed."""
    from otklik.commands.running import running

    with running("report") as connection:
        rows = connection.execute(
            """SELECT l.week, e.code, m.state, m.attempts, m.sent_at, m.error FROM letter_mails m
                   JOIN letters l ON l.id = m.letter_id JOIN executors e ON e.id = m.executor_id
               ORDER BY l.week DESC, e.code LIMIT 200"""
        ).fetchall()
    for monday, code, state, attempts, sent_at, error in rows:
        when = f", sent {sent_at:%Y-%m-%d %H:%M}" if sent_at else ""
        typer.echo(f"{monday}  to {code}  {state}{when}, attempts {attempts}  {error}".rstrip())
    if not rows:
        typer.echo("There is none.")


@app.command("retry")
def retry() -> None:
    """Have the e-mails that were given up tried again, from the first wait on."""
    from otklik.commands.running import running

    with running("report") as connection:
        again = connection.execute(
            "UPDATE letter_mails SET state = 'waiting', attempts = 1, try_at = now() WHERE state = 'failed'"
        ).rowcount
    typer.echo(f"E-mails to be tried again: {again}." if again else "No e-mail was given up; nothing was done.")
