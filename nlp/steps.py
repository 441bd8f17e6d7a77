"""The steps of the language engine as spaCy components: each reads and writes Doc extensions and delegates the rest.

What a step needs of a region comes from the pack whose folder the config names. Extensions of a Doc:
`source` SourceText, `cleaned` Cleaned, `words`, `may_dismiss`, then each step's own answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from models.facts import FactKind
from models.pack import RegionPack
from models.text import Span
from nlp.assemble import fact_back
from nlp.cover import Cover
from nlp.dismissal import dismiss
from nlp.facts import find_facts
from nlp.frame import Doc, Language, Vocab, util
from nlp.places import Gazetteer, PlaceFinder
from nlp.privacy import privacy_marks, without_overlaps
from nlp.split import Splitter
from nlp.topics import TopicModel
from nlp.urgency import urgency
from nlp.words import Word, inside, pieces_of, words_in

EXTENSIONS = (
    "source", "cleaned", "may_dismiss", "words", "facts", "places", "dismissal", "problems", "topics", "urgencies",
    "privacy",
)  # fmt: skip
for _name in EXTENSIONS:
    Doc.set_extension(_name, default=None, force=True)

# these kinds say something else than the place they stand in («10 лет Октября 15» is neither a duration nor a date)
NOT_IN_PLACES = frozenset(
    {FactKind.DATE, FactKind.TIME, FactKind.DURATION, FactKind.COUNT, FactKind.SUM, FactKind.PERSON, FactKind.ROUTE}
)


class Step:
    """A component: `read` one Doc. Steps that gain from seeing many texts at once override `pipe`."""

    def read(self, doc: Doc) -> None:
        raise NotImplementedError

    def __call__(self, doc: Doc) -> Doc:
        self.read(doc)
        return doc

    def pipe(self, docs: Iterable[Doc], batch_size: int = 256) -> Iterator[Doc]:  # noqa: ARG002 - spaCy's signature
        for doc in docs:
            self.read(doc)
            yield doc


class Words:
    """The tokenizer: words of nlp.words as spaCy tokens, white space as spaCy keeps it, and `doc._.words`."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        pieces = pieces_of(text)
        doc = Doc(self.vocab, words=[piece for piece, _ in pieces], spaces=[space == " " for _, space in pieces])
        doc._.words = words_in(pieces)
        return doc


class Facts(Step):
    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone

    def read(self, doc: Doc) -> None:
        said = doc._
        said.facts = find_facts(said.cleaned.text, said.words, said.source.sent_at.astimezone(self.zone))


class Places(Step):
    def __init__(self, finder: PlaceFinder) -> None:
        self.finder = finder

    def read(self, doc: Doc) -> None:
        said = doc._
        said.places = places = self.finder.find(said.cleaned.text, said.words, said.source.stated)
        if places and said.facts:
            named = Cover(span for place in places for span in place.spans)
            said.facts = [
                fact for fact in said.facts if fact.kind not in NOT_IN_PLACES or not named.overlaps(fact.span)
            ]


class Dismissals(Step):
    def read(self, doc: Doc) -> None:
        reason, probability = dismiss(original(doc), doc._.words)
        doc._.dismissal = (reason if doc._.may_dismiss else None, probability)


class Splits(Step):
    def __init__(self, splitter: Splitter) -> None:
        self.splitter = splitter

    def read(self, doc: Doc) -> None:
        self.split([doc])

    def pipe(self, docs: Iterable[Doc], batch_size: int = 256) -> Iterator[Doc]:
        waiting = iter(docs)
        while some := list(islice(waiting, batch_size)):
            self.split(some)
            yield from some

    def split(self, docs: list[Doc]) -> None:
        """The problems of several texts at once; one that is dismissed has none, one without words is one."""
        kept = [doc for doc in docs if doc._.dismissal[0] is None]
        texts = [(original(doc), doc._.words) for doc in kept]
        places = [[span for place in doc._.places for span in place.spans] for doc in kept]
        for doc in docs:
            doc._.problems = []
        for doc, problems in zip(kept, self.splitter.split_many(texts, places), strict=True):
            doc._.problems = problems or [(Span(0, len(doc._.cleaned.text)),)]


