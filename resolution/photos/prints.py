"""What a photo is found again by: points of its picture as numbers, few of which a crop, a tilt or a caption change."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from resolution.photos.bars import drawn_bars
from resolution.photos.picture import Pixels

SIDE = 640
"""Pixels of the longest side of the grey picture in which points are looked for, larger or smaller as the photo is."""
PHASES = (SIDE, 584)
"""Sides at which a photo is looked for: ORB looks at scales 1.2 apart, and a crop falls between two of them."""
MOST_POINTS = 800
KEYED_POINTS = 240
"""The strongest points, whose descriptors make keys."""
BITS = 30
"""Of a descriptor in a key: its first ones, which ORB's authors chose for telling the most."""
FASTEST = 8


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Points of one picture: `at` float32 (n, 2) in pixels of `grey`, `descriptors` uint8 (n, 32), strongest first."""

    grey: Pixels
    at: NDArray[np.float32]
    descriptors: Pixels

    def __len__(self) -> int:
        return len(self.at)


def levelled(pixels: Pixels, side: int = SIDE) -> Pixels:
    """The photo in grey without drawn bars, its longest side `side`: a photo and its copies come to the same scale."""
    top, bottom = drawn_bars(pixels)
    grey = cv2.cvtColor(pixels[top : pixels.shape[0] - bottom], cv2.COLOR_RGB2GRAY)
    scale = side / max(grey.shape)
    size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(grey, size, interpolation=how), dtype=np.uint8)


def points_of(grey: Pixels) -> Points:
    """ORB points of a grey picture, spread over it. (Rublee et al., «ORB: an efficient alternative to SIFT or SURF»,
    2011.)"""
    detector = cv2.ORB.create(nfeatures=3 * MOST_POINTS, scaleFactor=1.2, nlevels=8, fastThreshold=FASTEST)
    found = detector.detect(grey, None)
    found = _spread(found, grey.shape[1], grey.shape[0])
    found, descriptors = detector.compute(grey, found)
    if not found or descriptors is None:
        return Points(grey, np.zeros((0, 2), np.float32), np.zeros((0, 32), np.uint8))
    order = sorted(range(len(found)), key=lambda index: -found[index].response)
    at = np.array([found[index].pt for index in order], dtype=np.float32)
    return Points(grey, at, np.asarray(descriptors, dtype=np.uint8)[order])


def _spread(found: Sequence[cv2.KeyPoint], width: int, height: int) -> list[cv2.KeyPoint]:
    """The strongest of every cell of a grid: else a tree or a brick wall takes them all."""
    cells: dict[tuple[int, int], list[cv2.KeyPoint]] = {}
    for point in sorted(found, key=lambda each: -each.response):
        cells.setdefault((int(point.pt[0] * 8 / width), int(point.pt[1] * 8 / height)), []).append(point)
    share = max(1, MOST_POINTS // max(1, len(cells)))
    return [point for cell in cells.values() for point in cell[:share]]


POWERS = np.int64(1) << np.arange(BITS, dtype=np.int64)


def keys_of(region: str, points: Points) -> list[int]:
    """The numbers under which a photo stands in the index of its region: at most KEYED_POINTS, signed, of 32 bits."""
    bits = np.unpackbits(points.descriptors[:KEYED_POINTS], axis=1)[:, :BITS].astype(np.int64)
    salt = zlib.crc32(region.encode())  # regions apart: a list of a key holds one region's photos
    return sorted({int(each) for each in (((bits @ POWERS) ^ salt) - (1 << 31))})
