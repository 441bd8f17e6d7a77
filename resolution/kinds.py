"""What an uploaded file is, told by its content: a name can say anything."""

from __future__ import annotations

import lzma
import re
import struct
import zlib
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from models.resolution import FileRole
from resolution.records import Kind

PHOTO = frozenset({FileRole.BEFORE, FileRole.AFTER})
VIDEO = frozenset({FileRole.VIDEO})
DOCUMENT = frozenset({FileRole.DOCUMENT})
# a scan of a document is a picture
PICTURE = PHOTO | DOCUMENT

OOXML = {"word/": "wordprocessingml.document", "xl/": "spreadsheetml.sheet"}
OPEN_DOCUMENT = re.compile(r"application/vnd\.oasis\.opendocument\.[a-z-]+")
PACKERS = (zlib.error, lzma.LZMAError)
"""What the unpacking of a broken part raises; bzip2 raises OSError."""
HEIF = frozenset({b"heic", b"heix", b"hevc", b"heim", b"heis", b"hevm", b"hevs", b"mif1", b"msf1", b"avif", b"avis"})


def kind_of(content: bytes) -> Kind | None:
    """None: nothing that a proof may hold."""
    if content.startswith(b"\xff\xd8\xff"):
        return Kind("image/jpeg", PICTURE)
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind("image/png", PICTURE)
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return Kind("image/webp", PICTURE)
    if content.startswith(b"%PDF-"):
        return Kind("application/pdf", DOCUMENT)
    if content.startswith(b"\x1a\x45\xdf\xa3"):
        return Kind("video/webm", VIDEO)
    if content[4:8] == b"ftyp" and content[8:12] not in HEIF:
        return Kind("video/quicktime" if content[8:12] == b"qt  " else "video/mp4", VIDEO)
    if content.startswith(b"PK\x03\x04"):
        return _packed(content)
    return None


def is_heif(content: bytes) -> bool:
    """A photo as an iPhone keeps it, which browsers do not show."""
    return content[4:8] == b"ftyp" and content[8:12] in HEIF


def _packed(content: bytes) -> Kind | None:
    """A document of an office suite: a zip archive whose parts say what it is. Any other archive is none."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            names = archive.namelist()
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 100:
                told = archive.read("mimetype").decode("ascii", "replace")
                return Kind(told, DOCUMENT) if OPEN_DOCUMENT.fullmatch(told) else None
    except (BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError, EOFError, struct.error, *PACKERS):
        return None
    if "[Content_Types].xml" not in names or any(name.endswith("vbaProject.bin") for name in names):
        return None
    for folder, kind in OOXML.items():
        if any(name.startswith(folder) for name in names):
            return Kind(f"application/vnd.openxmlformats-officedocument.{kind}", DOCUMENT)
    return None
