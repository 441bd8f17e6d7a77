"""Where a problem is: the gazetteer of a region, and the finder that reads places out of a text."""

from nlp.places.finder import PlaceFinder
from nlp.places.gazetteer import Gazetteer

__all__ = ["Gazetteer", "PlaceFinder"]
