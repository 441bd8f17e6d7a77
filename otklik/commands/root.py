"""The root of the command line: mounts the commands and turns errors into one clear line."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer
from rich.console import Console

app = typer.Typer(
    name="otklik",
    help="Otklik: citizens' appeals in, solved problems out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
errors = Console(stderr=True)


class CommandError(Exception):
    """An error whose message is for the person at the terminal: what happened, what was kept, what to do."""


def mount() -> None:
    """Add every command. The modules import what is heavy only inside their functions."""


def command_names() -> list[str]:
    """Names of all commands, in the order of the help."""
    mount()
    return list(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


def run_command_line(arguments: Sequence[str]) -> int:
    """Run one command; returns the exit code: 0 done, 1 an error, 2 wrong usage, 3 done in part."""
    mount()
    try:
        app(args=list(arguments), standalone_mode=False)
    except typer.Exit as leave:
        return leave.exit_code
    except CommandError as error:
        errors.print(f"[bold red]Error:[/] {error}", highlight=False)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(run_command_line(sys.argv[1:]))
