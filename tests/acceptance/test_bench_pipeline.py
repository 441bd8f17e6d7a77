"""`python -m bench.pipeline` on a handful of appeals: it measures an installation of its own and leaves nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2]


def test_the_bench_prints_one_json_object_and_leaves_nothing_behind(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench.pipeline", "--appeals", "40", "--workers", "1"],
        cwd=HOUSE,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    for name in ("appeals_per_second", "single_p50_seconds", "single_p95_seconds", "peak_memory_mb"):
        assert told[name] > 0
    assert told["single_p50_seconds"] <= told["single_p95_seconds"]
    assert told["machine"]["cores"] > 0
    assert told["versions"]["postgresql"]
    assert [path for path in tmp_path.iterdir() if path.name.startswith("otklik-bench-")] == []
