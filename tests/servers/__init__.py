"""Real servers that the tests start and stop on loopback, each in a temporary folder."""
