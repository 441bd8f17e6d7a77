"""Spans that are asked often whether they touch another one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from models.text import Span


class Cover:
    """The pieces of a text that some spans cover. Asking takes logarithmic time, so that long texts take linear."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self.starts: list[int] = []
        self.ends: list[int] = []
        for span in sorted(spans):
            if self.ends and span.start <= self.ends[-1]:
                self.ends[-1] = max(self.ends[-1], span.end)
            else:
                self.starts.append(span.start)
                self.ends.append(span.end)

    def pieces(self) -> list[Span]:
        """The pieces, in text order."""
        return [Span(start, end) for start, end in zip(self.starts, self.ends, strict=True)]

    def overlaps(self, span: Span) -> bool:
        """Whether the span shares a character with the pieces."""
        index = bisect_right(self.ends, span.start)
        return index < len(self.starts) and self.starts[index] < span.end
