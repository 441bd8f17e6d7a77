"""The copy of a photo for citizens: nothing of the camera's data, faces and number plates blurred."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from resolution.photos.picture import Pixels, as_jpeg

FACES = ("haarcascade_frontalface_alt2.xml", "haarcascade_profileface.xml")
PLATES = ("haarcascade_russian_plate_number.xml", "haarcascade_license_plate_rus_16stages.xml")
MARGIN = 0.2
"""Of a found box's side, blurred around it: hair and the frame of a plate tell too."""

Box = tuple[int, int, int, int]
"""Left, top, width, height in pixels."""


@dataclass(frozen=True, slots=True)
class PublicCopy:
    """A JPEG with how much in it was blurred."""

    content: bytes
    faces: int
    plates: int


def public_copy(pixels: Pixels) -> PublicCopy:
    """Blur what the detectors find. They miss: docs/proofs.md says how often."""
    grey = np.asarray(cv2.equalizeHist(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)), dtype=np.uint8)
    faces, plates = found(FACES, grey, 24), found(PLATES, grey, 20)
    return PublicCopy(as_jpeg(blurred(pixels, [*faces, *plates])), len(faces), len(plates))


def found(names: Iterable[str], grey: Pixels, least: int) -> list[Box]:
    """Boxes that the cascades find in a grey picture."""
    boxes: list[Box] = []
    for name in names:
        for box in _cascade(name).detectMultiScale(grey, 1.1, 4, minSize=(least, least)):
            left, top, width, height = (int(each) for each in box)
            boxes.append((left, top, width, height))
    return boxes


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
