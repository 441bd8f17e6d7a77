"""Whether «after» shows the place that «before» shows: points of both that one view of a plane explains."""

from __future__ import annotations

import cv2
import numpy as np

from resolution.photos.finding import Check, Finding, flagged, passed, unknown
from resolution.photos.limits import Limits
from resolution.photos.prints import Points
from resolution.photos.same import matches

ENOUGH = 150
"""Points that a photo must have for their absence in the other one to mean anything."""


def common_points(before: Points, after: Points) -> int:
    """Points that one homography carries from one photo into the other (RANSAC, 5 pixels)."""
    pairs = matches(before, after)
    if len(pairs) < 4:
        return 0
    move, inside = cv2.findHomography(before.at[pairs[:, 0]], after.at[pairs[:, 1]], cv2.RANSAC, 5.0)
    return 0 if move is None else int(np.asarray(inside).sum())


def check_scene(before: list[Points], after: Points, limits: Limits) -> Finding:
    """Compare with every photo «before»; the most alike one counts."""
    if not before:
        return unknown(Check.SCENE, "снимка «до» нет, сравнить не с чем")
    found = [(common_points(each, after), len(each)) for each in before]
    points, detail = max(found)
    measured = {"points": points, "before": len(before)}
    if points >= limits["scene_points"]:
        return passed(Check.SCENE, f"то же место, что на снимке «до»: совпало точек — {points}", **measured)
    if points <= limits["scene_strange_points"] and min(detail, len(after)) >= ENOUGH:
        return flagged(
            Check.SCENE,
            f"место на снимке «до» не узнаётся: совпало точек — {points}; возможно, снято с другой стороны",
            **measured,
        )
    return unknown(Check.SCENE, f"сказать, то же ли это место, нельзя: совпало точек — {points}", **measured)
