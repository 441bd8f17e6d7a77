"""Measurements of speed and memory, run by hand; the figures stand in docs/measurements.md."""
