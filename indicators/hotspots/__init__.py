"""Hot spots: places where more problems come than usual, by two statistics, kept with their history."""

from indicators.hotspots.finding import Found, Settings, find
from indicators.hotspots.keeping import run, run_due
from indicators.hotspots.store import HotSpot, listed

__all__ = ["Found", "HotSpot", "Settings", "find", "listed", "run", "run_due"]
