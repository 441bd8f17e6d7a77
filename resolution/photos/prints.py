"""What a photo is found again by: points of its picture as numbers, few of which a crop, a tilt or a caption change."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from resolution.photos.picture import Pixels

SIDE = 640
"""Pixels of the longest side of the grey picture in which points are looked for."""
MOST_POINTS = 800
KEYED_POINTS = 160
"""Points whose descriptors make keys."""
TABLES = 2
BITS = 22
"""Keys of a point, and bits of its descriptor in each."""
FASTEST = 8


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Points of one picture: `at` float32 (n, 2) in pixels of `grey`, `descriptors` uint8 (n, 32), strongest first."""

    grey: Pixels
    at: NDArray[np.float32]
    descriptors: Pixels

    def __len__(self) -> int:
        return len(self.at)


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


def _tables() -> NDArray[np.int64]:
    """Which bits of a descriptor each table takes: chosen once at random, part of the format of the index."""
    dice = np.random.default_rng(20261122)
    return np.stack([dice.choice(256, BITS, replace=False) for _ in range(TABLES)])


SAMPLED = _tables()
POWERS = (1 << np.arange(BITS)).astype(np.int64)


def keys_of(region: str, points: Points) -> list[int]:
    """The numbers under which a photo stands in the index of its region: at most KEYED_POINTS x TABLES, of 31 bits."""
    bits = np.unpackbits(points.descriptors[:KEYED_POINTS], axis=1).astype(np.int64)
    keys: set[int] = set()
    for table, chosen in enumerate(SAMPLED):
        salt = zlib.crc32(f"{region}:{table}".encode())
        keys.update(_mixed(bits[:, chosen] @ POWERS, salt).tolist())
    return sorted(keys)


def _mixed(values: NDArray[np.int64], salt: int) -> NDArray[np.uint64]:
    """Spread over 31 bits by a multiplicative hash (Knuth), the regions and tables apart."""
    spread = (values.astype(np.uint64) + np.uint64(salt) * np.uint64(2654435761)) * np.uint64(0x9E3779B97F4A7C15)
    return spread >> np.uint64(33)
