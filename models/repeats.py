"""What a problem has in common with one that was found before it: the kinds of the rows of `similar_problems`."""

from __future__ import annotations

from enum import StrEnum


class SimilarityKind(StrEnum):
    """How a problem is like an earlier one. None of them changes the state of any problem."""

    REPEAT = "repeat"  # the same person writes of the same thing again
    COPY = "copy"  # nearly the same words by another person, or by nobody we know: a repost
    COMMON_CAUSE = "common_cause"  # different people in their own words about one thing in one place and time
