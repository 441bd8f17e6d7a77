"""Connectors, one module a channel: what a foreign system says -> Message; a Reply -> what that system understands."""
