"""What operators do with problems: each action is a pure rule that returns a Change, and one store that carries it out.

Every Change moves the row under its version, writes the action with what stood before, and appends its events, all in
the caller's transaction. Nothing is done in part.
"""

from routing.actions.records import Action, ActionKind, Change, Problem, Refused, Stale
from routing.actions.service import (
    accept,
    assign,
    correct_place,
    correct_topic,
    dismiss,
    merge,
    restore_appeal,
    split,
    undo,
)

__all__ = [
    "Action",
    "ActionKind",
    "Change",
    "Problem",
    "Refused",
    "Stale",
    "accept",
    "assign",
    "correct_place",
    "correct_topic",
    "dismiss",
    "merge",
    "restore_appeal",
    "split",
    "undo",
]
