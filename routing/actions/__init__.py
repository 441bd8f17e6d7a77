"""What operators and executors do with problems: each action is a pure rule that returns a Change, which one store
carries out.

Every Change moves the row under its version, writes the action with what stood before, and appends its events, all in
the caller's transaction. Nothing is done in part.
"""

from models.refusal import Refused, Stale
from routing.actions.executors import add_co, answer_co, end_co, executor_of, refuse
from routing.actions.hops import bounced_wrongly
from routing.actions.records import Action, ActionKind, Change, Problem
from routing.actions.rerouting import Rerouting
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
from routing.actions.sharing import Role

__all__ = [
    "Action",
    "ActionKind",
    "Change",
    "Problem",
    "Refused",
    "Rerouting",
    "Role",
    "Stale",
    "accept",
    "add_co",
    "answer_co",
    "assign",
    "bounced_wrongly",
    "correct_place",
    "correct_topic",
    "dismiss",
    "end_co",
    "executor_of",
    "merge",
    "refuse",
    "restore_appeal",
    "split",
    "undo",
]
