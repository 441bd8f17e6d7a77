"""`otklik user`: people who may sign in."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from otklik.commands.root import CommandError

if TYPE_CHECKING:
    from psycopg import Connection

app = typer.Typer(
    name="user",
    help="People who may sign in: operators, executors, governors, administrators.",
    no_args_is_help=True,
)


class RoleName(StrEnum):
    operator = "operator"
    executor = "executor"
    governor = "governor"
    admin = "admin"


@contextmanager
def _connected() -> Iterator[Connection[Any]]:
    import psycopg

    from otklik.commands.failures import plainly
    from otklik.settings import settings
    from otklik.wiring import database

    with plainly(), database(settings()) as url, psycopg.connect(url, application_name="otklik user") as connection:
        yield connection


def _password() -> str:
    """The password from the person at the terminal, asked twice, or the first line of what is piped in."""
    if sys.stdin.isatty():
        answer: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
        return answer
    return sys.stdin.readline().rstrip("\r\n")


@app.command()
def add(
    login: Annotated[str, typer.Argument(help="The name to sign in with.")],
    role: Annotated[RoleName, typer.Option(help="What the person may do.")],
    name: Annotated[str, typer.Option(help="The person's name, as others see it.")] = "",
    region: Annotated[str | None, typer.Option(help="The person's region; by default the installation's.")] = None,
    executor: Annotated[
        str | None, typer.Option(help="Code of the executor that a person of this role answers as.")
    ] = None,
) -> None:
    """Add a person. The password is asked for, or read from the first line of what is piped in."""
    if (role is RoleName.executor) != (executor is not None):
        raise CommandError("--executor CODE goes with --role executor, and only with it; nobody was added")
    from psycopg.errors import UniqueViolation

    from api.security import users
    from api.security.passwords import hashed
    from models.identifiers import derived_id
    from otklik.settings import settings

    where = region or settings().region
    try:
        password_hash = hashed(_password())
    except ValueError as error:
        raise CommandError(f"{error}; nobody was added") from error
    executor_id = derived_id(where, "executor", executor) if executor else None
    with _connected() as connection:
        _check_there(connection, where, executor, executor_id)
        try:
            users.add(
                connection, where, login, name or login, password_hash, users.Role(role), executor_id, datetime.now(UTC)
            )
        except UniqueViolation as error:
            raise CommandError(f"the login {login} is taken; nobody was added, choose another one") from error
    typer.echo(f"Added {role} {login} in region {where}.")


def _check_there(connection: Connection[Any], region: str, executor: str | None, executor_id: object) -> None:
    if connection.execute("SELECT FROM regions WHERE id = %s", (region,)).fetchone() is None:
        raise CommandError(f"there is no region {region}; nobody was added, see `otklik region list`")
    there = executor is None or connection.execute("SELECT FROM executors WHERE id = %s", (executor_id,)).fetchone()
    if there is None:
        raise CommandError(f"region {region} has no executor {executor}; nobody was added, see its bodies.csv")


@app.command(name="list")
def list_users() -> None:
    """List the people who may sign in, and those who may no longer."""
    from rich.console import Console
    from rich.table import Table

    table = Table("login", "role", "name", "region", "answers as", "state", box=None, pad_edge=False)
    with _connected() as connection:
        rows = connection.execute(
            """
            SELECT u.login, u.role, u.name, u.region_id, coalesce(e.code, ''), u.disabled_at IS NULL
            FROM users u LEFT JOIN executors e ON e.id = u.executor_id ORDER BY u.login
            """
        ).fetchall()
    for login, role, name, region, executor, enabled in rows:
        table.add_row(login, role, name, region, executor, "enabled" if enabled else "disabled")
    Console().print(
        table if rows else "Nobody may sign in yet; add the first with `otklik user add LOGIN --role admin`."
    )


@app.command()
def disable(login: Annotated[str, typer.Argument(help="The person's login.")]) -> None:
    """Shut a person out at once: open sessions are closed, what was done stays."""
    from api.security import users

    with _connected() as connection:
        if not users.disable(connection, login, datetime.now(UTC)):
            raise CommandError(f"nobody enabled has the login {login}; nothing was changed")
    typer.echo(f"Disabled {login}; open sessions are closed.")
