"""Near-duplicates: which earlier problems a new one repeats, copies, or shares its cause with (docs/repeats.md)."""

from nlp.repeats.parts import comparable_of, identities
from nlp.repeats.records import Comparable
from nlp.repeats.search import link_similar

__all__ = ["Comparable", "comparable_of", "identities", "link_similar"]
