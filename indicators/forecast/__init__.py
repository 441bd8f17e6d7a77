"""Forecast: weekly problems by topic group and municipality for twelve weeks, with intervals, beside a naive guess."""

LEAST_WEEKS = 8
"""Fewer whole weeks than this foretell nothing."""
