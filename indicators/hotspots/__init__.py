"""Hot spots: places where more problems come than usual, by two statistics, kept with their history.

What looks for them (indicators.hotspots.keeping) loads scipy; this face does not.
"""

from indicators.hotspots.due import due
from indicators.hotspots.store import HotSpot, listed

__all__ = ["HotSpot", "due", "listed"]
