"""Signs that a photo is a shot of a screen or went through an editor."""

from __future__ import annotations

from resolution.photos.bars import drawn_bars
from resolution.photos.finding import Check, Finding, flagged, passed, unknown
from resolution.photos.limits import Limits
from resolution.photos.picture import Picture

LONG = 1.95
"""Ratio of the sides from which a picture is as long as a telephone: cameras make 4:3 and 16:9."""


def check_screenshot(picture: Picture, limits: Limits) -> Finding:
    """Adds up signs: size of a screen, PNG, a comment of the phone, drawn bars with sharp signs in them."""
    camera = picture.camera
    size = (min(picture.width, picture.height), max(picture.width, picture.height))
    bars = sum(drawn_bars(picture.pixels)) / picture.pixels.shape[0]
    signs = [
        (2 if size in limits.screens else 0, f"размер экрана {picture.width} × {picture.height}"),
        (1 if picture.format == "PNG" else 0, "формат PNG"),
        (1 if size[1] / size[0] >= LONG else 0, "вытянут как экран"),
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
