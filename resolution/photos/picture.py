"""Bytes to a decoded photo, or the reason in Russian why there is none."""

from __future__ import annotations

import io
import struct
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from resolution.photos.camera import Camera, camera_of
from resolution.photos.limits import Limits

Pixels = NDArray[np.uint8]
FORMATS = ("JPEG", "PNG", "WEBP")
WORKING = 1600
"""Pixels of the longest side of what the checks see and citizens get."""
DRAFT_PIXELS = 24_000_000
"""A larger JPEG is read at a half, a quarter or an eighth: libjpeg does it without unpacking the whole."""

FOREIGN = (
    (b"%PDF-", "документ PDF"),
    (b"PK\x03\x04", "архив или документ Office"),
    (b"MZ", "программа"),
    (b"\x7fELF", "программа"),
    (b"<?php", "программа"),
    (b"<!DO", "страница HTML"),
    (b"<htm", "страница HTML"),
    (b"<svg", "рисунок SVG"),
    (b"GIF8", "анимация GIF"),
    (b"BM", "рисунок BMP"),
    (b"II*\x00", "снимок TIFF или RAW"),
    (b"MM\x00*", "снимок TIFF или RAW"),
)
SMUGGLED = (b"PK\x03\x04", b"%PDF-", b"<?php", b"<script", b"<html")
"""What has no business behind the end of a photo; phones put sound, maps of depth and short films there."""


class Unreadable(Exception):
    """The bytes are no photo that can be read; the message is Russian, for people."""


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A photo, turned as the camera meant it.

    `pixels`: RGB, uint8, shape (height, width, 3), the longest side at most WORKING. `width` and `height` are the
    file's. `frames` is more than 1 for an animation. `smuggled`: another file hangs behind the photo.
    """

    pixels: Pixels
    width: int
    height: int
    format: str
    frames: int
    camera: Camera
    smuggled: bool


def read_picture(content: bytes, limits: Limits) -> Picture:
    """Decode a photo whole. Raises Unreadable, and nothing else whatever the bytes are."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # size is judged below; broken EXIF is no reason to refuse a photo
            with Image.open(io.BytesIO(content), formats=list(FORMATS)) as opened:
                return _decoded(opened, content, limits)
    except Unreadable:
        raise
    except Image.DecompressionBombError as error:
        raise Unreadable("в файле намного больше точек, чем бывает у снимка: он не открыт") from error
    except MemoryError as error:
        raise Unreadable("снимок не поместился в память") from error
    except (OSError, ValueError, TypeError, KeyError, IndexError, ArithmeticError, SyntaxError, EOFError) as error:
        raise Unreadable(_why(content)) from error
    except (AttributeError, AssertionError, RuntimeError, struct.error) as error:  # decoders on what is not theirs
        raise Unreadable(_why(content)) from error


def _decoded(opened: Image.Image, content: bytes, limits: Limits) -> Picture:
    width, height, kind = opened.width, opened.height, str(opened.format)
    _check_size(width * height, kind, limits)
    frames = int(getattr(opened, "n_frames", 1)) if kind != "JPEG" else 1  # a JPEG's second frame is its map of depth
    camera = camera_of(opened)
    if kind == "JPEG" and width * height > DRAFT_PIXELS:
        opened.draft("RGB", (2 * WORKING, 2 * WORKING))
    if frames > 1:
        opened.seek(0)
    turned = ImageOps.exif_transpose(opened)
    if (turned.width < turned.height) != (width < height):
        width, height = height, width
    whole = _on_white(turned)
    whole.thumbnail((WORKING, WORKING), Image.Resampling.LANCZOS)
    return Picture(
        pixels=np.asarray(whole, dtype=np.uint8),
        width=width,
        height=height,
        format=kind,
        frames=frames,
        camera=camera,
        smuggled=kind == "JPEG" and _smuggles(content),
    )


def _check_size(pixels: int, kind: str, limits: Limits) -> None:
    most = limits["megapixels_jpeg" if kind == "JPEG" else "megapixels_other"]
    if pixels > most * 1e6:
        raise Unreadable(f"в снимке {pixels / 1e6:.0f} млн точек, читается не больше {most:.0f} млн")
    if pixels == 0:
        raise Unreadable("в снимке нет ни одной точки")


def _on_white(image: Image.Image) -> Image.Image:
    """RGB; what is transparent shows white."""
    if "A" not in image.getbands() and "transparency" not in image.info:
        return image.convert("RGB")
    layered = image.convert("RGBA")
    ground = Image.new("RGB", layered.size, "white")
    ground.paste(layered, mask=layered.getchannel("A"))
    return ground


def _smuggles(content: bytes) -> bool:
    end = content.rfind(b"\xff\xd9")
    behind = content[end + 2 : end + 4096].lstrip(b"\x00\r\n \t") if end > 0 else b""
    return any(mark in behind[:256].lower() for mark in (each.lower() for each in SMUGGLED))


def _why(content: bytes) -> str:
    """Why these bytes are no photo, by how they begin."""
    if not content:
        return "файл пуст"
    if content[4:8] == b"ftyp":
        brand = content[8:12]
        if brand in {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"}:
            return (
                "снимок в формате HEIC: здесь он не читается; выберите в камере «Наиболее совместимые» "
                "(JPEG) или отправьте снимок в JPEG"
            )
        if brand in {b"avif", b"avis"}:
            return "снимок в формате AVIF: здесь он не читается, нужен JPEG, PNG или WebP"
        return "это видео, а не снимок"
    for start, what in FOREIGN:
        if content[: len(start)].lower() == start.lower():
            return f"это {what}, а не снимок"
    if content[:3] == b"\xff\xd8\xff" or content[:8] == b"\x89PNG\r\n\x1a\n" or content[8:12] == b"WEBP":
        return "снимок повреждён или передан не до конца"
    return "файл не похож на снимок: читаются JPEG, PNG и WebP"


def as_jpeg(pixels: Any, quality: int = 85) -> bytes:
    """RGB pixels as a JPEG without a word beside the picture."""
    out = io.BytesIO()
    Image.fromarray(np.asarray(pixels, dtype=np.uint8)).save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()
