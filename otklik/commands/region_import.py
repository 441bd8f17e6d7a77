"""`otklik region import-osm`, `import-houses`, `import-districts`: open data into a region pack's geography."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from models.pack import RegionPack
    from nlp.places.imports import ImportReport

Region = Annotated[str, typer.Option("--region", help="Id of the region pack, or its folder.")]
Rejects = Annotated[
    Path | None, typer.Option(help="Where to write what was rejected, with reasons; by default FILE.rejected.csv.")
]
Read = Callable[["RegionPack", Path], "ImportReport"]


def import_osm(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="An extract of the region: .osm.pbf.")],
    region: Region,
    rejects: Rejects = None,
    level: Annotated[str, typer.Option(help="The admin_level of municipal districts and urban okrugs.")] = "6",
) -> None:
    """Add borders, settlements, streets and houses of an OpenStreetMap extract to a region pack (ODbL 1.0)."""
    from nlp.places.imports import import_osm as read_extract

    _import(file, region, rejects, lambda pack, report: read_extract(file, pack, report, level))


def import_houses(
    file: Annotated[
        Path,
        typer.Argument(
            exists=True,
            dir_okay=False,
            help="CSV: settlement, street, house (municipality, latitude, longitude), or address, lat, lon.",
        ),
    ],
    region: Region,
    rejects: Rejects = None,
) -> None:
    """Add a table of houses to a region pack; addresses are kept even where their points are rejected."""
    from nlp.places.imports import import_houses as read_houses

    _import(file, region, rejects, lambda pack, report: read_houses(file, pack, report))


def import_districts(
    file: Annotated[
        Path,
        typer.Argument(
            exists=True, dir_okay=False, help="GeoJSON: polygons with the name in `municipality`, `district` or `name`."
        ),
    ],
    region: Region,
    rejects: Rejects = None,
) -> None:
    """Replace borders of municipalities in a region pack; its points that then lie outside are dropped."""
    from nlp.places.imports import import_districts as read_districts

    _import(file, region, rejects, lambda pack, report: read_districts(file, pack, report))


def _import(file: Path, region: str, rejects: Path | None, read: Read) -> None:
    from models.pack import REGIONS, PackError, RegionPack
    from nlp.places.imports import SourceError
    from otklik.commands.root import CommandError

    pack = RegionPack(Path(region) if Path(region).is_dir() else REGIONS / region)
    path = rejects or file.with_name(file.name + ".rejected.csv")
    try:
        report = read(pack, path)
    except (PackError, SourceError) as error:
        raise CommandError(f"{error}; the pack was left as it was") from error
    counts = report.rejects.counts()
    typer.echo(f"added: {report.settlements} settlements, {report.streets} streets, {report.houses} houses")
    typer.echo(f"borders taken: {report.municipalities}; points of houses believed: {report.points_believed}")
    typer.echo(f"rejected: {sum(counts.values())}" + (f", listed in {path}" if counts else ""))
    for reason, count in counts.items():
        typer.echo(f"  {count:>7}  {reason}")
