"""Photographs made for tests and for bench/proofs.py: places with depth, seen from where a camera is set.

A place is a set of flat surfaces in space (ground, houses, signs, trees, cars), each with a texture; a view projects
them, so that what is near moves against what is far when the camera moves, as in life.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Colours = NDArray[np.uint8]
Point = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Surface:
    """`corners`: of the texture's upper left, upper right, lower right, lower left, metres (right, up, ahead)."""

    corners: tuple[Point, Point, Point, Point]
    texture: NDArray[np.float32]
    opacity: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Camera:
    """`right`, `up`, `ahead`: metres; `turn`, `tilt`, `roll`: degrees; `zoom`: focal length in picture widths."""

    right: float = 0.0
    up: float = 1.6
    ahead: float = 0.0
    turn: float = 0.0
    tilt: float = 4.0
    roll: float = 0.0
    zoom: float = 0.8


@dataclass(frozen=True, slots=True)
class Place:
    """A street-like place. `mended`: the hole in the road is gone."""

    surfaces: list[Surface]
    hole: Surface
    sky: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Weather:
    """How the light differs from an even day: a factor, a shift of colours, noise of the camera (levels of 255)."""

    light: float = 1.0
    warmth: float = 0.0
    noise: float = 3.0
    seed: int = field(default=0)


