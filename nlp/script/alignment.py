"""From a reading of a text back to the text as received, character by character."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from models.text import Span


class Edit(NamedTuple):
    """`text` is read in place of [start, end). Edits of one reading stand in order and share nothing."""

    start: int
    end: int
    text: str


class Alignment(NamedTuple):
    """Character i of the reading was written as [starts[i], ends[i]) of the received text of `length` characters."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    length: int

    @classmethod
    def same(cls, length: int) -> Alignment:
        return cls(tuple(range(length)), tuple(range(1, length + 1)), length)

    def back(self, span: Span) -> Span:
        """The span of the received text for a span of the reading."""
        start = self.starts[span.start] if span.start < len(self.starts) else self.length
        return Span(start, max(start, self.ends[span.end - 1])) if span.end > span.start else Span(start, start)


def applied(text: str, alignment: Alignment | None, edits: Sequence[Edit]) -> tuple[str, Alignment | None]:
    """The text with the edits in it. The alignment stays None while every character stands where it was received."""
    if alignment is None and all(len(edit.text) == edit.end - edit.start for edit in edits):
        return joined(text, edits), None
    before = alignment or Alignment.same(len(text))
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for edit in edits:
        starts += before.starts[at : edit.end] if keeps(edit) else before.starts[at : edit.start]
        ends += before.ends[at : edit.end] if keeps(edit) else before.ends[at : edit.start]
        if not keeps(edit):
            # an inserted space was written nowhere: it stands between its neighbours
            first = before.starts[edit.start] if edit.start < len(before.starts) else before.length
            last = before.ends[edit.end - 1] if edit.end > edit.start else first
            starts += [first] * len(edit.text)
            ends += [last] * len(edit.text)
        at = edit.end
    starts += before.starts[at:]
    ends += before.ends[at:]
    return joined(text, edits), Alignment(tuple(starts), tuple(ends), before.length)


def keeps(edit: Edit) -> bool:
    """Whether each character of the edit is read in place of one character."""
    return len(edit.text) == edit.end - edit.start


def joined(text: str, edits: Sequence[Edit]) -> str:
    pieces: list[str] = []
    at = 0
    for edit in edits:
        pieces += (text[at : edit.start], edit.text)
        at = edit.end
    pieces.append(text[at:])
    return "".join(pieces)
