"""Signs that a photo is a shot of a screen or went through an editor."""

from __future__ import annotations

import numpy as np

from resolution.photos.finding import Check, Finding, flagged, passed, unknown
from resolution.photos.limits import Limits
from resolution.photos.picture import Picture, Pixels

FLAT = 3
"""Levels of grey by which points of a drawn surface differ at most."""


def check_screenshot(picture: Picture, limits: Limits) -> Finding:
    """Adds up signs: size of a screen, PNG, a comment of the phone, drawn bars with sharp signs in them."""
    camera = picture.camera
    size = (min(picture.width, picture.height), max(picture.width, picture.height))
    bars = drawn_bars(picture.pixels)
    signs = [
        (2 if size in limits.screens else 0, f"размер экрана {picture.width} × {picture.height}"),
        (1 if picture.format == "PNG" else 0, "формат PNG"),
        (3 if "screenshot" in f"{camera.comment} {camera.software}".lower() else 0, "пометка телефона"),
        (2 if bars > 0.03 else 0, f"ровные полосы интерфейса ({bars:.0%} высоты)"),
        (-2 if camera.made_by and camera.taken else 0, ""),
    ]  # fmt: skip
    weight = sum(each for each, _ in signs)
    seen = [name for each, name in signs if each > 0]
    measured = {"weight": weight, "signs": seen, "bars": round(bars, 3)}
    if weight >= limits["screenshot_signs"]:
        return flagged(Check.SCREENSHOT, f"похоже на снимок экрана: {', '.join(seen)}", **measured)
    if camera.made_by:
        return passed(Check.SCREENSHOT, f"снято камерой {camera.made_by}", **measured)
    return passed(Check.SCREENSHOT, "признаков снимка экрана нет", **measured)


def drawn_bars(pixels: Pixels) -> float:
    """Share of the height that bars of one drawn colour with signs in them take, at the top and the bottom.

    A row is drawn where half of its points are within FLAT of its median. An overexposed sky has such rows too, but
    nothing sharp in them; a bar has signs of a strong contrast.
    """
    height = pixels.shape[0]
    grey = pixels.mean(axis=2)
    middle = np.median(grey, axis=1, keepdims=True)
    drawn = (np.abs(grey - middle) <= FLAT).mean(axis=1) >= 0.55
    strong = (np.abs(grey - middle) > 60).mean(axis=1) > 0.005
    share = 0.0
    for rows, signs in ((drawn, strong), (drawn[::-1], strong[::-1])):
        deep = int(np.argmin(rows)) if not rows.all() else height
        colours = middle[:deep] if rows is drawn else middle[::-1][:deep]
        if deep and signs[:deep].any() and np.abs(np.diff(colours[:, 0])).max(initial=0) <= 255:
            share += deep / height
    return share


def check_edited(picture: Picture, limits: Limits) -> Finding:
    software = picture.camera.software.lower()
    editor = next((each for each in limits.editors if each in software), None)
    if editor is not None:
        return flagged(
            Check.EDITED, f"снимок сохранён редактором «{picture.camera.software}»", software=picture.camera.software
        )
    if picture.frames > 1:
        return flagged(Check.EDITED, f"это анимация из {picture.frames} кадров, а не снимок", frames=picture.frames)
    if not picture.camera.made_by:
        return unknown(Check.EDITED, "следов редактора нет, но данные камеры стёрты: сказать наверняка нельзя")
    return passed(Check.EDITED, "следов редактора нет")
