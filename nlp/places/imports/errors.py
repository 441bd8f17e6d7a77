"""What can be wrong with a source of geography."""

from __future__ import annotations


class SourceError(Exception):
    """A source cannot be read; the message says what is wrong with it."""
