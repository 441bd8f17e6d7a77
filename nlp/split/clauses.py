"""«…, и мусор не вывозят», «…, лифт стоит»: where a coordinated clause says something new of something new.

Such a clause has a predicate of its own and a noun that can be its subject or object; the clause before it has a
predicate too. Grammar is asked of pymorphy3, and only after a comma or near a conjunction.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from nlp.lemmas import CACHED_FORMS, parses, part_of_speech
from nlp.words import Word

CONJUNCTIONS = frozenset({"и", "а", "да"})
REACH = 7
"""Words of the new clause in which its predicate and noun must stand."""
NEAR = 3
"""The same where no conjunction stands and the clause begins with its noun: «лифт давно стоит»."""
PREDICATES = frozenset({"VERB", "PRTS", "ADJS", "PRED"})
"""Parts of speech that can be a predicate alone."""
NEGATIONS = frozenset({"нет", "нету"})
"""What says by itself that something is missing."""
CASES = frozenset({"nomn", "accs", "gent"})
"""Cases of what is told of: «мусор лежит», «мусор не вывозят», «света нет»."""
COMMA = ","


def opens_clause(words: Sequence[Word], at: int, opened: int) -> bool:
    """Whether a conjunction at word `at`, or a comma before it, joins a clause to the unit that begins at `opened`."""
    if at - opened < 2:
        return False
    if words[at].lower in CONJUNCTIONS:
        says = _says_something(words, at + 1, REACH)
    else:
        says = words[at - 1].lower == COMMA and _is_noun(words[at].lower) and _says_something(words, at, NEAR)
    return says and any(is_predicate(word.lower) for word in words[opened:at])


def _says_something(words: Sequence[Word], first: int, reach: int) -> bool:
    """Whether a noun and a predicate stand among the `reach` words from `first`, before any punctuation."""
    named = told = False
    for word in words[first : first + reach]:
        if not word.lower[0].isalnum():
            break
        if is_predicate(word.lower):
            told = True
        elif _is_noun(word.lower):
            named = True
        if named and told:
            return True
    return False


@lru_cache(maxsize=CACHED_FORMS // 10)
def is_predicate(lower: str) -> bool:
    """Whether the form can tell something by itself: a finite verb, a short participle, «нет»."""
    return lower in NEGATIONS or (lower[0].isalpha() and part_of_speech(lower) in PREDICATES)


@lru_cache(maxsize=CACHED_FORMS // 10)
def _is_noun(lower: str) -> bool:
    return lower[0].isalpha() and part_of_speech(lower) == "NOUN" and parses(lower)[0].tag.case in CASES
