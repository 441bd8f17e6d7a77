"""Natasha's recogniser of names: loaded when first asked, and asked only where grammar is in doubt."""

from __future__ import annotations

import warnings
from functools import lru_cache
from typing import Any

from models.text import Span

LONGEST = 20_000
"""Characters read at a time; what stands beyond is not asked about, so that time stays bounded."""


@lru_cache(maxsize=1)
def recogniser() -> tuple[Any, Any]:
    """The segmenter and the tagger of names; loading them takes about a second and 60 MB."""
    with warnings.catch_warnings():
        # pymorphy2, which natasha imports, uses pkg_resources
        warnings.simplefilter("ignore")
        from natasha import NewsEmbedding, NewsNERTagger, Segmenter

    return Segmenter(), NewsNERTagger(NewsEmbedding())


def person_spans(text: str) -> list[Span]:
    """Where the recogniser reads names of persons."""
    from natasha import Doc

    segmenter, tagger = recogniser()
    document = Doc(text[:LONGEST])
    document.segment(segmenter)
    document.tag_ner(tagger)
    return [Span(span.start, span.stop) for span in document.spans if span.type == "PER"]