def fractal(dice: np.random.Generator, height: int, width: int, rough: float = 1.0) -> NDArray[np.float32]:
    """Noise of all scales, mean 0, deviation 1, shape (height, width)."""
    total = np.zeros((height, width), np.float32)
    size, weight = 2, 1.0
    while size < max(height, width):
        small = dice.standard_normal((max(2, size * height // max(height, width)), max(2, size))).astype(np.float32)
        total += weight * cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
        size, weight = size * 2, weight * 0.5**rough
    total += weight * dice.standard_normal((height, width)).astype(np.float32)
    return np.asarray((total - total.mean()) / (total.std() + 1e-6), dtype=np.float32)


def _coloured(dice: np.random.Generator, height: int, width: int, contrast: float, rough: float) -> NDArray[np.float32]:
    base = dice.uniform(60, 190) + dice.uniform(-25, 25, 3)
    noise = fractal(dice, height, width, rough)[..., None]
    return np.clip(base + contrast * noise, 0, 255).astype(np.float32)


def _wall(dice: np.random.Generator) -> NDArray[np.float32]:
    height, width = int(dice.integers(300, 600)), int(dice.integers(400, 900))
    wall = _coloured(dice, height, width, dice.uniform(4, 14), 0.6)
    across, down = int(dice.integers(4, 12)), int(dice.integers(3, 9))
    wide, high = width / across, height / down
    for row in range(down):
        for column in range(across):
            shade = dice.uniform(20, 200)
            left, top = int((column + 0.25) * wide), int((row + 0.2) * high)
            right, bottom = int((column + 0.75) * wide), int((row + 0.75) * high)
            colour = (shade, shade + dice.uniform(-10, 20), shade + dice.uniform(-5, 30))
            cv2.rectangle(wall, (left, top), (right, bottom), colour, -1)
            cv2.rectangle(wall, (left, top), (right, bottom), (230, 230, 230) if row % 2 else (90, 80, 70), 2)
            if dice.random() < 0.6:
                cv2.line(wall, ((left + right) // 2, top), ((left + right) // 2, bottom), (220, 220, 220), 2)
            if dice.random() < 0.25:
                bottom_edge = (right + 4, bottom + int(0.15 * high))
                cv2.rectangle(wall, (left - 4, bottom), bottom_edge, tuple(dice.uniform(40, 200, 3)), -1)
    for _ in range(int(dice.integers(0, 4))):
        where = (int(dice.uniform(0, width * 0.7)), int(dice.uniform(0.8 * height, height)))
        letters = "".join(chr(int(each)) for each in dice.integers(65, 91, int(dice.integers(4, 9))))
        cv2.putText(
            wall, letters, where, cv2.FONT_HERSHEY_DUPLEX, dice.uniform(0.6, 1.6), tuple(dice.uniform(0, 255, 3)), 2
        )
    return wall


def _upright(
    right: float, ahead: float, wide: float, high: float, slant: float = 0.0
) -> tuple[Point, Point, Point, Point]:
    half = wide / 2
    one, two = (right - half, ahead - slant), (right + half, ahead + slant)
    return (one[0], high, one[1]), (two[0], high, two[1]), (two[0], 0.0, two[1]), (one[0], 0.0, one[1])


def _flat(right: float, ahead: float, wide: float, deep: float, up: float = 0.0) -> tuple[Point, Point, Point, Point]:
    half = wide / 2
    return (
        (right - half, up, ahead + deep),
        (right + half, up, ahead + deep),
        (right + half, up, ahead),
        (right - half, up, ahead),
    )


def _full(texture: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.ones(texture.shape[:2], np.float32)


def _blob(dice: np.random.Generator, height: int, width: int) -> NDArray[np.float32]:
    """The opacity of a tree's crown or of a puddle: an uneven ellipse."""
    down, across = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    edge = 1 - (across**2 + down**2) + 0.25 * fractal(dice, height, width, 0.8)
    return np.asarray(edge > 0.25, dtype=np.float32)


def make_place(seed: int) -> Place:
    """A place of its own for every seed."""
    dice = np.random.default_rng([seed, 1])
    ground = _coloured(dice, 1500, 900, dice.uniform(8, 20), 0.35)
    for _ in range(int(dice.integers(5, 14))):  # cracks, marks, kerbs
        start = dice.uniform(0, [900, 1500])
        end = start + dice.normal(0, 250, 2)
        shade = dice.uniform(10, 240)
        cv2.line(ground, tuple(map(int, start)), tuple(map(int, end)), (shade, shade, shade), int(dice.integers(1, 7)))
    near = np.clip(ground.mean(axis=(0, 1)) + dice.uniform(6, 22) * fractal(dice, 1000, 1400, 0.12)[..., None], 0, 255)
    surfaces = [
        Surface(_flat(0, 1.0, 30, 60), ground, _full(ground)),
        # with grains as fine as the picture, and an edge that a lawn or a kerb would have
        Surface(_flat(dice.uniform(-2, 2), 1.0, 12, 8), near.astype(np.float32), _full(near)),
    ]
    for side in (-1, 1):
        ahead = dice.uniform(6, 12)
        while ahead < 45:
            wall = _wall(dice)
            wide, high = dice.uniform(8, 16), dice.uniform(5, 18)
            corner = side * dice.uniform(5, 9)
            surfaces.append(
                Surface(
                    (
                        (corner, high, ahead if side < 0 else ahead + wide),
                        (corner, high, ahead + wide if side < 0 else ahead),
                        (corner, 0.0, ahead + wide if side < 0 else ahead),
                        (corner, 0.0, ahead if side < 0 else ahead + wide),
                    ),
                    wall,
                    _full(wall),
                )
            )
            ahead += wide + dice.uniform(1, 6)
    wall = _wall(dice)
    surfaces.append(
        Surface(_upright(dice.uniform(-6, 6), dice.uniform(35, 55), 26, dice.uniform(8, 22)), wall, _full(wall))
    )
    for _ in range(int(dice.integers(2, 7))):  # trees and bushes
        texture = _coloured(dice, 260, 220, 34, 0.3) * np.array([0.5, 0.8, 0.4], np.float32)
        at = _upright(
            dice.choice([-1, 1]) * dice.uniform(2.5, 6), dice.uniform(5, 30), dice.uniform(1, 4), dice.uniform(1, 6)
        )
        surfaces.append(Surface(at, texture, _blob(dice, 260, 220)))
    for _ in range(int(dice.integers(0, 4))):  # cars and signs
        texture = _coloured(dice, 150, 240, 6, 1.0)
        cv2.rectangle(texture, (40, 15), (200, 70), tuple(dice.uniform(10, 80, 3)), -1)
        cv2.circle(texture, (50, 135), 22, (15, 15, 15), -1)
        cv2.circle(texture, (190, 135), 22, (15, 15, 15), -1)
        at = _upright(dice.choice([-1, 1]) * dice.uniform(1.5, 4), dice.uniform(5, 25), 4, 1.6, dice.uniform(-1, 1))
        surfaces.append(Surface(at, texture, _full(texture)))
    texture = _coloured(dice, 200, 260, 22, 0.4) * np.float32(0.35)
    hole = Surface(
        _flat(dice.uniform(-1.2, 1.2), dice.uniform(3.5, 6), dice.uniform(1, 2.4), 1.8, 0.005),
        texture,
        _blob(dice, 200, 260),
    )
    sky = dice.uniform(120, 235) + dice.uniform(-15, 25)
    return Place(surfaces, hole, (sky - 15, sky - 5, min(250.0, sky + 12)))


def view(
    place: Place, camera: Camera, weather: Weather, size: tuple[int, int] = (1280, 960), *, mended: bool = False
) -> Colours:
    """What a camera sees: RGB, uint8, shape (height, width, 3)."""
    width, height = size
    dice = np.random.default_rng([weather.seed, 2])
    picture = np.empty((height, width, 3), np.float32)
    fade = np.linspace(0, 25, height, dtype=np.float32)[:, None]
    for channel, level in enumerate(place.sky):
        picture[..., channel] = level + fade
    picture += 6 * fractal(np.random.default_rng([weather.seed, 3]), height, width, 1.4)[..., None]
    surfaces = [*place.surfaces, *([] if mended else [place.hole])]
    flat = [each for each in surfaces if all(corner[1] < 0.1 for corner in each.corners)]
    standing = [each for each in surfaces if not all(corner[1] < 0.1 for corner in each.corners)]
    standing.sort(key=lambda each: -float(np.mean([corner[2] for corner in each.corners])))
    for surface in [*flat, *standing]:
        _paint(picture, surface, camera)
    picture = picture * weather.light + weather.warmth * np.array([1, 0.2, -1], np.float32)
    picture += dice.normal(0, weather.noise, picture.shape)
    return np.clip(picture, 0, 255).astype(np.uint8)


def _paint(picture: NDArray[np.float32], surface: Surface, camera: Camera) -> None:
    height, width = picture.shape[:2]
    corners = np.array(surface.corners)
    near = 0.4
    seen = _before(corners, camera)
    if (seen[:, 2] < near).all():
        return
    texture, opacity = surface.texture, surface.opacity
    while (seen[:, 2] < near).any():  # what is behind the camera cannot be projected: cut the surface at its near side
        corners, texture, opacity = _cut(corners, texture, opacity)
        if min(texture.shape[:2]) < 8:
            return
        seen = _before(corners, camera)
    focal = camera.zoom * width
    flat = np.stack([width / 2 + focal * seen[:, 0] / seen[:, 2], height / 2 - focal * seen[:, 1] / seen[:, 2]], axis=1)
    rows, columns = texture.shape[:2]
    left, top = np.clip(np.floor(flat.min(axis=0)), 0, [width, height]).astype(int)
    right, bottom = np.clip(np.ceil(flat.max(axis=0)), 0, [width, height]).astype(int)
    if right <= left or bottom <= top:
        return
    source = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32)
    move = cv2.getPerspectiveTransform(source, (flat - [left, top]).astype(np.float32))
    size = (int(right - left), int(bottom - top))
    laid = cv2.warpPerspective(texture, move, size, flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(opacity, move, size, flags=cv2.INTER_LINEAR)[..., None]
    part = picture[top:bottom, left:right]
    part *= 1 - mask
    part += laid * mask


def _before(corners: NDArray[np.float64], camera: Camera) -> NDArray[np.float64]:
    """The corners as the camera has them: right, up, ahead."""
    turn, tilt, roll = np.radians([camera.turn, camera.tilt, camera.roll])
    moved = corners - np.array([camera.right, camera.up, camera.ahead])
    about_up = np.array([[np.cos(turn), 0, -np.sin(turn)], [0, 1, 0], [np.sin(turn), 0, np.cos(turn)]])
    about_right = np.array([[1, 0, 0], [0, np.cos(tilt), np.sin(tilt)], [0, -np.sin(tilt), np.cos(tilt)]])
    about_ahead = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    return np.asarray(moved @ about_up.T @ about_right.T @ about_ahead.T)


def _cut(
    corners: NDArray[np.float64], texture: NDArray[np.float32], opacity: NDArray[np.float32]
) -> tuple[NDArray[np.float64], NDArray[np.float32], NDArray[np.float32]]:
    """A surface without a thin strip of its nearer side."""
    upper_left, upper_right, lower_right, lower_left = corners
    rows, columns = texture.shape[:2]
    if lower_left[2] < upper_left[2]:  # the ground
        keep = min(rows - 1, int(rows * 0.98))
        share = keep / rows
        left, right = upper_left + share * (lower_left - upper_left), upper_right + share * (lower_right - upper_right)
        return np.array([upper_left, upper_right, right, left]), texture[:keep], opacity[:keep]
    keep = min(columns - 1, int(columns * 0.98))
    share = keep / columns
    if upper_left[2] < upper_right[2]:
        upper, lower = (
            upper_right + share * (upper_left - upper_right),
            lower_right + share * (lower_left - lower_right),
        )
        return np.array([upper, upper_right, lower_right, lower]), texture[:, -keep:], opacity[:, -keep:]
    upper, lower = upper_left + share * (upper_right - upper_left), lower_left + share * (lower_right - lower_left)
    return np.array([upper_left, upper, lower, lower_left]), texture[:, :keep], opacity[:, :keep]


def jpeg(pixels: Colours, quality: int = 88, exif: Image.Exif | None = None) -> bytes:
    """The picture as a phone or a messenger would save it."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=quality, **({"exif": exif.tobytes()} if exif is not None else {}))
    return out.getvalue()


def photograph(
    seed: int, *, mended: bool = True, camera: Camera | None = None, exif: Image.Exif | None = None
) -> bytes:
    """A photo of the place of this seed as a JPEG."""
    weather = replace(Weather(), seed=seed)
    return jpeg(view(make_place(seed), camera or Camera(), weather, mended=mended), exif=exif)
