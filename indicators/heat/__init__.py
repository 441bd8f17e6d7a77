"""The heat map: counts of problems by H3 cell, group of topics and month, and what of them the public may see."""

from indicators.heat.cells import COARSEST, resolution_of, spans_of
from indicators.heat.counting import Spot, Tally
from indicators.heat.floor import Piece, shown
from indicators.heat.keeping import compare, count, rebuild
from indicators.heat.public import FLOOR, Asked, PublicMap, PublicMaps, public_months
from indicators.heat.reading import Choice, areas, cells, months
from indicators.heat.towns import Vague, vague_of

__all__ = [
    "COARSEST",
    "FLOOR",
    "Asked",
    "Choice",
    "Piece",
    "PublicMap",
    "PublicMaps",
    "Spot",
    "Tally",
    "Vague",
    "areas",
    "cells",
    "compare",
    "count",
    "months",
    "public_months",
    "rebuild",
    "resolution_of",
    "shown",
    "spans_of",
    "vague_of",
]
