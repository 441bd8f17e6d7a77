"""A region to test with: a small pack of its own, and its row in the database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg

from models.pack import RegionPack


def small_pack(folder: Path, connection: psycopg.Connection[Any]) -> RegionPack:
    """A pack with nothing but its name and numbers, installed."""
    about = {"id": "omsk", "name": "Омская область", "time_zone": "Asia/Omsk", "number_prefix": "ОМ"}
    (folder / "omsk").mkdir()
    (folder / "omsk" / "region.json").write_text(json.dumps(about), encoding="utf-8")
    connection.execute("INSERT INTO regions VALUES ('omsk', 'Омская область', 'Asia/Omsk', now())")
    connection.commit()
    return RegionPack(folder / "omsk")


def count(connection: psycopg.Connection[Any], table: str) -> int:
    """How many rows a table has."""
    row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    assert row is not None
    return int(row[0])
