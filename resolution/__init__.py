"""What was done about a problem: the executor's plan, his report with its proof, and who says that it holds.

Every step is a pure rule (plans, reports) asked by a function that runs in the caller's transaction.
"""

from models.refusal import Refused, Stale
from resolution.planning import agree, author_answered, plan, return_plan
from resolution.policy import CLOSING_VARIANTS, ResolutionPolicy
from resolution.records import Upload, Wish
from resolution.reporting import accept_proof, checked, report, return_proof

__all__ = [
    "CLOSING_VARIANTS",
    "Refused",
    "ResolutionPolicy",
    "Stale",
    "Upload",
    "Wish",
    "accept_proof",
    "agree",
    "author_answered",
    "checked",
    "plan",
    "report",
    "return_plan",
    "return_proof",
]
