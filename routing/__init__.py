"""Who answers for a problem: the decision table, the suggestion made from it, and the stage that carries it out."""

from routing.competence import Competence
from routing.stage import routing_stage
from routing.suggest import DOUBTS, Doubt, ExecutorGuess, Suggestion, suggest

__all__ = ["DOUBTS", "Competence", "Doubt", "ExecutorGuess", "Suggestion", "routing_stage", "suggest"]
