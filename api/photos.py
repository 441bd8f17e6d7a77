"""Photos that citizens attach: checked to be pictures, and stripped of the data that cameras hide in them."""

from __future__ import annotations

import io
import warnings
from pathlib import PurePath
from threading import Semaphore

from PIL import Image, ImageOps, UnidentifiedImageError
from starlette.datastructures import FormData, UploadFile

from ingest import Limits, Refused
from models.message import Attachment

MOST = 10
LARGEST_TOGETHER = 60_000_000
"""Bytes of all photos of one appeal: they stand in memory until they are stored."""
FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
AT_ONCE = Semaphore(2)
"""An opened photo takes up to 200 MB of memory."""
LARGEST_PIXELS = 64_000_000
"""The largest phone cameras make about 50 megapixels; a bomb of a few kilobytes unpacks into far more."""


async def uploaded(form: FormData, limits: Limits) -> list[tuple[str, bytes]]:
    """Names and bytes of the files of the field «photos»; an empty file input is no file. Raises Refused."""
    files = [one for one in form.getlist("photos") if isinstance(one, UploadFile) and one.filename]
    if len(files) > MOST:
        raise Refused(f"too many photos: {len(files)}", f"Можно приложить не больше {MOST} фотографий.")
    if sum(file.size or 0 for file in files) > LARGEST_TOGETHER:
        raise Refused(
            "the photos are too large", f"Все фотографии вместе — не больше {LARGEST_TOGETHER // 1_000_000} МБ."
        )
    read = []
    for file in files:
        name = PurePath((file.filename or "").replace("\\", "/")).name[:200]
        if (file.size or 0) > limits.largest_attachment:
            raise Refused(
                f"photo too large: {file.size} bytes",
                f"Фотография «{name}» слишком большая: можно не больше {limits.largest_attachment // 1_000_000} МБ.",
            )
        read.append((name, await file.read()))
    return read


def checked(name: str, content: bytes) -> Attachment:
    """The photo without its hidden data (place and time of the shot, the phone's model). Raises Refused."""
    broken = Refused(
        "an attachment is not a picture",
        f"Файл «{name}» не похож на фотографию. Приложите снимок в формате JPEG, PNG или WebP.",
    )
    try:
        with AT_ONCE, warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=list(FORMATS)) as picture:
                if picture.width * picture.height > LARGEST_PIXELS:
                    raise broken
                kind = str(picture.format)
                return Attachment(name, FORMATS[kind], _cleaned(picture, kind))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Warning, Image.DecompressionBombError) as error:
        raise broken from error


def _cleaned(picture: Image.Image, kind: str) -> bytes:
    """The same picture saved anew: turned as the camera meant it, without EXIF and without a comment."""
    turned = ImageOps.exif_transpose(picture)
    out = io.BytesIO()
    if kind == "JPEG":
        turned.convert("RGB").save(out, kind, quality=90, comment=b"")
    else:
        turned.save(out, kind)
    return out.getvalue()
