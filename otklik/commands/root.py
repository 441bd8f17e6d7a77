"""The root of the command line: mounts the commands and turns errors into one clear line."""

from __future__ import annotations

from collections.abc import Sequence

import typer
from rich.console import Console
from rich.markup import escape

errors = Console(stderr=True)


class CommandError(Exception):
    """An error whose message is for the person at the terminal: what happened, what was kept, what to do."""


def command_line() -> typer.Typer:
    """The whole command line. The modules of the commands import what is heavy only inside their functions."""
    from otklik.commands import (
        analyse,
        clock,
        clock_events,
        demo_past,
        drift,
        evaluate,
        executors,
        forecast,
        hotspots,
        import_file,
        model,
        notices,
        parts,
        quarantine,
        region,
        region_compile,
        replies,
        report,
        run,
        status,
        train,
        user,
        verify,
    )

    app = typer.Typer(
        name="otklik",
        help="Otklik: citizens' appeals in, solved problems out.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
    )
    daily = (
        run.run,
        status.status,
        hotspots.hotspots,
        verify.verify,
        analyse.analyse,
        train.train,
        drift.drift,
    )
    for command in daily:
        app.command()(command)
    app.command("demo-past")(demo_past.demo_past)
    app.command("import")(import_file.import_file)
    app.add_typer(evaluate.evaluate, name="evaluate")
    region.app.command("compile-geo")(region_compile.compile_geo)
    region.app.command("import-gar")(region_compile.import_gar)
    app.add_typer(region.app, name="region")
    for decision in (clock_events.pause, clock_events.resume, clock_events.extend, clock_events.register):
        clock.app.command()(decision)
    clock.app.command()(clock_events.forward)
    app.add_typer(clock.app, name="clock")
    app.add_typer(executors.app, name="executors")
    app.add_typer(forecast.app, name="forecast")
    app.add_typer(model.app, name="model")
    app.add_typer(notices.app, name="notices")
    app.add_typer(quarantine.app, name="quarantine")
    app.add_typer(replies.app, name="replies")
    app.add_typer(report.app, name="report")
    app.add_typer(user.app, name="user")
    for part in (parts.migrate, parts.api, parts.worker, parts.timers, parts.sender, parts.relay):
        app.command(rich_help_panel="Parts of a large installation")(part)
    return app


def command_names() -> list[str]:
    """Names of all commands, in the order of the help."""
    app = command_line()
    commands = [command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands]
    return commands + [str(group.name) for group in app.registered_groups]


def run_command_line(arguments: Sequence[str]) -> int:
    """Run one command; returns the exit code: 0 done, 1 an error, 2 wrong usage, 3 done in part."""
    from otklik.settings import SettingsError, settings

    try:
        command_line()(args=list(arguments))
    except (CommandError, SettingsError) as error:
        errors.print(f"[bold red]Error:[/] {escape(str(error))}", highlight=False, markup=True, soft_wrap=True)
        return 1
    except SystemExit as leave:
        return leave.code if isinstance(leave.code, int) else 1
    except Exception as error:
        if settings().traceback:
            raise
        errors.print(f"[bold red]Error:[/] {type(error).__name__}", highlight=False)
        errors.print("This is a fault of Otklik itself. OTKLIK_TRACEBACK=1 shows where it happened.", highlight=False)
        return 1
    return 0
