"""The card of a trained model: what it was made of, when, by which command, and how good it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

CARD, PAGE = "card.json", "card.md"
TABLES = ("reliability", "risk_coverage")


def write_card(folder: Path, facts: Mapping[str, Any], made: date, measured: Mapping[str, Any]) -> None:
    """Write card.json and card.md; `facts` say what the model is and what it was made of."""
    card = {**facts, "date": made.isoformat(), "measured": measured}
    (folder / CARD).write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (folder / PAGE).write_text(_page(card), encoding="utf-8")


def _page(card: Mapping[str, Any]) -> str:
    lines = [f"# Topic model {card['version']}", ""]
    lines += [
        f"- {name.replace('_', ' ')}: {value}" for name, value in card.items() if name not in ("version", "measured")
    ]
    lines += [
        "",
        "Measured by grouped cross-validation: every text by a model that had seen neither it nor its near-duplicates.",
    ]
    for name, figures in card["measured"].items():
        if isinstance(figures, Mapping):
            lines += ["", f"## {name.capitalize()}", ""]
            lines += _table(["figure", "value"], [[k, v] for k, v in figures.items() if k not in TABLES])
            for table in TABLES:
                rows = figures[table]
                lines += ["", f"### {table.replace('_', ' ').capitalize()}", ""]
                lines += _table(list(rows[0]), [list(row.values()) for row in rows])
        else:
            lines += ["", f"{name.replace('_', ' ').capitalize()}: {figures}"]
    return "\n".join(lines) + "\n"


def _table(head: list[str], rows: list[list[Any]]) -> list[str]:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
