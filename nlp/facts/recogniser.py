"""Natasha's recogniser of names: loaded when first asked, and asked only where grammar is in doubt."""

from __future__ import annotations

from functools import lru_cache

from natasha import Doc, NewsNERTagger, Segmenter

from models.text import Span
from nlp.topics.features import word_vectors

LONGEST = 20_000
"""Characters read at a time; what stands beyond is not asked about, so that time stays bounded."""


@lru_cache(maxsize=1)
def tagger() -> NewsNERTagger:
    """The tagger of names (50 MB), over the word vectors that the topics have in memory already."""
    return NewsNERTagger(word_vectors())


def person_spans(text: str) -> list[Span]:
    """Where the recogniser reads names of persons."""
    document = Doc(text[:LONGEST])
    document.segment(Segmenter())
    document.tag_ner(tagger())
    return [Span(span.start, span.stop) for span in document.spans if span.type == "PER"]
