"""`otklik replies`: which replies to citizens wait or could not be sent, and another try for those."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import typer

from otklik.commands.root import CommandError

app = typer.Typer(help="Replies to citizens: what waits, what could not be sent and why.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Most = Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")]
COLUMNS = """
    r.id::text, a.number, r.kind, a.channel, x.way, x.state, x.attempts, x.try_at, x.sent_at, x.message_id, x.error
"""
SENDINGS = """
    (SELECT id, 'reply' AS way, state, attempts, try_at, sent_at, message_id, error || reason AS error FROM replies
     UNION ALL SELECT id, 'copy', state, attempts, try_at, sent_at, message_id, error FROM reply_copies) x
    JOIN replies r ON r.id = x.id JOIN appeals a ON a.id = r.appeal_id
"""
"""A reply, and beside one that is published on the citizen's page the copy by e-mail."""


@app.command()
def failed(limit: Most = 50, as_json: AsJson = False) -> None:
    """Replies that were given up, newest first, each with the reason of its last attempt."""
    _list("failed", limit, as_json)


@app.command()
def waiting(limit: Most = 50, as_json: AsJson = False) -> None:
    """Replies that are approved and not sent yet; one without attempts whose time has come waits for its channel."""
    _list("approved", limit, as_json)


@app.command()
def show(id: Annotated[UUID, typer.Argument(help="Id from `otklik replies failed`.")], as_json: AsJson = False) -> None:
    """Show how one reply was sent: attempts, times, Message-ID, reason; never its words nor an address."""
    rows = _rows(f"SELECT {COLUMNS} FROM {SENDINGS} WHERE x.id = %(id)s ORDER BY x.way DESC", id=id)
    if not rows:
        raise CommandError(f"there is no reply {id}")
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        for name, value in row.items():
            typer.echo(f"{name.replace('_', ' '):<12} {'-' if value in (None, '') else value}")


@app.command()
def resend(
    ids: Annotated[list[UUID] | None, typer.Argument(help="Ids from `otklik replies failed`.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that were given up.")] = False,
    by: Annotated[str, typer.Option(help="Login of who asks for it.")] = "console",
) -> None:
    """Have replies that were given up tried again, from the first attempt on, under the same Message-ID."""
    from models.refusal import Refused
    from otklik.commands.running import running
    from resolution.sending import resend as try_again

    if not (ids or everything):
        raise CommandError("nothing was chosen, nothing was done; give ids or --all")
    with running("replies") as connection:
        query = f"SELECT DISTINCT r.region_id, r.id FROM {SENDINGS} WHERE x.state = 'failed' OR r.id = ANY(%(ids)s)"
        known = {row[1]: row[0] for row in connection.execute(query.encode(), {"ids": ids or []}).fetchall()}
        if missing := [str(one) for one in ids or [] if one not in known]:
            raise CommandError(f"there is no reply {', '.join(missing)}; nothing was done")
        with connection.transaction():
            chosen = list(known) if everything else ids or []
            done = []
            for one in chosen:
                try:
                    done.append(try_again(connection, known[one], one, by=by, now=datetime.now(UTC)))
                except Refused:
                    typer.echo(f"{one} says that a problem is closed which is open again: left as it was.", err=True)
    typer.echo(
        f"Replies to be tried again: {sum(done)}." if any(done) else "None of them had failed; nothing was done."
    )


def _list(state: str, limit: int, as_json: bool) -> None:
    query = f"SELECT {COLUMNS} FROM {SENDINGS} WHERE x.state = %(state)s ORDER BY x.try_at DESC, x.id LIMIT %(limit)s"
    rows = _rows(query, state=state, limit=limit)
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        typer.echo(
            "{id}  {number}  {kind}, {way} by {channel}, {attempts} attempts, next {try_at}  {error}".format(**row)
        )
    if not rows:
        typer.echo("There is none.")


def _rows(query: str, **values: object) -> list[dict[str, Any]]:
    from psycopg.rows import dict_row

    from otklik.commands.running import running

    with running("replies") as connection, connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(query.encode(), values).fetchall()
    return [
        {
            name: value.isoformat(timespec="seconds") if isinstance(value, datetime) else value
            for name, value in row.items()
        }
        for row in rows
    ]
