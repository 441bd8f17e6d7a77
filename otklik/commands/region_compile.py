"""`otklik region compile-geo`: make a region pack's settlements, streets and houses out of open data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def compile_geo(
    region: Annotated[str, typer.Argument(help="Id of the region pack, or its folder.")],
    municipalities: Annotated[
        Path,
        typer.Option(exists=True, dir_okay=False, help="GeoJSON of districts: polygons with the name in `district`."),
    ],
    settlements: Annotated[
        Path,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="CSV of settlements: name_latin, names_cyrillic, lat, lon, population, region (GeoNames).",
        ),
    ],
    name: Annotated[
        str, typer.Option(help="The region as the settlements file names it; by default as the pack does.")
    ] = "",
    houses: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="CSV of a registry of houses: lat, lon, address.")
    ] = None,
    streets: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="CSV of streets: settlement, settlement_type, district, street, street_type.",
        ),
    ] = None,
    appeals: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="Labelled appeals: street names of municipality, settlement, street; no texts.",
        ),
    ] = None,
    rejects: Annotated[Path | None, typer.Option(help="Where to write the rejected points, one a line.")] = None,
) -> None:
    """Compile the geography of a region pack; points that cannot be right are rejected and counted by reason."""
    from models.pack import REGIONS, PackError, RegionPack
    from nlp.places.imports import SourceError, Sources, compile_geography
    from otklik.commands.root import CommandError

    folder = Path(region) if Path(region).is_dir() else REGIONS / region
    try:
        sources = Sources(
            name or RegionPack(folder).name, municipalities, settlements, houses, streets, appeals, rejects
        )
        report = compile_geography(sources, folder)
    except (PackError, SourceError) as error:
        raise CommandError(str(error)) from error
    typer.echo(f"{folder}: {report.settlements} settlements, {report.streets} streets, {report.houses} houses")
    typer.echo(f"points believed: {report.points_believed}; rejected: {sum(report.points_rejected.values())}")
    for reason, count in report.points_rejected.items():
        typer.echo(f"  {count:>7}  {reason}")


def import_gar(
    region: Annotated[str, typer.Argument(help="Id of the region pack, or its folder.")],
    folder: Annotated[
        Path, typer.Argument(exists=True, file_okay=False, help="The region's folder of the register: AS_*.XML files.")
    ],
    rejects: Annotated[Path | None, typer.Option(help="Where to write what was left out, one record a line.")] = None,
) -> None:
    """Add settlements, streets and houses of the state address register (ГАР) to a region pack."""
    from models.pack import REGIONS, PackError, RegionPack
    from nlp.places.imports import SourceError
    from nlp.places.imports import import_gar as read_register
    from otklik.commands.root import CommandError

    pack = RegionPack(Path(region) if Path(region).is_dir() else REGIONS / region)
    try:
        report = read_register(folder, pack, rejects)
    except (PackError, SourceError) as error:
        raise CommandError(str(error)) from error
    typer.echo(f"added: {report.settlements} settlements, {report.streets} streets, {report.houses} houses")
    typer.echo(f"left out: {report.without_parent} without a parent, {report.outside} of districts not in the pack")
