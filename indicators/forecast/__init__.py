"""Forecast: weekly problems by topic group and municipality for twelve weeks, with intervals, beside a naive guess."""
