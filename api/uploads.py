"""The multipart forms of reports: fields and files, read only after it is known who sends them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from threading import Semaphore

from starlette.datastructures import FormData, UploadFile

from models.resolution import FileRole
from resolution import ResolutionPolicy, Upload
from resolution.reports import too_large, too_many

AT_ONCE = Semaphore(2)
"""The files of a report stand in memory until they are stored."""
FIELDS: Mapping[str, FileRole] = {role.value: role for role in FileRole}
ROOM_FOR_WORDS = 200_000
"""Bytes of a report beside its files: its words, and what a browser writes around each part."""


def uploads(form: FormData, policy: ResolutionPolicy) -> list[Upload]:
    """The files of the fields before, after, video and document; an empty input is no file. Raises Refused.

    Their sizes are looked at before they are read.
    """
    found = [
        (FIELDS[name], one)
        for name, one in form.multi_items()
        if name in FIELDS and isinstance(one, UploadFile) and (one.filename or one.size)
    ]
    too_many(len(found), sum(one.size or 0 for _, one in found), policy.files)
    for role, one in found:
        too_large(role, name_of(one), one.size or 0, policy.files)
    return [Upload(role, name_of(one), one.file.read()) for role, one in found]


def name_of(file: UploadFile) -> str:
    """The file's own name without folders."""
    return PurePath((file.filename or "").replace("\\", "/")).name[:200] or "файл"
