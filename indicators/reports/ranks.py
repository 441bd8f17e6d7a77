"""Topics that keep their terms best and worst: shares of late ends, shrunk towards the mean of all. Pure.

A beta prior with the mean of all topics and the weight of `PRIOR` ends stands behind each (empirical Bayes): two late
ends of two are no proof, forty of a hundred are.
"""

from __future__ import annotations

from collections.abc import Sequence

from indicators.reports.letter import TopicLine

PRIOR = 10.0
LEAST = 5
"""Ends below which a topic is not named."""
NAMED = 5


def ranked(rows: Sequence[tuple[str, str, int, int]]) -> tuple[tuple[TopicLine, ...], tuple[TopicLine, ...]]:
    """From (topic, group, ended, late): the worst and the best topics; none stands in both."""
    ended = sum(row[2] for row in rows)
    mean = sum(row[3] for row in rows) / ended if ended else 0.0
    lines = [
        TopicLine(name, group, count, late, (late + PRIOR * mean) / (count + PRIOR))
        for name, group, count, late in rows
        if count >= LEAST
    ]
    lines.sort(key=lambda line: (-line.late_share, line.name))
    worst = [line for line in lines if line.late_share > mean][:NAMED]
    best = [line for line in reversed(lines) if line.late_share <= mean and line not in worst][:NAMED]
    return tuple(worst), tuple(best)
