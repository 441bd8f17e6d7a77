"""The copy of a photo for citizens: nothing of the camera's data, faces and number plates blurred."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from resolution.photos.picture import Pixels, as_jpeg
from resolution.photos.plates import Box, oblongs

FACES = ("haarcascade_frontalface_alt2.xml", "haarcascade_profileface.xml")
PLATES = ("haarcascade_russian_plate_number.xml",)
FACE_SIDE = 960
"""Pixels of the longest side at which faces are looked for: it takes most of the time, and smaller ones tell little."""
MARGIN = 0.2
"""Of a found box's side, blurred around it: hair and the frame of a plate tell too."""


@dataclass(frozen=True, slots=True)
class PublicCopy:
    """A JPEG with how much in it was blurred."""

    content: bytes
    faces: int
    plates: int


def public_copy(pixels: Pixels) -> PublicCopy:
    """Blur what the detectors find. They miss: docs/proofs.md says how often."""
    grey = np.asarray(cv2.equalizeHist(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)), dtype=np.uint8)
    faces, plates = faces_in(grey), plates_in(pixels, grey)
    return PublicCopy(as_jpeg(blurred(pixels, [*faces, *plates])), len(faces), len(plates))


def faces_in(grey: Pixels) -> list[Box]:
    """Faces in a grey picture of levelled brightness, seen from the front or from the side."""
    scale = min(1.0, FACE_SIDE / max(grey.shape))
    small = np.asarray(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    return [_scaled(box, 1 / scale) for box in found(FACES, small, 1.2, (20, 20))]


def plates_in(pixels: Pixels, grey: Pixels) -> list[Box]:
    """Number plates by the cascade, and whatever looks like one."""
    return [*found(PLATES, grey, 1.1, (20, 6)), *oblongs(pixels)]


def found(names: Iterable[str], grey: Pixels, step: float, least: tuple[int, int]) -> list[Box]:
    """Boxes that the cascades find in a grey picture, from `least` width and height on, at scales `step` apart."""
    boxes: list[Box] = []
    for name in names:
        for box in _cascade(name).detectMultiScale(grey, step, 3, minSize=least):
            left, top, width, height = (int(each) for each in box)
            boxes.append((left, top, width, height))
    return boxes


def _scaled(box: Box, factor: float) -> Box:
    left, top, width, height = (round(each * factor) for each in box)
    return left, top, width, height


def blurred(pixels: Pixels, boxes: Iterable[Box]) -> Pixels:
    """A copy in which each box with its margin is coarse squares: what was under them cannot be calculated back."""
    copy = pixels.copy()
    for left, top, width, height in boxes:
        wide, high = round(width * MARGIN), round(height * MARGIN)
        where = np.s_[max(0, top - high) : top + height + high, max(0, left - wide) : left + width + wide]
        part = copy[where]
        coarse = cv2.resize(part, (6, 6) if width < 3 * height else (8, 3), interpolation=cv2.INTER_AREA)
        copy[where] = cv2.resize(coarse, (part.shape[1], part.shape[0]), interpolation=cv2.INTER_NEAREST)
    return copy


@lru_cache(maxsize=8)
def _cascade(name: str) -> cv2.CascadeClassifier:
    cascade = cv2.CascadeClassifier(str(Path(cv2.__file__).with_name("data") / name))
    if cascade.empty():
        raise FileNotFoundError(f"OpenCV carries no {name}")
    return cascade
