"""Making a region pack's geography out of open data: readers of sources, the check of points, the writer."""

from nlp.places.imports.compile import CompileReport, SourceError, Sources, compile_geography

__all__ = ["CompileReport", "SourceError", "Sources", "compile_geography"]
