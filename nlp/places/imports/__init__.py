"""Making a region pack's geography out of open data: readers of sources, the check of points, the writer."""

from nlp.places.imports.compile import CompileReport, Sources, compile_geography
from nlp.places.imports.errors import SourceError
from nlp.places.imports.gar import GarReport, import_gar
from nlp.places.imports.osm import import_osm
from nlp.places.imports.report import ImportReport
from nlp.places.imports.tables import import_districts, import_houses

__all__ = [
    "CompileReport",
    "GarReport",
    "ImportReport",
    "SourceError",
    "Sources",
    "compile_geography",
    "import_districts",
    "import_gar",
    "import_houses",
    "import_osm",
]
