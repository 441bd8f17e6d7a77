"""How often the checks of proofs miss and how often they cry wolf, on photographs made up here (tests.photographs).

    python -m bench.proofs --places 150 --seed 500000 [--parts copies,scenes,visible,screens,plates,cost]

The thresholds of resolution/photos/limits.json were chosen on the places 100000-100059; measure on others. Prints one
JSON object; shares come with Wilson's 95 % interval.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from bench.machine import machine, versions
from bench.proofs_pictures import COPIES, DIM, SOFT, back
from bench.proofs_plates import counted
from models.resolution import CheckResult, FileRole
from nlp.learning.rates import share_interval
from resolution.photos.examine import examine, points_in, shapes_of
from resolution.photos.finding import Check
from resolution.photos.limits import default
from resolution.photos.origin import check_screenshot
from resolution.photos.picture import read_picture
from resolution.photos.prints import Points, keys_of, levelled, points_of
from resolution.photos.same import overlay
from resolution.photos.scene import check_scene
from resolution.photos.stage import LEAST_KEYS
from resolution.photos.visible import check_visible, grey_of
from tests.photographs import Camera, Colours, Weather, jpeg, make_place, view

LIMITS = default()
REGION = "omsk"

RETAKES: dict[str, tuple[Camera, dict[str, float]]] = {
    # how another visit differs: where the camera stands (metres, degrees) and the light
    "со штатива": (Camera(), {"light": 0.95}),
    "на 15 см в стороне": (Camera(right=0.15, turn=1, ahead=0.1, roll=0.5), {"light": 0.95}),
    "на 0,6 м, 4°": (Camera(right=0.6, turn=4, ahead=0.3), {"light": 0.85, "warmth": 5}),
    "на 1,8 м, 12°": (Camera(right=1.8, turn=12, ahead=1.0, up=1.4), {"light": 1.15, "warmth": -5}),
    "на 3 м, 20°": (Camera(right=-3.0, turn=-20, ahead=1.5, up=1.7), {"light": 0.8, "warmth": 8}),
}


@dataclass
class Photo:
    """The photo «before» of a place as a telephone saved it."""

    seed: int
    content: bytes
    points: Points
    keys: frozenset[int]


def photos_of(seeds: Iterable[int]) -> list[Photo]:
    made = []
    for seed in seeds:
        content = jpeg(view(make_place(seed), Camera(), Weather(seed=seed)))
        points = points_in(content, LIMITS)
        assert points is not None
        made.append(Photo(seed, content, points, frozenset(keys_of(REGION, points))))
    return made


def retake(photo: Photo, name: str) -> bytes:
    """The same place on another day: another camera position, light and noise, the hole mended."""
    camera, light = RETAKES[name]
    weather = Weather(seed=photo.seed + 1_000_000 * (1 + list(RETAKES).index(name)), **light)
    return jpeg(view(make_place(photo.seed), camera, weather, mended=True))


def found_again(content: bytes, among: Sequence[Photo]) -> set[int]:
    """Which of the photos the stage would call the same; its own steps, the index in memory."""
    found = set()
    for shape in shapes_of(read_picture(content, LIMITS).pixels):
        keys = set(keys_of(REGION, shape.points))
        for number, other in enumerate(among):
            if number in found or len(keys & other.keys) < LEAST_KEYS:
                continue
            if overlay(shape.points, other.points, LIMITS).share >= LIMITS["same_share"]:
                found.add(number)
    return found


def share(hits: int, total: int) -> dict[str, Any]:
    low, high = share_interval(hits, total)
    return {"share": round(hits / total, 3), "interval": [round(low, 3), round(high, 3)], "of": total}


def copies(photos: Sequence[Photo]) -> dict[str, Any]:
    """Copies found again, by what was done to them; retakes of the place and other places taken for copies."""
    result: dict[str, Any] = {"found": {}, "retakes taken for copies": {}}
    strangers, asked = 0, 0
    for name, change in COPIES.items():
        hits = 0
        for number, photo in enumerate(photos):
            dice = np.random.default_rng([photo.seed, 77])
            again = found_again(jpeg(change(back(photo.content), dice)), photos)
            hits += number in again
            strangers += len(again - {number})
            asked += len(photos) - 1
        result["found"][name] = share(hits, len(photos))
        print(name, result["found"][name], file=sys.stderr, flush=True)
    for name in RETAKES:
        hits = sum(number in found_again(retake(photo, name), photos) for number, photo in enumerate(photos))
        result["retakes taken for copies"][name] = share(hits, len(photos))
        print(name, result["retakes taken for copies"][name], file=sys.stderr, flush=True)
    result["pairs of different places taken for copies"] = share(strangers, asked)
    return result


def scenes(photos: Sequence[Photo]) -> dict[str, Any]:
    """What the check of the scene says of honest retakes and of other places."""
    result: dict[str, Any] = {}
    for name in RETAKES:
        told = Counter(
            check_scene([photo.points], _points(retake(photo, name)), LIMITS).result.value for photo in photos
        )
        result[name] = {each: share(told[each], len(photos)) for each in CheckResult}
    told = Counter(
        check_scene([photo.points], photos[number - shift].points, LIMITS).result.value
        for number, photo in enumerate(photos)
        for shift in (1, 2, 3)
    )
    result["другое место"] = {each: share(told[each], told.total()) for each in CheckResult}
    return result


def _points(content: bytes) -> Points:
    return points_of(levelled(read_picture(content, LIMITS).pixels))


def flagged(content: bytes, check: Check) -> bool:
    picture = read_picture(content, LIMITS)
    findings = [*check_visible(grey_of(picture.pixels), LIMITS), check_screenshot(picture, LIMITS)]
    return any(each.check is check and each.result is CheckResult.FLAGGED for each in findings)


def visible(photos: Sequence[Photo]) -> dict[str, Any]:
    """Photos that are soft, dark or bleached, and a bare wall, by whether they are flagged; sound ones too."""

    def flags(check: Check, change: Callable[[Colours, np.random.Generator], Colours]) -> dict[str, Any]:
        hits = 0
        for photo in photos:
            dice = np.random.default_rng([photo.seed, 78])
            hits += flagged(jpeg(change(back(photo.content), dice)), check)
        return share(hits, len(photos))

    wall = [jpeg(_wall(photo.seed)) for photo in photos]
    return {
        "резкость": {name: flags(Check.SHARPNESS, change) for name, change in SOFT.items()},
        "свет": {name: flags(Check.LIGHT, change) for name, change in DIM.items()},
        "голая стена": share(sum(flagged(each, Check.CONTENT) for each in wall), len(wall)),
        "ложно: исходные снимки": {
            check.value: flags(check, lambda pixels, _dice: pixels)
            for check in (Check.SHARPNESS, Check.LIGHT, Check.CONTENT)
        },
        "ложно: мессенджер": {
            check.value: flags(check, COPIES["мессенджер (× 0,5, JPEG 60)"])
            for check in (Check.SHARPNESS, Check.LIGHT, Check.CONTENT)
        },
    }


def _wall(seed: int) -> Colours:
    """A wall or the ground at arm's length: one colour, the camera's noise."""
    dice = np.random.default_rng([seed, 79])
    noise = dice.normal(0, 4, (960, 1280, 3))
    slope = np.linspace(0, dice.uniform(0, 20), 1280)[None, :, None]
    return np.clip(dice.uniform(60, 200) + slope + noise, 0, 255).astype(np.uint8)


def screens(photos: Sequence[Photo]) -> dict[str, Any]:
    """Shots of a screen that are flagged, as PNG and as the JPEG that a messenger makes; photos that are, wrongly."""
    result: dict[str, Any] = {}
    for name in ("снимок экрана, чёрный", "снимок экрана, белый"):
        kinds: dict[str, int] = {"PNG": 0, "JPEG": 0, "мессенджер": 0}
        for photo in photos:
            pixels = COPIES[name](back(photo.content), np.random.default_rng(photo.seed))
            kinds["PNG"] += flagged(cv2.imencode(".png", pixels[..., ::-1])[1].tobytes(), Check.SCREENSHOT)
            kinds["JPEG"] += flagged(jpeg(pixels), Check.SCREENSHOT)
            small = np.asarray(cv2.resize(pixels, (576, 1280), interpolation=cv2.INTER_AREA), dtype=np.uint8)
            kinds["мессенджер"] += flagged(jpeg(small, 70), Check.SCREENSHOT)
        result[name] = {kind: share(hits, len(photos)) for kind, hits in kinds.items()}
    result["ложно: снимки"] = share(sum(flagged(photo.content, Check.SCREENSHOT) for photo in photos), len(photos))
    return result


def cost(photos: Sequence[Photo]) -> dict[str, Any]:
    """Milliseconds of a processor that the steps take for a photo of 12 megapixels."""
    large = cv2.resize(back(photos[0].content), (4000, 3000), interpolation=cv2.INTER_CUBIC)
    content = jpeg(np.asarray(large, dtype=np.uint8), 90)
    picture = read_picture(content, LIMITS)
    points = points_of(levelled(picture.pixels))
    steps: dict[str, Callable[[], object]] = {
        "decode": lambda: read_picture(content, LIMITS),
        "shapes": lambda: shapes_of(picture.pixels),
        "whole examination": lambda: examine(content, FileRole.AFTER, LIMITS),
        "lay one candidate over": lambda: overlay(points, photos[0].points, LIMITS),
        "decode a candidate": lambda: points_in(photos[0].content, LIMITS),
    }
    return {
        "megabytes": round(len(content) / 1e6, 1),
        "milliseconds": {name: round(_best(step) * 1000) for name, step in steps.items()},
    }


def _best(step: Callable[[], object]) -> float:
    taken = []
    for _ in range(5):
        started = time.process_time()
        step()
        taken.append(time.process_time() - started)
    return min(taken)


def plates(photos: Sequence[Photo]) -> dict[str, Any]:
    """Number plates that the public copy hides."""
    result = counted([back(photo.content) for photo in photos], photos[0].seed)
    return {name: {**share(hits, of), "boxes in vain": vain} for name, (hits, of, vain) in result.items()}


PARTS: dict[str, Callable[[Sequence[Photo]], dict[str, Any]]] = {
    "copies": copies,
    "scenes": scenes,
    "visible": visible,
    "screens": screens,
    "plates": plates,
    "cost": cost,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--places", type=int, default=150)
    parser.add_argument("--seed", type=int, default=500_000)
    parser.add_argument("--parts", default=",".join(PARTS))
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    photos = photos_of(range(asked.seed, asked.seed + asked.places))
    result = {part: PARTS[part](photos) for part in asked.parts.split(",")}
    about = {"machine": machine(), "versions": versions(("numpy", "opencv-python-headless", "pillow"))}
    print(json.dumps({**about, "places": asked.places, "seed": asked.seed, **result}, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
