"""`otklik quarantine`: events that a stage could not handle; look at them, and have them tried again.

Neither an event's words nor its data are shown: identifiers, types, reasons and times only.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from otklik.commands.root import CommandError

if TYPE_CHECKING:
    import psycopg

    from streams import Quarantined

app = typer.Typer(help="Events that a stage could not handle.", no_args_is_help=True)
LOOK_SECONDS = 0.1

Group = Annotated[str | None, typer.Option("--group", help="Only of this stage: nlp, routing, sla…")]
Reason = Annotated[str, typer.Option("--reason", help="Only those whose reason holds this text.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_(
    group: Group = None,
    reason: Reason = "",
    replayed: Annotated[bool, typer.Option("--replayed", help="Also those that were handled since.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many at most, the newest first.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List what is in quarantine, the newest first."""
    from otklik.commands.running import running
    from streams import quarantined

    with running("quarantine") as connection:
        found = quarantined(connection, group=group, reason=reason, replayed=replayed)
    rows = [summary(one) for one in found[:limit]]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:  # no table: a narrow terminal would cut the ids, which are there to be copied
        typer.echo(f"{row['id']}  {row['group']}  {row['type']}  {row['state']}, {row['attempts']} times, {row['at']}")
        typer.echo(f"    appeal {row['appeal']}: {row['reason']}")
    if not rows:
        typer.echo("Nothing in quarantine fits." if group or reason else "The quarantine is empty.")
    if len(found) > limit:
        typer.echo(f"… and {len(found) - limit} more; --limit shows them.")


@app.command()
def show(
    id: Annotated[UUID, typer.Argument(help="Id from `otklik quarantine list`.")], as_json: AsJson = False
) -> None:
    """Show one event of the quarantine: where it stood, why it failed, how often."""
    from otklik.commands.running import running
    from streams import quarantined

    with running("quarantine") as connection:
        found = quarantined(connection, ids=[id], replayed=True)
    if not found:
        raise _unknown([id])
    told = details(found[0])
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for name, value in told.items():
        typer.echo(f"{name.replace('_', ' '):<16} {'-' if value is None else value}")


@app.command()
def replay(
    ids: Annotated[list[UUID] | None, typer.Argument(help="Ids from `otklik quarantine list`.")] = None,
    reason: Reason = "",
    group: Group = None,
    everything: Annotated[bool, typer.Option("--all", help="Everything in quarantine.")] = False,
    wait: Annotated[float, typer.Option(min=0, help="Seconds to wait for the stage's workers.")] = 10.0,
    as_json: AsJson = False,
) -> None:
    """Have events tried again by the stage that failed, and say what came of it.

    Only that stage gets them, each once. Exit code 3 where some failed again or still wait for a worker.
    """
    from otklik.commands.running import running
    from streams import ask_replay, quarantined

    if not (ids or reason or group or everything):
        raise CommandError("nothing was chosen, nothing was done; give ids, --reason, --group or --all")
    with running("quarantine") as connection:
        chosen = quarantined(connection, group=group, reason=reason, ids=ids or None, replayed=bool(ids))
        if missing := set(ids or []) - {one.id for one in chosen}:
            raise _unknown(missing)
        ask_replay(connection, [one.id for one in chosen], datetime.now(UTC))
        outcome = _await(connection, chosen, wait)
    if as_json:
        typer.echo(json.dumps(outcome))
    else:
        _tell(outcome)
    if outcome["failed_again"] or outcome["waiting"]:
        raise typer.Exit(3)


def summary(one: Quarantined) -> dict[str, Any]:
    """A line of the list."""
    return {
        "id": str(one.id),
        "group": one.consumer_group,
        "type": str(one.event.get("type")),
        "appeal": str(one.event.get("subject")),
        "attempts": one.attempts,
        "state": _state(one),
        "at": one.quarantined_at.isoformat(timespec="seconds"),
        "reason": one.reason,
    }


def details(one: Quarantined) -> dict[str, Any]:
    """All that may be shown of it: of the data only their names."""
    data = one.event.get("data")
    return {
        **summary(one),
        "region": one.region_id,
        "stream": one.stream,
        "partition": one.partition,
        "position": one.position,
        "event": str(one.event.get("id")),
        "event_time": str(one.event.get("time")),
        "data": sorted(data) if isinstance(data, dict) else [],
        "replay_asked_at": _time(one.replay_asked_at),
        "replayed_at": _time(one.replayed_at),
    }


def _state(one: Quarantined) -> str:
    if one.replayed_at is not None:
        return "handled since"
    return "to be replayed" if one.replay_asked_at is not None else "put aside"


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")


def _await(connection: psycopg.Connection[Any], chosen: list[Quarantined], seconds: float) -> dict[str, int]:
    """What came of the replays after `seconds` at most; what was handled before is not tried again."""
    from streams import quarantined

    ids = [one.id for one in chosen if one.replayed_at is None]
    until = time.monotonic() + seconds
    while True:
        now = quarantined(connection, ids=ids, replayed=True)
        waiting = sum(one.replayed_at is None and one.replay_asked_at is not None for one in now)
        handled = sum(one.replayed_at is not None for one in now)
        if waiting == 0 or time.monotonic() >= until:
            break
        time.sleep(LOOK_SECONDS)
    return {
        "handled": handled,
        "failed_again": len(now) - handled - waiting,
        "waiting": waiting,
        "handled_before": len(chosen) - len(ids),
    }


def _tell(outcome: dict[str, int]) -> None:
    if not any(outcome.values()):
        typer.echo("Nothing in quarantine fits; nothing was done.")
    for name, meaning in (
        ("handled", "handled now"),
        ("failed_again", "failed again and stay in quarantine; `otklik quarantine list` tells why"),
        ("waiting", "wait for a worker of their stage, which takes them when it runs (otklik run, otklik worker)"),
        ("handled_before", "were handled before and are left alone"),
    ):
        if outcome[name]:
            typer.echo(f"{outcome[name]} {meaning}.")


def _unknown(ids: Iterable[UUID]) -> CommandError:
    named = ", ".join(sorted(map(str, ids)))
    return CommandError(f"not in quarantine: {named}; nothing was done. `otklik quarantine list` shows what is")
