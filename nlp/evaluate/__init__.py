"""Measuring the steps of the language engine on labelled files."""
