"""Which words exist, and how common they are: pymorphy3's dictionary and the counts of navec's news words."""

from __future__ import annotations

from functools import lru_cache

from nlp.lemmas import LONGEST_FORM, analyser
from nlp.topics.spoken import word_vectors

CACHED_FORMS = 100_000


@lru_cache(maxsize=CACHED_FORMS)
def is_word(form: str) -> bool:
    """Whether the dictionary has the form (lower case; «е» may stand for «ё»)."""
    return len(form) <= LONGEST_FORM and bool(analyser().word_is_known(form))


@lru_cache(maxsize=1)
def places_in_vocabulary() -> dict[str, int]:
    return word_vectors().vocab.word_ids  # type: ignore[no-any-return]


def frequency(form: str) -> int:
    """How often the form, lower case, stood in the news that navec learnt from; 0 if hardly ever."""
    at = places_in_vocabulary().get(form)
    return 0 if at is None else int(word_vectors().vocab.counts[at])
