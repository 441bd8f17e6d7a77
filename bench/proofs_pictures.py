"""What people do to photos, for bench.proofs: each way is a function of RGB pixels and a die."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tests.photographs import Colours, jpeg

Dice = np.random.Generator
Change = Callable[[Colours, Dice], Colours]

SCREEN = (1080, 2400)


def back(content: bytes) -> Colours:
    """The pixels of a JPEG."""
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"), dtype=np.uint8)


def cropped(share: float) -> Change:
    """Without `share` of the width and of the height, anywhere."""

    def change(pixels: Colours, dice: Dice) -> Colours:
        height, width = pixels.shape[:2]
        high, wide = int(height * (1 - share)), int(width * (1 - share))
        top, left = int(dice.integers(0, height - high + 1)), int(dice.integers(0, width - wide + 1))
        return pixels[top : top + high, left : left + wide]

    return change


def mirrored(pixels: Colours, _dice: Dice) -> Colours:
    return pixels[:, ::-1]


def recompressed(quality: int) -> Change:
    return lambda pixels, _dice: back(jpeg(pixels, quality))


def brighter(factor: float) -> Change:
    return lambda pixels, _dice: np.clip(pixels.astype(np.float32) * factor, 0, 255).astype(np.uint8)


def turned(degrees: float) -> Change:
    """By so many degrees either way, black where nothing is."""

    def change(pixels: Colours, dice: Dice) -> Colours:
        height, width = pixels.shape[:2]
        move = cv2.getRotationMatrix2D((width / 2, height / 2), degrees * float(dice.choice([-1, 1])), 1.0)
        return np.asarray(cv2.warpAffine(pixels, move, (width, height), flags=cv2.INTER_CUBIC), dtype=np.uint8)

    return change


def resized(factor: float) -> Change:
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return lambda pixels, _dice: np.asarray(cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=how), np.uint8)


def captioned(pixels: Colours, _dice: Dice) -> Colours:
    """A dark stripe with a date below, a word above."""
    image = Image.fromarray(pixels)
    draw, (width, height) = ImageDraw.Draw(image), image.size
    font = ImageFont.load_default(size=height // 12)
    draw.rectangle((0, int(height * 0.86), width, height), fill="black")
    draw.text((20, int(height * 0.88)), "ВЫПОЛНЕНО 12.03.2026", fill="white", font=font)
    draw.text((int(width * 0.1), int(height * 0.1)), "ПОСЛЕ", fill="red", font=font)
    return np.asarray(image, dtype=np.uint8)


def on_screen(ground: str) -> Change:
    """The photo in a gallery of a telephone, with the bars of the system."""

    def change(pixels: Colours, _dice: Dice) -> Colours:
        screen = Image.new("RGB", SCREEN, ground)
        image = Image.fromarray(pixels)
        image = image.resize((SCREEN[0], image.height * SCREEN[0] // image.width), Image.Resampling.LANCZOS)
        screen.paste(image, (0, (SCREEN[1] - image.height) // 2))
        draw, font = ImageDraw.Draw(screen), ImageFont.load_default(size=36)
        ink = "white" if ground == "black" else "black"
        for where, text in (((40, 20), "12:41"), ((900, 20), "87 %"), ((380, 2250), "Отправить   Изменить")):
            draw.text(where, text, fill=ink, font=font)
        return np.asarray(screen, dtype=np.uint8)

    return change


def together(*changes: Change) -> Change:
    def change(pixels: Colours, dice: Dice) -> Colours:
        for each in changes:
            pixels = each(np.ascontiguousarray(pixels), dice)
        return pixels

    return change


def blurred(deviation: float) -> Change:
    """Out of focus: deviation in pixels of a photo 1,280 wide."""
    return lambda pixels, _dice: np.asarray(cv2.GaussianBlur(pixels, (0, 0), deviation), dtype=np.uint8)


def shaken(length: int) -> Change:
    """Moved while it was taken, by so many pixels of 1,280."""

    def change(pixels: Colours, dice: Dice) -> Colours:
        angle = dice.uniform(0, np.pi)
        kernel = np.zeros((length, length), np.float32)
        middle, reach = length // 2, length / 2
        far = (int(middle + reach * np.cos(angle)), int(middle + reach * np.sin(angle)))
        near = (int(middle - reach * np.cos(angle)), int(middle - reach * np.sin(angle)))
        cv2.line(kernel, near, far, 1.0, 1)
        return np.asarray(cv2.filter2D(pixels, -1, kernel / kernel.sum()), dtype=np.uint8)

    return change


COPIES: Mapping[str, Change] = {
    **{f"обрезан на {share} %": cropped(share / 100) for share in (5, 10, 20, 30)},
    "зеркально": mirrored,
    **{f"JPEG {quality}": recompressed(quality) for quality in (30, 50, 70, 90)},
    **{f"яркость {factor:+.0%}": brighter(1 + factor) for factor in (-0.4, -0.2, 0.2, 0.4)},
    **{f"повёрнут на {degrees}°": turned(degrees) for degrees in (1, 2, 3, 5)},
    **{f"размер × {factor}": resized(factor) for factor in (0.25, 0.5, 1.5)},
    "надписи": captioned,
    "снимок экрана, чёрный": on_screen("black"),
    "снимок экрана, белый": on_screen("white"),
    "мессенджер (× 0,5, JPEG 60)": together(resized(0.5), recompressed(60)),
    "всё вместе": together(turned(2), cropped(0.15), mirrored, brighter(1.2), resized(0.6), recompressed(60)),
}
"""A photo sent again. The last: turned by 2 degrees, cut by 15 %, mirrored, brightened, made smaller, recompressed."""

SOFT: Mapping[str, Change] = {
    **{f"не в фокусе, σ {deviation}": blurred(deviation) for deviation in (1, 2, 4, 6)},
    **{f"смазан на {length}": shaken(length) for length in (9, 17, 33)},
}
DIM: Mapping[str, Change] = {
    **{f"темнее в {1 / factor:.0f} раз": brighter(factor) for factor in (0.25, 0.1, 0.05)},
    **{f"светлее в {factor} раза": brighter(factor) for factor in (2, 4)},
}
