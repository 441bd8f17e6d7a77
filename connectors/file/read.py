"""Opens a file of any kind that is understood and reads it entry by entry."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from connectors.file.columns import HINT_ROLES, Columns, columns_of
from connectors.file.csv_rows import csv_rows
from connectors.file.dates import date_of
from connectors.file.encoding import encoding_of
from connectors.file.entries import Entry, FileError, Rejection, Row, RowError
from connectors.file.jsonl_rows import jsonl_rows
from connectors.file.letter import message_of_letter
from connectors.file.mbox_letters import mbox_letters
from connectors.file.xlsx_rows import rows_declared, xlsx_rows
from models.message import Author, Channel, Message
from models.regimes import Identity, Regime

Kind = Literal["csv", "xlsx", "jsonl", "mbox"]
_KIND_OF_SUFFIX: Mapping[str, Kind] = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".xlsx": "xlsx", ".xlsm": "xlsx",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".mbox": "mbox", ".mbx": "mbox",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Options:
    """How to read: whose appeals these are, and what the guesses should not decide."""

    region: str
    zone: ZoneInfo
    now: datetime
    """What a row without a date gets as its time."""
    channel: Channel = Channel.FILE
    """For rows that do not say by which channel they came."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Role -> column name, for those that are not to be guessed."""
    hints: bool = True
    """Whether the place columns go along as hints for the engine."""
    encoding: str = ""
    delimiter: str = ""
    source: str = ""
    """Put before the ids of the rows, so that two sources may both count from 1."""
    kind: Kind | None = None
    identity: Identity = Identity.STATED
    """How sure the source is of its authors."""
    regime: Regime | None = None
    """By which order the source's appeals are considered, where it is an export of a system that says so."""


@dataclass(frozen=True)
class Source:
    """A file opened: what it is and how much of it there is. Iterate `entries()` for its content."""

    path: Path
    kind: Kind
    options: Options
    total: int
    """In the units of Entry.position; 0 when not known."""
    encoding: str = ""
    header: tuple[str, ...] = ()
    columns: Columns | None = None

    def entries(self) -> Iterator[Entry]:
        """Every row or letter in order. Raises FileError when the file as a whole turns out unreadable."""
        return _letters(self) if self.kind == "mbox" else _rows(self)


def read_file(path: Path, options: Options) -> Source:
    """Look at the file: its kind, encoding, columns. Raises FileError with what is wrong and what to do."""
    try:
        if path.is_dir():
            raise FileError("a folder, not a file")
        if not path.is_file():
            raise FileError("no such file")
        if path.stat().st_size == 0:
            raise FileError("the file is empty")
        return _looked_at(path, options)
    except OSError as error:
        raise FileError(f"the file cannot be read: {error.strerror or error}") from error


def _looked_at(path: Path, options: Options) -> Source:
    kind = options.kind or kind_of(path)
    if kind == "mbox":
        return Source(path, kind, options, path.stat().st_size)
    encoding = "" if kind == "xlsx" else options.encoding or encoding_of(path)
    try:
        total = rows_declared(path) if kind == "xlsx" else path.stat().st_size
        source = Source(path, kind, options, total, encoding)
        first = next(_table(source), None)
    except LookupError as error:
        raise FileError(f"unknown encoding {encoding!r}") from error
    if first is None:
        raise FileError("the file is empty")
    if kind == "jsonl":
        header = _names_of_first_objects(source)
    elif first.error:
        raise FileError(f"the header line cannot be read: {first.error}")
    else:
        header = tuple(name.strip() for name in first.cells)
    return replace(source, header=header, columns=columns_of(header, options.columns))


