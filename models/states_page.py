"""docs/states.md out of the tables of models.states: `python -m models.states_page > docs/states.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from models.states import APPEAL_TRANSITIONS, INSTRUCTION_TRANSITIONS, PROBLEM_TRANSITIONS, Transition

HEAD = """# States

Made from the tables of `models/states.py` by `python -m models.states_page > docs/states.md`; a test holds it.
A step that is not in a table is refused. Words on each state stand beside it in `models/states.py`.
"""
COLUMNS = "| from | to | who | event | why |\n|---|---|---|---|---|"


def states_page() -> str:
    """The whole page."""
    tables = (
        ("An appeal (обращение)", APPEAL_TRANSITIONS),
        ("A problem (проблема)", PROBLEM_TRANSITIONS),
        ("An instruction (поручение)", INSTRUCTION_TRANSITIONS),
    )
    parts = [f"## {title}\n\n{COLUMNS}\n" + "".join(_lines(table)) for title, table in tables]
    return "\n".join([HEAD, *parts])


def _lines(table: Iterable[Transition[Any]]) -> Iterable[str]:
    for row in table:
        who = ", ".join(sorted(row.who))
        yield f"| {row.source} | {row.target} | {who} | `{row.event}` | {row.why} |\n"


if __name__ == "__main__":
    sys.stdout.write(states_page())
