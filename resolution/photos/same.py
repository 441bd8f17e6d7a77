"""Whether one photo is another one again: laid over each other, they agree to the point."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from resolution.photos.limits import Limits
from resolution.photos.picture import Pixels
from resolution.photos.prints import Points

RATIO = 0.8
"""Of the distances to the nearest and to the second nearest point, above which a match says nothing (Lowe, 2004)."""
BLOCK = 24
"""Pixels of the side of a compared block."""
FEWEST_POINTS = 10
TEXTURE = 4.0
"""Deviation of grey below which a block has nothing to compare."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """How two photos agree: matched `points`, `share` (0-1) of the textured blocks that agree to the
    point."""

    points: int
    share: float


def matches(one: Points, other: Points) -> NDArray[np.int64]:
    """Pairs of indices of points that are like each other and like no other; shape (n, 2)."""
    if len(one) < 2 or len(other) < 2:
        return np.zeros((0, 2), np.int64)
    pairs = cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(one.descriptors, other.descriptors, k=2)
    kept = [
        (first.queryIdx, first.trainIdx)
        for first, second in (each for each in pairs if len(each) == 2)
        if first.distance < RATIO * second.distance
    ]
    return np.array(kept, dtype=np.int64).reshape(-1, 2)


def overlay(one: Points, other: Points, limits: Limits) -> Overlay:
    """Lay `other` over `one` by their points (turned, scaled, shifted) and compare block by block."""
    pairs = matches(one, other)
    if len(pairs) < FEWEST_POINTS:
        return Overlay(len(pairs), 0.0)
    move, inside = cv2.estimateAffine2D(
        other.at[pairs[:, 1]], one.at[pairs[:, 0]], method=cv2.RANSAC, ransacReprojThreshold=2.0
    )
    points = int(inside.sum()) if inside is not None else 0
    if move is None or points < FEWEST_POINTS or not 0.05 < abs(np.linalg.det(move[:, :2])) < 20:
        return Overlay(points, 0.0)
    height, width = one.grey.shape
    laid = cv2.warpAffine(other.grey, move, (width, height), flags=cv2.INTER_AREA)
    mask = cv2.warpAffine(np.full_like(other.grey, 255), move, (width, height), flags=cv2.INTER_NEAREST)
    share = agreement(one.grey, np.asarray(laid, np.uint8), np.asarray(mask, np.uint8), limits)
    return Overlay(points, share)


def agreement(one: Pixels, other: Pixels, mask: Pixels, limits: Limits) -> float:
    """Share of the blocks with texture whose grey goes up and down alike, whatever the brightness and contrast."""
    alike = textured = 0
    one, other = (np.asarray(cv2.GaussianBlur(each, (0, 0), 1.0), dtype=np.uint8) for each in (one, other))
    for top in range(0, one.shape[0] - BLOCK + 1, BLOCK):
        for left in range(0, one.shape[1] - BLOCK + 1, BLOCK):
            where = np.s_[top : top + BLOCK, left : left + BLOCK]
            if mask[where].min() == 0:
                continue
            first, second = one[where].astype(np.float64), other[where].astype(np.float64)
            first, second = first - first.mean(), second - second.mean()
            power = np.sqrt((first**2).mean()), np.sqrt((second**2).mean())
            if max(power) < TEXTURE:
                continue
            textured += 1
            if min(power) > 0 and (first * second).mean() / (power[0] * power[1]) >= limits["same_correlation"]:
                alike += 1
    return alike / textured if textured >= 12 else 0.0
