"""Bars that a program drew above and below a photo: of one colour, with signs in them."""

from __future__ import annotations

import cv2
import numpy as np

from resolution.photos.picture import Pixels

FLAT = 3
"""Levels of grey by which points of a drawn surface differ at most."""
DRAWN = 0.55
"""Share of the points of a row that are within FLAT of its median, from which the row is drawn."""
LEAST = 0.2
"""Share of the height that must remain a photo: a photo of snow is no bar."""


def drawn_bars(pixels: Pixels) -> tuple[int, int]:
    """Rows of drawn bars at the top and at the bottom of an RGB picture; zeros where it is no screen.

    An overexposed sky has even rows too, but nothing sharp stands in them; a bar has signs in a strong contrast.
    """
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.int16)
    apart = np.abs(grey - np.median(grey, axis=1, keepdims=True))
    drawn = (apart <= FLAT).mean(axis=1) >= DRAWN
    signs = (apart > 60).mean(axis=1) > 0.005
    if drawn.mean() > 1 - LEAST:
        return 0, 0
    top, bottom = int(np.argmin(drawn)), int(np.argmin(drawn[::-1]))
    return top if signs[:top].any() else 0, bottom if signs[::-1][:bottom].any() else 0
