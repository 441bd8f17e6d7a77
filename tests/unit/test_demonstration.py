"""What the demonstration takes in on the day that it is shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from models.message import Channel, Message
from otklik.processes.demonstration import APART, SPARSE, of_today

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def test_a_morning_of_a_region_with_a_past_is_some_samples_sent_one_after_the_other() -> None:
    summer = NOW - timedelta(days=150)
    samples = [Message("omsk", Channel.VK, str(number), f"Яма {number}", summer) for number in range(SPARSE * 4)]
    shown = list(of_today(samples, NOW))
    assert sorted(int(message.external_id) for message in shown) == [0, SPARSE, 2 * SPARSE, 3 * SPARSE]
    assert sorted(NOW - message.sent_at for message in shown) == [APART, 2 * APART, 3 * APART, 4 * APART]
