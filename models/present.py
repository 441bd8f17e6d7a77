"""The present, asked only at the outermost: rules take it as an argument, and tests put another clock in its place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Now = Callable[[], datetime]


def present() -> datetime:
    """The present moment, aware."""
    return datetime.now(UTC)
