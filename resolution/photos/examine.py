"""One file looked at, whatever problem it proves: everything that its bytes alone say."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.resolution import FileRole
from models.russian import plural
from resolution.kinds import kind_of
from resolution.photos.camera import Camera
from resolution.photos.film import read_film
from resolution.photos.finding import Check, Finding, flagged, passed, unknown
from resolution.photos.limits import Limits
from resolution.photos.origin import check_edited, check_screenshot
from resolution.photos.picture import Picture, Pixels, Unreadable, read_picture
from resolution.photos.prints import PHASES, Points, levelled, points_of
from resolution.photos.public import PublicCopy, public_copy
from resolution.photos.visible import check_visible, grey_of

log = logging.getLogger(__name__)

NOTHING = Camera()


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A photo as it is looked for among earlier ones."""

    points: Points
    mirrored: bool


@dataclass(frozen=True, slots=True, eq=False)
class Examined:
    """What a file alone says. `shapes`: the photo itself first; none where it is no picture. `copy`: None where
    citizens get none."""

    findings: list[Finding]
    camera: Camera = NOTHING
    shapes: Sequence[Shape] = ()
    copy: PublicCopy | None = None


def examine(content: bytes, role: FileRole, limits: Limits) -> Examined:
    """Look at a file. Never fails: what cannot be read is a flag with its reason."""
    try:
        if role is FileRole.VIDEO:
            return _film(content, limits)
        if role is FileRole.DOCUMENT:
            return _document(content)
        return _photo(read_picture(content, limits), limits)
    except Unreadable as error:
        return Examined([flagged(Check.READABLE, str(error))])
    except Exception as error:  # a file that breaks a decoder in a new way must not hold up the others
        log.warning("a proof's file could not be examined (%s)", type(error).__name__)
        return Examined([flagged(Check.READABLE, "файл не удалось проверить: в нём что-то необычное")])


def points_in(content: bytes, limits: Limits) -> Points | None:
    """The points of an earlier photo; None where it is no photo."""
    try:
        return points_of(levelled(read_picture(content, limits).pixels))
    except Unreadable:
        return None


def shapes_of(pixels: Pixels) -> list[Shape]:
    """A photo in all the shapes in which it is looked for. Descriptors are not symmetrical: a mirror needs its own."""
    greys = [levelled(pixels, side) for side in PHASES]
    upright = [Shape(points_of(grey), mirrored=False) for grey in greys]
    return upright + [Shape(points_of(np.ascontiguousarray(grey[:, ::-1])), mirrored=True) for grey in greys]


def _photo(picture: Picture, limits: Limits) -> Examined:
    grey = grey_of(picture.pixels)
    copy = public_copy(picture.pixels)
    size = f"{picture.format}, {picture.width} × {picture.height}"
    readable = (
        flagged(Check.READABLE, f"за снимком ({size}) в файле спрятан ещё один файл", format=picture.format)
        if picture.smuggled
        else passed(Check.READABLE, f"снимок читается: {size}", format=picture.format)
    )
    return Examined(
        findings=[
            readable,
            *check_visible(grey, limits),
            check_screenshot(picture, limits),
            check_edited(picture, limits),
            _copied(copy),
        ],
        camera=picture.camera,
        shapes=shapes_of(picture.pixels),
        copy=copy,
    )


def _copied(copy: PublicCopy) -> Finding:
    reason = (
        f"копия без данных камеры сделана; скрыто похожего на лица — {copy.faces}, на номера машин — {copy.plates} "
        "(машина находит не всё, посмотрите)"
    )
    return passed(Check.PUBLIC_COPY, reason, faces=copy.faces, plates=copy.plates)


def _film(content: bytes, limits: Limits) -> Examined:
    film = read_film(content)
    long = "длина неизвестна" if film.seconds is None else plural(round(film.seconds), "секунда", "секунды", "секунд")
    readable = passed(
        Check.READABLE,
        f"видео читается: {film.width} × {film.height}, {long}",
        seconds=film.seconds and round(film.seconds, 1),
    )
    grey: Pixels = grey_of(film.frames[-1])
    withheld = unknown(Check.PUBLIC_COPY, "гражданам видео не показывается: лица и номера в нём не скрыты")
    return Examined([readable, *check_visible(grey, limits), withheld], shapes=shapes_of(film.frames[-1]))


def _document(content: bytes) -> Examined:
    kind = kind_of(content)
    if kind is None or FileRole.DOCUMENT not in kind.roles:
        return Examined([flagged(Check.READABLE, "файл не похож на документ: PDF, DOCX, XLSX, ODT или скан")])
    if kind.media_type == "application/pdf" and b"%%EOF" not in content[-2048:]:
        return Examined([flagged(Check.READABLE, "документ PDF передан не до конца", type=kind.media_type)])
    return Examined([passed(Check.READABLE, "тип документа верен; содержание машина не читает", type=kind.media_type)])
