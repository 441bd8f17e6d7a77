"""The command line as a person meets it: a process of its own, its exit code and its words."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

MAIN = "import sys; from otklik.cli import main; sys.exit(main())"


@dataclass(frozen=True)
class Said:
    """How a command ended. `errors` is its standard error with the lines joined."""

    code: int
    output: str
    errors: str


def otklik(*arguments: str | Path, seconds: float = 120, **environment: str) -> Said:
    """Run `otklik` with the surroundings of the test (see own_surroundings) and these variables over them."""
    done = subprocess.run(
        [sys.executable, "-c", MAIN, *map(str, arguments)],
        env={**os.environ, "COLUMNS": "400", **environment},
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    said = Said(done.returncode, done.stdout, " ".join(done.stderr.split()))
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return said
