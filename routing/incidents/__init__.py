"""Incidents: many problems with one cause become one job, and bursts are noticed (docs/incidents.md)."""

from routing.incidents.causes import BurstRules, Cause, Causes, causes_of
from routing.incidents.joining import join_incidents

__all__ = ["BurstRules", "Cause", "Causes", "causes_of", "join_incidents"]
