"""What the web server needs from outside, in one record that the composition root fills."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Request
from psycopg import Connection
from psycopg_pool import ConnectionPool

from api.problem_details import Failure
from api.security.rates import Rates
from indicators.heat import PublicMaps
from indicators.ratings.current import Kept as Ratings
from indicators.ratings.policy import RatingPolicy
from ingest import FileStore, Limits
from models.pack import RegionPack
from models.present import Now, present
from routing import Competence
from routing.in_force import InForce

NODE_MODULES = Path(__file__).resolve().parent / "web" / "node_modules"


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
    rates: Rates = field(default_factory=Rates)
    public_url: str = ""
    tile_url: str = ""
    secure_cookies: bool = False
    node_modules: Path = NODE_MODULES
    patience: float = 3.0
    now: Now = present

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

    def competence(self, connection: Connection[Any], region: str) -> Competence:
        """The decision table that is in force in a region: the one that the stage routes by."""
        return self.in_force.at(connection, region, self.now())

    @cached_property
    def in_force(self) -> InForce:
        return InForce(self.packs.__getitem__)

    def rating_policy(self, region: str) -> RatingPolicy:
        """By what the executors of a region are rated."""
        if region not in self._rating_policies:
            self._rating_policies[region] = RatingPolicy.of_pack(self.packs[region])
        return self._rating_policies[region]

    @cached_property
    def _rating_policies(self) -> dict[str, RatingPolicy]:
        return {}

    @cached_property
    def ratings(self) -> Ratings:
        """Ratings that were asked for lately, kept up to date."""
        return Ratings()

    @cached_property
    def public_maps(self) -> PublicMaps:
        """The public's maps that were asked for lately."""
        return PublicMaps()

    @contextmanager
    def transaction(self) -> Iterator[Connection[Any]]:
        """A connection from the pool; committed at the end, rolled back on any error."""
        with self.pool.connection(timeout=self.patience) as connection:
            yield connection


def context_of(request: Request) -> Context:
    context: Context = request.app.state.context
    return context


Here = Annotated[Context, Depends(context_of)]
"""The dependency of an endpoint that needs the context."""
