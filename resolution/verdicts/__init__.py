"""The author's judgement of a solution: who may judge when, what follows, and what he answers to a question."""

from resolution.verdicts.answering import MOST_ANSWER, answer
from resolution.verdicts.giving import give
from resolution.verdicts.rules import MOST_WORDS, Judged, Standing, Subject, Term, Via, standing
from resolution.verdicts.store import subjects

__all__ = [
    "MOST_ANSWER",
    "MOST_WORDS",
    "Judged",
    "Standing",
    "Subject",
    "Term",
    "Via",
    "answer",
    "give",
    "standing",
    "subjects",
]
