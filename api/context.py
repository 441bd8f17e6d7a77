"""What the web server needs from outside, in one record that the composition root fills."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Request
from psycopg import Connection
from psycopg_pool import ConnectionPool

from api.problem_details import Failure
from ingest import FileStore, Limits
from models.pack import RegionPack
from routing import Competence

NODE_MODULES = Path(__file__).resolve().parent / "web" / "node_modules"


def present() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Context:
    """Everything from outside. `region` takes the citizens' form; `secret` signs links and forms.

    `patience` is how many seconds a request waits for a database connection before it answers 503.
    """

    pool: ConnectionPool[Connection[Any]]
    packs: Mapping[str, RegionPack]
    files: FileStore
    secret: bytes
    region: str
    limits: Limits = field(default_factory=Limits)
    public_url: str = ""
    tile_url: str = ""
    secure_cookies: bool = False
    node_modules: Path = NODE_MODULES
    patience: float = 3.0
    now: Callable[[], datetime] = present

    @property
    def pack(self) -> RegionPack:
        """The pack of the region whose appeals the form takes."""
        return self.packs[self.region]

    def pack_of(self, region: str) -> RegionPack:
        """The pack of a region, by default of the one that takes the form. Failure 422 where there is none."""
        pack = self.packs.get(region or self.region)
        if pack is None:
            raise Failure(422, "Такого региона здесь нет.")
        return pack

    def competence(self, region: str) -> Competence:
        """The decision table of a region, read once."""
        return _competence(self.packs[region].folder)

    @contextmanager
    def transaction(self) -> Iterator[Connection[Any]]:
        """A connection from the pool; committed at the end, rolled back on any error."""
        with self.pool.connection(timeout=self.patience) as connection:
            yield connection


@lru_cache(maxsize=8)
def _competence(folder: Path) -> Competence:
    return Competence.of_pack(RegionPack(folder))


def context_of(request: Request) -> Context:
    context: Context = request.app.state.context
    return context


Here = Annotated[Context, Depends(context_of)]
"""The dependency of an endpoint that needs the context."""
