"""Which events a worker died on: an attempt is written down before a batch is handled, outside its transaction."""

from __future__ import annotations

from dataclasses import dataclass

from streams.contract import Connection

DEADLY = 3
"""An event on which so many workers in a row died goes to quarantine."""

# `before` reads what stood there: the row is written only by who holds the lock of the partition's offset.
ATTEMPT = """
WITH before AS (
    SELECT reach FROM stream_attempts WHERE consumer_group = %(group)s AND stream = %(stream)s
        AND partition = %(partition)s)
INSERT INTO stream_attempts AS a (consumer_group, stream, partition, position, reach, attempts)
VALUES (%(group)s, %(stream)s, %(partition)s, %(position)s, %(reach)s, 1)
ON CONFLICT (consumer_group, stream, partition) DO UPDATE SET
    position = excluded.position,
    reach = CASE WHEN a.reach > excluded.position THEN a.reach ELSE excluded.reach END,
    attempts = CASE WHEN a.reach > excluded.position AND a.position = excluded.position THEN a.attempts + 1 ELSE 1 END
RETURNING attempts, coalesce((SELECT reach FROM before), 0) > %(position)s"""

CLEAR = """
UPDATE stream_attempts SET reach = position
WHERE consumer_group = %s AND stream = %s AND partition = %s AND position = %s"""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A group's worker takes the events from `position` up to `reach` (exclusive)."""

    group: str
    stream: str
    partition: int
    position: int
    reach: int


@dataclass(frozen=True, slots=True)
class Tries:
    """`count`: how many workers, this one included, began at this position in a row. `alone`: take one event only,
    because a worker died on a batch that reached beyond this position."""

    count: int
    alone: bool


def attempt(side: Connection, taken: Attempt) -> Tries:
    """Write down an attempt at once (`side` commits by itself) and say what earlier ones came to."""
    row = side.execute(
        ATTEMPT,
        {
            "group": taken.group,
            "stream": taken.stream,
            "partition": taken.partition,
            "position": taken.position,
            "reach": taken.reach,
        },
    ).fetchone()
    assert row is not None
    return Tries(*row)


def clear(side: Connection, taken: Attempt) -> None:
    """The attempt failed, but its worker lives: nobody died on these events."""
    side.execute(CLEAR, [taken.group, taken.stream, taken.partition, taken.position])
