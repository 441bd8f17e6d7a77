"""The channel of files: CSV, XLSX, JSON lines and mbox, one appeal a row (or letter).

`read_file` opens a file of any of these kinds; each entry is a Message, or a rejection with its line and reason.
"""

from __future__ import annotations

from connectors.file.columns import ROLES, Columns
from connectors.file.entries import Entry, FileError, Rejection
from connectors.file.read import Options, Source, read_file

__all__ = ["ROLES", "Columns", "Entry", "FileError", "Options", "Rejection", "Source", "read_file"]
