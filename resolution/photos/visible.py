"""Whether anything can be seen on a photo: light, sharpness, content."""

from __future__ import annotations

import cv2
import numpy as np

from resolution.photos.finding import Check, Finding, flagged, passed
from resolution.photos.limits import Limits
from resolution.photos.picture import Pixels

SIDE = 640
"""Pixels of the longest side at which sharpness is measured: it depends on the scale."""
TILES = 8
BENDS = tuple(
    np.array(rows, np.float32)
    for rows in (
        ((0, 0, 0), (1, -2, 1), (0, 0, 0)),
        ((0, 1, 0), (0, -2, 0), (0, 1, 0)),
        ((1, 0, 0), (0, -2, 0), (0, 0, 1)),
        ((0, 0, 1), (0, -2, 0), (1, 0, 0)),
    )
)
"""Second differences along the four directions of the grid."""


def grey_of(pixels: Pixels, side: int = SIDE) -> Pixels:
    """The photo in grey, made smaller where its longest side is above `side`."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    scale = side / max(grey.shape)
    if scale >= 1:
        return np.asarray(grey, dtype=np.uint8)
    size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def check_visible(grey: Pixels, limits: Limits) -> list[Finding]:
    """Light, content and sharpness of a photo in grey, as grey_of gives it."""
    return [check_light(grey, limits), check_content(grey, limits), check_sharpness(grey, limits)]


def check_light(grey: Pixels, limits: Limits) -> Finding:
    dark, light = (int(each) for each in np.percentile(grey, (90, 10)))
    measured = {"brightest_tenth": dark, "darkest_tenth": light}
    if dark < limits["dark_level"]:
        return flagged(Check.LIGHT, f"слишком темно: 90 % снимка темнее {dark} из 255", **measured)
    if light > limits["light_level"]:
        return flagged(Check.LIGHT, f"снимок засвечен: 90 % его светлее {light} из 255", **measured)
    return passed(Check.LIGHT, "света достаточно", **measured)


def check_content(grey: Pixels, limits: Limits) -> Finding:
    deviation = float(cv2.GaussianBlur(grey, (0, 0), 2).std())  # what is left when the camera's noise is not
    measured = {"deviation": round(deviation, 1)}
    if deviation < limits["even_deviation"]:
        return flagged(
            Check.CONTENT, f"на снимке почти ровный фон: разброс яркости {measured['deviation']} из 255", **measured
        )
    return passed(Check.CONTENT, "на снимке есть что рассмотреть", **measured)


def check_sharpness(grey: Pixels, limits: Limits) -> Finding:
    sharpness = sharpness_of(grey)
    measured = {"sharpness": round(sharpness, 1)}
    if sharpness < limits["sharpness"]:
        reason = f"снимок смазан или не в фокусе: резкость {sharpness:.0f} при норме от {limits['sharpness']:.0f}"
        return flagged(Check.SHARPNESS, reason, **measured)
    return passed(Check.SHARPNESS, "снимок резкий", **measured)


def sharpness_of(grey: Pixels) -> float:
    """How much the grey bends along the direction in which it bends least.

    Variance of the second difference along four directions (the Laplacian of Pech-Pacheco et al., «Diatom autofocusing
    in brightfield microscopy», 2000, taken apart), each in the sharpest of TILES x TILES tiles (the fourth from the
    top: sky and snow have none); the least of the four. A camera that moved keeps edges along its way sharp and loses
    those across it, which the whole Laplacian does not see.
    """
    smooth = cv2.GaussianBlur(grey, (0, 0), 0.7).astype(np.float32)  # the camera's noise bends too
    return min(_fourth(cv2.filter2D(smooth, -1, bend)) for bend in BENDS)


def _fourth(bent: cv2.typing.MatLike) -> float:
    tiles = [tile.var() for row in np.array_split(bent, TILES) for tile in np.array_split(row, TILES, axis=1)]
    return float(np.sort(tiles)[-4])
