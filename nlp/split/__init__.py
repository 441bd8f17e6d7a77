"""Splitting an appeal into problems: each one or more spans of its text."""

from nlp.split.splitter import Splitter

__all__ = ["Splitter"]
