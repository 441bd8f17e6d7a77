"""Making a region pack's geography out of open data: readers of sources, the check of points, the writer."""

from nlp.places.imports.compile import CompileReport, Sources, compile_geography
from nlp.places.imports.errors import SourceError
from nlp.places.imports.gar import GarReport, import_gar

__all__ = ["CompileReport", "GarReport", "SourceError", "Sources", "compile_geography", "import_gar"]
