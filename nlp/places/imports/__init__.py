"""Making a region pack's geography out of open data: readers of sources, the check of points, the writer of the pack."""

from nlp.places.imports.compile import CompileReport, Sources, compile_geography

__all__ = ["CompileReport", "Sources", "compile_geography"]
