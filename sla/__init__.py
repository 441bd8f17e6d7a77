"""By when: calendars, policies, clocks as a pure replay of events, their stage and timers."""

from sla.clock import Clock, ClockKind, Rules, derive_clocks
from sla.explain import Explanation, explain
from sla.stage import sla_stage
from sla.timers import tick

__all__ = ["Clock", "ClockKind", "Explanation", "Rules", "derive_clocks", "explain", "sla_stage", "tick"]
