"""Number plates in a photo: light oblongs with a row of dark signs. Shop signs and windows too, which does no harm.

The cascade that OpenCV carries finds plates seen from the front and misses most of the others (docs/proofs.md).
"""

from __future__ import annotations

import cv2
import numpy as np

from resolution.photos.picture import Pixels

SCALES = (1.0, 0.5)
SLOPE = 45
"""Grey a pixel, smoothed, across the strokes of signs that are darker than their ground."""
LEAST, MOST = (28, 7), 340
"""Pixels: width and height from which signs can be told apart, and the width of a car as large as the photo."""
CHANGES = (8, 40)
"""How often a row goes from ground to sign and back: a plate has six to nine signs."""
LIGHT = (0.35, 0.9)
"""Share of the oblong that is light."""

Box = tuple[int, int, int, int]
"""Left, top, width, height in pixels."""


def oblongs(pixels: Pixels) -> list[Box]:
    """Boxes that look like plates in an RGB picture."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    boxes = []
    for scale in SCALES:
        small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        boxes += [_scaled(box, 1 / scale) for box in _signs(small) if _is_plate(small, box)]
    return boxes


def _signs(grey: cv2.typing.MatLike) -> list[Box]:
    """Places where dark strokes stand close in a row."""
    dark = cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, _block(17, 7))
    strokes = cv2.GaussianBlur(np.abs(cv2.Sobel(dark, cv2.CV_32F, 1, 0, ksize=3)), (0, 0), 2)
    mask = np.where(strokes > SLOPE, 255, 0).astype(np.uint8)
    mask = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, _block(15, 3)), dtype=np.uint8)
    mask = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, _block(9, 5)), dtype=np.uint8)
    found: list[Box] = []
    for outline in cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]:
        left, top, width, height = cv2.boundingRect(outline)
        if cv2.contourArea(outline) >= 0.45 * width * height:
            found.append((left, top, width, height))
    return found


def _is_plate(grey: cv2.typing.MatLike, box: Box) -> bool:
    left, top, width, height = box
    if width < LEAST[0] or height < LEAST[1] or width > MOST or not 1.8 < width / height < 8.5:
        return False
    part = grey[top : top + height, left : left + width]
    light = cv2.threshold(part, 0, 255, cv2.THRESH_OTSU)[1] > 0
    rows = light[height // 4 : max(height // 4 + 1, 3 * height // 4)].astype(np.int8)
    changes = float(np.median((np.diff(rows, axis=1) != 0).sum(axis=1)))
    return CHANGES[0] <= changes <= CHANGES[1] and LIGHT[0] < float(light.mean()) < LIGHT[1]


def _block(width: int, height: int) -> cv2.typing.MatLike:
    return cv2.getStructuringElement(cv2.MORPH_RECT, (width, height))


def _scaled(box: Box, factor: float) -> Box:
    left, top, width, height = (round(each * factor) for each in box)
    return left, top, width, height