def kind_of(path: Path) -> Kind:
    """The kind of a file, by what it holds where that is plain, else by its name."""
    with path.open("rb") as file:
        start = file.read(512)
    if zipfile.is_zipfile(path):
        return "xlsx"
    if start.startswith(b"From "):
        return "mbox"
    named = _KIND_OF_SUFFIX.get(path.suffix.lower())
    if named == "xlsx":
        raise FileError("not an XLSX workbook: it is no zip archive")
    if named == "mbox":
        raise FileError("not an mbox file: it does not begin with a «From » line")
    if named is not None:
        return named
    if start.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{"):
        return "jsonl"
    raise FileError(f"unknown kind of file {path.suffix or path.name!r}; name it with --kind csv|xlsx|jsonl|mbox")


def _table(source: Source) -> Iterator[Row]:
    if source.kind == "xlsx":
        return xlsx_rows(source.path)
    if source.kind == "jsonl":
        return jsonl_rows(source.path, source.encoding)
    return csv_rows(source.path, source.encoding, source.options.delimiter)


def _names_of_first_objects(source: Source) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for number, row in enumerate(_table(source)):
        names.update(dict.fromkeys(row.fields))
        if number >= 100:
            break
    return tuple(names)


def _rows(source: Source) -> Iterator[Entry]:
    rows = _table(source)
    if source.kind != "jsonl":
        next(rows, None)
    for row in rows:
        try:
            outcome: Message | Rejection = _message(source, _named(source, row))
        except RowError as error:
            outcome = Rejection(str(error), row.cells)
        yield Entry(row.line, row.position, outcome, row.cells)


def _named(source: Source, row: Row) -> Mapping[str, str]:
    """The row's cells by column name. Raises RowError where they do not fit the header or the text is none."""
    if row.error:
        raise RowError(row.error)
    if source.kind == "jsonl":
        not_a_string = row.not_strings.get(source.columns.names["text"]) if source.columns else None
        if not_a_string:
            raise RowError(f"the text is {not_a_string}, not a string")
        return row.fields
    width = len(source.header)
    if len(row.cells) > width and any(cell.strip() for cell in row.cells[width:]):
        raise RowError(f"{len(row.cells)} cells where the header has {width}")
    if len(row.cells) < width and source.kind == "csv":
        raise RowError(f"{len(row.cells)} cells where the header has {width}")
    return dict(zip(source.header, row.cells, strict=False))


def _message(source: Source, fields: Mapping[str, str]) -> Message:
    columns, options = source.columns, source.options
    assert columns is not None
    written = columns.value(fields, "date")
    names = HINT_ROLES if options.hints else ()
    stated = {role: columns.value(fields, role) for role in names}
    return Message(
        region=options.region,
        channel=_channel(columns.value(fields, "channel"), options),
        external_id=_external_id(columns.value(fields, "id"), fields, options),
        text=columns.text(fields),
        sent_at=date_of(written, options.zone) if written else options.now,
        author=Author(
            name=columns.value(fields, "author"),
            email=columns.value(fields, "email"),
            phone=columns.value(fields, "phone"),
            external_id=columns.value(fields, "author_id"),
        ),
        reply_to=columns.value(fields, "reply_to") or columns.value(fields, "email"),
        stated={role: value for role, value in stated.items() if value},
        identity=options.identity,
        regime=options.regime,
    )


def _channel(written: str, options: Options) -> Channel:
    """The row's own channel, where it names one of ours."""
    return next((each for each in Channel if each == written.lower()), options.channel)


def _external_id(written: str, fields: Mapping[str, str], options: Options) -> str:
    """The row's own id, else a digest of everything it says: the same row is the same appeal."""
    if not written:
        whole = "\x1f".join(f"{name}\x1e{value}" for name, value in sorted(fields.items()))
        written = "sha256:" + hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{options.source}:{written}" if options.source else written


def _letters(source: Source) -> Iterator[Entry]:
    options = source.options
    for letter in mbox_letters(source.path):
        cells = (letter.content.decode("utf-8", "replace"),)
        try:
            if letter.too_large:
                raise RowError("the letter is too large")
            message = message_of_letter(
                letter.content, region=options.region, channel=options.channel, zone=options.zone, now=options.now
            )
            outcome: Message | Rejection = replace(message, identity=options.identity, regime=options.regime)
        except RowError as error:
            outcome = Rejection(str(error), cells)
        yield Entry(letter.line, letter.position, outcome, cells)
