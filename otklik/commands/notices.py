"""`otklik notices`: what clocks have told whom, which e-mails wait or failed, and another try for those."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated, Any

import typer

app = typer.Typer(help="Notices of clocks: what was told to whom; e-mails that wait or failed.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON array.")]
Most = Annotated[int, typer.Option(min=1, max=10_000, help="The newest so many.")]


class NoticeState(StrEnum):
    """States of a notice."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    READ = "read"
    CANCELLED = "cancelled"


class MailState(StrEnum):
    """States of an e-mail."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"


@app.command("list")
def list_notices(
    state: Annotated[NoticeState | None, typer.Option(help="Only those in this state.")] = None,
    to: Annotated[str, typer.Option(help="Only those to the executor of this code.")] = "",
    limit: Most = 50,
    as_json: AsJson = False,
) -> None:
    """Notices, newest first: which step of which clock, to whom, when it may be sent, in which state."""
    query = """
        SELECT n.made_at, n.kind, c.kind AS clock, a.number, n.level, coalesce(e.code, '') AS executor, n.state,
            n.send_at, n.delivered_at, n.danger, n.course, n.step
        FROM notices n JOIN clocks c ON c.id = n.clock_id JOIN problems p ON p.id = c.problem_id
            JOIN appeals a ON a.id = p.appeal_id LEFT JOIN executors e ON e.id = n.executor_id
        WHERE (%(state)s::text IS NULL OR n.state = %(state)s) AND (%(to)s = '' OR e.code = %(to)s)
        ORDER BY n.made_at DESC, n.id LIMIT %(limit)s
    """
    rows = _rows(query, state=state, to=to, limit=limit)
    _show(rows, as_json, "{made_at}  {number}  {clock:<12} {kind:<9} to {level} {executor}  {state}, sent {send_at}")


@app.command("mails")
def list_mails(
    state: Annotated[MailState | None, typer.Option(help="Only those in this state.")] = None,
    limit: Most = 50,
    as_json: AsJson = False,
) -> None:
    """E-mails with notices, newest first: to whom (never an address), attempts, the next one, why the last failed."""
    query = """
        SELECT m.made_at, m.id::text, e.code AS executor, m.state, m.attempts, m.try_at, m.sent_at, m.error,
            (SELECT count(*) FROM notices n WHERE n.mail_id = m.id) AS notices
        FROM notice_mails m JOIN executors e ON e.id = m.executor_id
        WHERE %(state)s::text IS NULL OR m.state = %(state)s ORDER BY m.made_at DESC, m.id LIMIT %(limit)s
    """
    rows = _rows(query, state=state, limit=limit)
    _show(rows, as_json, "{made_at}  to {executor}  {state}, {notices} notices, {attempts} attempts  {error}")


@app.command("retry")
def retry() -> None:
    """Have the e-mails that were given up tried again, from the first wait on."""
    from otklik.commands.running import running

    with running("notices") as connection:
        again = connection.execute(
            "UPDATE notice_mails SET state = 'waiting', attempts = 1, try_at = now() WHERE state = 'failed'"
        ).rowcount
    typer.echo(f"E-mails to be tried again: {again}." if again else "No e-mail was given up; nothing was done.")


def _rows(query: str, **values: object) -> list[dict[str, Any]]:
    from datetime import datetime

    from psycopg.rows import dict_row

    from otklik.commands.running import running

    with running("notices") as connection, connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(query.encode(), values).fetchall()
    return [
        {
            name: value.isoformat(timespec="seconds") if isinstance(value, datetime) else value
            for name, value in row.items()
        }
        for row in rows
    ]


def _show(rows: list[dict[str, Any]], as_json: bool, line: str) -> None:
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        typer.echo(line.format(**row))
    if not rows:
        typer.echo("There is none.")
