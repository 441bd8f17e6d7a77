"""docs/guarantees.md names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2]
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def test_every_guarantee_names_a_test_that_exists() -> None:
    named = NAMED.findall((HOUSE / "docs" / "guarantees.md").read_text(encoding="utf-8"))
    assert len(named) > 20
    missing = [
        f"{path}::{test}"
        for path, test in named
        if not (HOUSE / path).is_file() or (test and f"def {test}(" not in (HOUSE / path).read_text(encoding="utf-8"))
    ]
    assert missing == []
