"""`otklik run`: the whole product on one machine."""

from __future__ import annotations

import time
from typing import Annotated

import typer
from rich.console import Console


def run(
    demo: Annotated[
        bool, typer.Option("--demo", help="Take in the region's sample appeals and make demo users.")
    ] = False,
) -> None:
    """Start everything: the database server, the web server, the workers and the timers.

    Stops on Ctrl-C or SIGTERM after finishing what was begun. Settings are environment variables (docs/settings.md).
    """
    from models.pack import load_pack
    from otklik import wiring
    from otklik.commands.failures import plainly
    from otklik.data_folder import hold
    from otklik.postgres import EmbeddedServer
    from otklik.processes import demonstration, record, roles
    from otklik.processes.foreground import start_logs, stop_on_signals
    from otklik.processes.listening import address_of, listen
    from otklik.processes.supervisor import Supervisor
    from otklik.settings import settings
    from streams import Stop

    chosen = settings()
    console = Console()
    roles.one_thread_a_process()
    start_logs()
    began = time.monotonic()
    with plainly(), Stop() as stop:
        pack = load_pack(chosen.region)
        stop_on_signals(stop)
        with hold(chosen.data_folder), listen(chosen.host, chosen.port) as listening:
            server = None if chosen.database_url else EmbeddedServer(chosen.data_folder)
            console.print(f"[bold]Otklik[/], region {pack.id} ({pack.name})")
            if server is not None:
                console.print(f"Starting PostgreSQL in {chosen.data_folder} …")
                server.start()
            try:
                url = server.url() if server else chosen.database_url
                wiring.prepare(url, chosen)
                users = demonstration.make_users(url, pack.id) if demo else []
            except BaseException:
                if server is not None:
                    server.stop()
                raise
            children = list(roles.everything(url, listening, chosen))
            if demo:
                children.append(demonstration.importer(url, pack, chosen))

            def ready() -> None:
                console.print(f"Ready in {time.monotonic() - began:.1f} s: [bold]{address_of(listening)}[/]")
                for user in users:
                    console.print(f"  {user.role:<9} login [bold]{user.login}[/] password [bold]{user.password}[/]")
                console.print("Ctrl-C stops it.")

            supervisor = Supervisor(children, server, lambda: record.write(chosen.data_folder, children, server))
            code = supervisor.run(stop, ready)
    if code:
        raise typer.Exit(code)
    console.print("Otklik has stopped; everything accepted is kept.")
