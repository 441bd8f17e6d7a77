"""`otklik region`: the region packs that are there, what one holds, and what is wrong in it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from otklik.commands import region_import
from otklik.commands.root import CommandError

if TYPE_CHECKING:
    from models.pack import RegionPack

app = typer.Typer(help="Region packs: list them, show one, check one.", no_args_is_help=True)

app.command("import-osm")(region_import.import_osm)
app.command("import-houses")(region_import.import_houses)
app.command("import-districts")(region_import.import_districts)

FILES = (
    "topics.csv",
    "bodies.csv",
    "units.csv",
    "persons.csv",
    "competence.csv",
    "properties.csv",
    "settlements.csv",
    "streets.csv",
    "houses.csv",
    "calendar.csv",
)
Region = Annotated[str, typer.Argument(help="Id of the region pack, as `otklik region list` names it.")]


def _pack(region: str) -> RegionPack:
    from models.pack import PackError, load_pack

    try:
        return load_pack(region)
    except PackError as error:
        raise CommandError(str(error)) from error


@app.command("list")
def list_regions() -> None:
    """List the region packs: id, name, time zone, prefix of registration numbers."""
    from models.pack import region_ids

    for region in region_ids():
        pack = _pack(region)
        typer.echo(f"{pack.id:<12} {pack.name:<24} {pack.zone.key:<18} {pack.about['number_prefix']}")


@app.command()
def show(
    region: Region,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show what a region pack holds: rows of each file, groups of topics, policy versions."""
    from models.pack import PackError
    from sla.policy import Policies

    pack = _pack(region)
    try:
        rows = {file: sum(1 for _ in pack.rows(file)) for file in FILES if pack.path(file).is_file()}
        policies = [policy.version for policy in Policies.of_pack(pack).versions]
        groups = list(dict.fromkeys(topic.group for topic in pack.topics))
    except PackError as error:
        raise CommandError(str(error)) from error
    rows["topics.csv"] = len(pack.topics)
    told = {
        "id": pack.id,
        "name": pack.name,
        "time_zone": pack.zone.key,
        "number_prefix": pack.about["number_prefix"],
        "topics_of": pack.about.get("topics_of", pack.id),
        "model": pack.model_folder.parent.name,
        "assign_threshold": pack.about["assign_threshold"],
        "municipalities": len(pack.about["municipalities"]),
        "rows": rows,
        "policies": policies,
        "groups": groups,
    }
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for name, value in told.items():
        if isinstance(value, dict):
            value = ", ".join(f"{key} {count}" for key, count in value.items())
        typer.echo(f"{name:<17} {', '.join(value) if isinstance(value, list) else value}")


@app.command()
def check(region: Region) -> None:
    """Check every file of a region pack against the others; one line for each finding.

    Exit code: 0 nothing found, 1 something is wrong.
    """
    from otklik.pack_check import check_pack

    pack = _pack(region)
    found = check_pack(pack, datetime.now(UTC).date())
    for finding in found:
        typer.echo(str(finding))
    if found:
        raise typer.Exit(1)
    typer.echo(f"{pack.id}: nothing wrong found")
