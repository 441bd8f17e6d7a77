"""The demonstration's past: made up once, by the product's own work, and the log agrees with it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.product import otklik


def test_a_past_is_made_up_once_and_the_log_agrees_with_it(tmp_path: Path) -> None:
    where = {"OTKLIK_DATA_FOLDER": str(tmp_path / "data")}
    first = otklik("demo-past", "--weeks", "1", **where)
    assert first.returncode == 0, first.stderr
    assert "Done" in first.stdout
    again = otklik("demo-past", "--weeks", "1", **where)
    assert "nothing was done" in again.stdout
    checked = otklik("verify", "--json", **where)
    told = json.loads(checked.stdout)
    assert told["agrees"], told
    assert told["counts"]["appeals"] > 10
