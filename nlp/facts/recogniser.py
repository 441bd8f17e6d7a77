"""Natasha's recogniser of names: loaded when first asked, and asked only where grammar is in doubt."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from models.text import Span
from nlp.cover import Cover
from nlp.topics.spoken import word_vectors

AROUND = 120
"""Characters read on both sides of what is asked about: more of them changed no answer in 5,293 appeals."""
MOST = 20_000
"""Characters read of one text; what stands beyond is not asked about, so that time stays bounded."""


@lru_cache(maxsize=1)
def tagger() -> Any:
    """The tagger of names (50 MB), over the word vectors that the topics have in memory already."""
    from natasha import NewsNERTagger

    return NewsNERTagger(word_vectors())


def person_spans(text: str, asked: Sequence[Span]) -> list[Span]:
    """Where the recogniser reads names of persons, around the spans asked about."""
    from natasha import Doc, Segmenter  # half a second and 50 MB, spent only where a text asks for it

    windows = Cover(Span(max(0, span.start - AROUND), min(len(text), span.end + AROUND)) for span in asked)
    found = []
    left = MOST
    for window in windows.pieces():
        document = Doc(window.of(text)[:left])
        document.segment(Segmenter())
        document.tag_ner(tagger())
        found += [
            Span(window.start + span.start, window.start + span.stop) for span in document.spans if span.type == "PER"
        ]
        left -= window.end - window.start
        if left <= 0:
            break
    return found
