"""A slow stage slows nothing but its own lag, and holds little of what waits for it."""

from __future__ import annotations

import psutil

from streams import Connection
from tests import victims
from tests.stream_events import accepted
from tests.stream_work import UnderTest, appended, behind, drain

EVENTS = 8_000
LARGEST_GROWTH = 20 * 2**20
"""Less than the events weigh together: what waits stays in the log, not in the memory of who is slow."""


def test_a_stage_that_stands_still_disturbs_neither_intake_nor_the_other_stages(
    engine: UnderTest, db: Connection
) -> None:
    appended(db, [accepted() for _ in range(100)])
    ours, theirs = victims.spawn.Pipe()
    slow = victims.start(victims.hang, engine, theirs)
    assert ours.poll(60)
    taken = ours.recv()
    assert taken > 0
    memory = psutil.Process(slow.pid).memory_info().rss
    for _ in range(EVENTS // 1000):  # 3 KB each, some 24 MB together
        appended(db, [accepted(text="x" * 3000) for _ in range(1000)])
    assert drain(engine, batch=500, group="quick", seconds=200) == EVENTS + 100
    assert behind(db, "quick") == 0
    assert behind(db, "test") == EVENTS + 100
    assert slow.is_alive()
    assert psutil.Process(slow.pid).memory_info().rss - memory < LARGEST_GROWTH
    slow.kill()
    slow.join()
