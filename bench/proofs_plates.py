"""Number plates drawn into photos, for bench.proofs: how many the public copy hides."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from resolution.photos.plates import Box
from resolution.photos.public import MARGIN, plates_in
from tests.photographs import Colours

Dice = np.random.Generator
LETTERS = "АВЕКМНОРСТУХ"
WIDE, HIGH = 520, 112
"""Millimetres of a Russian plate (ГОСТ Р 50577, type 1), here pixels of its picture."""
COVERED = 0.7
"""Share of a plate under the blur, from which it cannot be read."""


def plate(dice: Dice) -> Colours:
    image = Image.new("RGB", (WIDE, HIGH), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((2, 2, WIDE - 3, HIGH - 3), outline="black", width=4)
    draw.line((400, 0, 400, HIGH), fill="black", width=3)
    letters = dice.choice(list(LETTERS), 3)
    number = f"{letters[0]} {dice.integers(100, 999)} {letters[1]}{letters[2]}"
    draw.text((20, 14), number, fill="black", font=ImageFont.load_default(size=76), stroke_width=2)
    draw.text((412, 4), str(dice.integers(10, 199)), fill="black", font=ImageFont.load_default(size=54), stroke_width=1)
    draw.text((415, 70), "RUS", fill="black", font=ImageFont.load_default(size=28))
    return np.asarray(image, dtype=np.uint8)


def with_plate(pixels: Colours, width: int, most_turn: float, dice: Dice) -> tuple[Colours, Box]:
    """A plate so many pixels wide seen from up to `most_turn` degrees aside, dirty, a little out of focus."""
    tall, across = pixels.shape[:2]
    turn, roll = np.radians(dice.uniform(-most_turn, most_turn)), np.radians(dice.uniform(-4, 4))
    wide, high = int(width * np.cos(turn)), int(width * HIGH / WIDE)
    left, top = int(dice.integers(10, across - width - 10)), int(dice.integers(tall // 2, tall - high - 40))
    slope = np.sin(turn) * 0.12 * width + np.tan(roll) * wide
    corners = [[left, top], [left + wide, top + slope], [left + wide, top + slope + high], [left, top + high]]
    source = np.array([[0, 0], [WIDE, 0], [WIDE, HIGH], [0, HIGH]], np.float32)
    move = cv2.getPerspectiveTransform(source, np.array(corners, np.float32))
    laid = cv2.warpPerspective(plate(dice), move, (across, tall), flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(np.ones((HIGH, WIDE), np.float32), move, (across, tall))[..., None]
    mixed = pixels * (1 - mask) + laid * mask * dice.uniform(0.6, 1.0)
    mixed = cv2.GaussianBlur(mixed, (0, 0), dice.uniform(0.3, 0.9)) + dice.normal(0, 3, pixels.shape)
    box = (left, int(top + min(0.0, slope)), wide, int(high + abs(slope)))
    return np.clip(mixed, 0, 255).astype(np.uint8), box


def hidden(pixels: Colours, box: Box) -> tuple[bool, int]:
    """Whether the blur covers the plate, and how many boxes are blurred in vain."""
    grey = np.asarray(cv2.equalizeHist(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)), dtype=np.uint8)
    boxes = plates_in(pixels, grey)
    covering = [each for each in boxes if _covers(each, box)]
    return bool(covering), len(boxes) - len(covering)


def _covers(blur: Box, box: Box) -> bool:
    wide, high = MARGIN * blur[2], MARGIN * blur[3]
    across = min(blur[0] + blur[2] + wide, box[0] + box[2]) - max(blur[0] - wide, box[0])
    down = min(blur[1] + blur[3] + high, box[1] + box[3]) - max(blur[1] - high, box[1])
    return across > 0 and down > 0 and across * down >= COVERED * box[2] * box[3]


CASES: dict[str, tuple[int, float]] = {
    "ширина 60, до 10°": (60, 10),
    "ширина 100, до 10°": (100, 10),
    "ширина 160, до 10°": (160, 10),
    "ширина 160, до 35°": (160, 35),
    "ширина 260, до 35°": (260, 35),
}


def counted(photos: list[Colours], seed: int) -> dict[str, Any]:
    """For each case: plates hidden of all, boxes in vain."""
    result: dict[str, Any] = {}
    for name, (width, most_turn) in CASES.items():
        hits = vain = 0
        for number, pixels in enumerate(photos):
            done, more = hidden(*with_plate(pixels, width, most_turn, np.random.default_rng([seed, number, width])))
            hits, vain = hits + done, vain + more
        result[name] = (hits, len(photos), vain)
    return result
