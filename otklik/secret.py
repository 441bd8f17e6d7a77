"""The installation's secret key: it signs citizens' links. Given by OTKLIK_SECRET or made once in the data folder."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from otklik.settings import Settings

BYTES = 32


def installation_secret(settings: Settings) -> bytes:
    """The key. Every process of one installation gets the same; links die with it, so keep it with the backups."""
    if settings.secret:
        return settings.secret.encode()
    path = settings.data_folder / "secret"
    if not path.exists():
        _make(path)
    return path.read_bytes()


def _make(path: Path) -> None:
    """Whole or not at all, readable by nobody else; where two make it at once, the first one stays."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f"secret.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
