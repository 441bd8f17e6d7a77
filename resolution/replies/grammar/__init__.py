"""Russian for replies: how to address a person, names of places and bodies in case, days in words, tidy words."""

from models.russian import day_in_words as in_words
from resolution.replies.grammar.bodies import body_in, gender_of
from resolution.replies.grammar.dates import until
from resolution.replies.grammar.persons import salutation
from resolution.replies.grammar.places import Spot, where
from resolution.replies.grammar.wording import clause, quoted, sentence, tidy

__all__ = [
    "Spot",
    "body_in",
    "clause",
    "gender_of",
    "in_words",
    "quoted",
    "salutation",
    "sentence",
    "tidy",
    "until",
    "where",
]
