"""Topics of appeals: a calibrated linear model over n-grams, lemmas and word vectors that may say "I do not know"."""

from nlp.topics.model import ModelError, TopicModel
from nlp.topics.table import TableError

__all__ = ["ModelError", "TableError", "TopicModel"]
