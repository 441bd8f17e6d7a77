"""A video of a proof: whether it opens, how long it is, a frame of its beginning and one of its middle."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from resolution.photos.picture import WORKING, Pixels, Unreadable


@dataclass(frozen=True, slots=True, eq=False)
class Film:
    """`seconds`: None where the file does not say. Frames as in Picture.pixels."""

    seconds: float | None
    width: int
    height: int
    frames: list[Pixels]


def read_film(content: bytes) -> Film:
    """Raises Unreadable."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film"  # OpenCV reads films by name only
        path.write_bytes(content)
        capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
        try:
            if not capture.isOpened():
                raise Unreadable("видео не открывается")
            return _read(capture)
        finally:
            capture.release()


def _read(capture: cv2.VideoCapture) -> Film:
    count, rate = capture.get(cv2.CAP_PROP_FRAME_COUNT), capture.get(cv2.CAP_PROP_FPS)
    known = 0 < count < 1e7 and 0 < rate < 1000
    frames = []
    for where in (0, int(count / 2) if known else 0):
        if where:
            capture.set(cv2.CAP_PROP_POS_FRAMES, where)
        done, frame = capture.read()
        if done:
            frames.append(_frame(frame))
        if not where and not done:
            raise Unreadable("в видео не читается ни один кадр")
    return Film(
        seconds=count / rate if known else None,
        width=int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)),
        height=int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT)),
        frames=frames[: 1 if not known else 2],
    )


def _frame(frame: cv2.typing.MatLike) -> Pixels:
    colours = cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)
    scale = WORKING / max(colours.shape[:2])
    if scale < 1:
        colours = cv2.resize(colours, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(colours, dtype=np.uint8)
