"""PDF by typst: a template beside this file, its data as JSON. What a person wrote is data there, never markup."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import typst

TEMPLATES = Path(__file__).resolve().parent / "templates"
FONT = "Libertinus Serif"
"""Comes inside typst's wheel (SIL Open Font License), with Cyrillic."""


def pdf(template: str, data: Mapping[str, Any], made_at: datetime, files: Mapping[str, bytes] | None = None) -> bytes:
    """The document of `templates/<template>.typ` over `data`; `files` are pictures that it names. Same in, same out."""
    with tempfile.TemporaryDirectory(prefix="otklik-pdf-") as folder:
        root = Path(folder)
        for name in (f"{template}.typ", "house.typ"):
            (root / name).write_bytes((TEMPLATES / name).read_bytes())
        for name, content in (files or {}).items():
            (root / name).write_bytes(content)
        made = typst.compile(
            str(root / f"{template}.typ"),
            root=str(root),
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"data": orjson.dumps(data).decode()},
            timestamp=made_at.replace(microsecond=0),
        )
    assert isinstance(made, bytes)
    return made