class Topics(Step):
    """Topics of all problems of a batch are decided at once: one matrix product instead of hundreds."""

    def __init__(self, model: TopicModel) -> None:
        self.model = model

    def read(self, doc: Doc) -> None:
        self.decide([doc])

    def pipe(self, docs: Iterable[Doc], batch_size: int = 256) -> Iterator[Doc]:
        waiting = iter(docs)
        while some := list(islice(waiting, batch_size)):
            self.decide(some)
            yield from some

    def decide(self, docs: list[Doc]) -> None:
        texts: list[str] = []
        words: list[list[Word]] = []
        for doc in docs:
            said = doc._
            problems = said.problems
            for spans in problems:
                texts.append(" ".join(span.of(said.cleaned.text) for span in spans))
                words.append(said.words if len(problems) == 1 else inside(said.words, spans))
        decisions = iter(self.model.decide(texts, words) if texts else [])
        for doc in docs:
            doc._.topics = [next(decisions) for _ in doc._.problems]


class Urgencies(Step):
    def read(self, doc: Doc) -> None:
        said = doc._
        said.urgencies = [
            urgency(said.cleaned.text, said.words, spans, topic)
            for spans, topic in zip(said.problems, said.topics, strict=True)
        ]


class Privacy(Step):
    """Reads the text as received: mark-up of mentions names persons too. Its marks need no way back.

    What was received in other letters («kv 15») is read once more as the engine reads it.
    """

    def read(self, doc: Doc) -> None:
        said = doc._
        cleaned, received = said.cleaned, said.source.text
        facts = [fact_back(cleaned, fact, received) for fact in said.facts]
        spans = [cleaned.back(span) for place in said.places for span in place.spans]
        marks = privacy_marks(received, facts, spans)
        if cleaned.is_reading:
            places = [span for place in said.places for span in place.spans]
            read = privacy_marks(cleaned.text, said.facts, places)
            marks = without_overlaps([*marks, *(replace(mark, span=cleaned.back(mark.span)) for mark in read)])
        said.privacy = marks


def original(doc: Doc) -> str:
    """The text as received where its offsets are those of the words (steps that know mentions by their mark-up)."""
    cleaned = doc._.cleaned
    return str(doc._.source.text if cleaned.alignment is None and not cleaned.is_reading else cleaned.text)


@util.registry.tokenizers("otklik_words")  # type: ignore[untyped-decorator]
def make_words() -> Callable[[Language], Words]:
    def make(nlp: Language) -> Words:
        # shapes, stop words and the like of every form would take most of the tokenizer's time, and nobody asks
        nlp.vocab.lex_attr_getters = {}  # type: ignore[attr-defined]
        return Words(nlp.vocab)

    return make


@Language.factory("otklik_facts")
def make_facts(nlp: Language, name: str, pack: str) -> Facts:  # noqa: ARG001 - spaCy's signature, here and below
    return Facts(RegionPack(Path(pack)).zone)


@Language.factory("otklik_places")
def make_places(nlp: Language, name: str, pack: str) -> Places:  # noqa: ARG001
    return Places(PlaceFinder(Gazetteer.of_pack(RegionPack(Path(pack)))))


@Language.factory("otklik_dismissal")
def make_dismissal(nlp: Language, name: str) -> Dismissals:  # noqa: ARG001
    return Dismissals()


@Language.factory("otklik_split")
def make_split(nlp: Language, name: str, pack: str) -> Splits:  # noqa: ARG001
    return Splits(Splitter.load(RegionPack(Path(pack)).model_folder / "split"))


@Language.factory("otklik_topics")
def make_topics(nlp: Language, name: str, pack: str) -> Topics:  # noqa: ARG001
    region = RegionPack(Path(pack))
    codes = {topic.name: (topic.code, topic.group) for topic in region.topics}
    return Topics(TopicModel.load(region.model_folder / "topics", codes))


@Language.factory("otklik_urgency")
def make_urgency(nlp: Language, name: str) -> Urgencies:  # noqa: ARG001
    return Urgencies()


@Language.factory("otklik_privacy")
def make_privacy(nlp: Language, name: str) -> Privacy:  # noqa: ARG001
    return Privacy()
