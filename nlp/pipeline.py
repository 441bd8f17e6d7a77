"""The language engine of one region: a spaCy pipeline by nlp/config.cfg, run over batches of appeals."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from time import thread_time

from models.analysis import Analysis, SourceText
from models.pack import RegionPack
from nlp import steps
from nlp.assemble import problem_drafts
from nlp.clean import clean
from nlp.frame import Doc, Language, util
from nlp.topics import TopicModel

log = logging.getLogger(__name__)

CONFIG = Path(__file__).with_name("config.cfg")
LONGEST = 100_000
"""Characters of a text that are analysed: as many as intake accepts."""
BATCH = 256
"""Texts analysed at a time; memory does not grow with the number of texts."""
KEPT_WORDS = 30_000
"""Forms that spaCy's vocabulary keeps from batch to batch."""


@dataclass
class Engine:
    """The whole stage for one region. Not to be shared between threads."""

    language: Language
    model_version: str
    looks_twice: bool = False
    """Whether unsure topics are looked at twice, by sentence vectors, where the model and the machine can."""
    seconds: dict[str, float] = field(default_factory=dict)
    """Seconds of processor time spent in each step since the engine was made."""

    @classmethod
    def of_pack(cls, pack: RegionPack, *, looks_twice: bool = False) -> Engine:
        """The engine with the models and the gazetteer of a region pack. Raises PackError, ModelError, OSError."""
        config = util.load_config(CONFIG, overrides={"paths.pack": str(pack.folder)})
        language = util.load_model_from_config(config, auto_fill=True)
        engine = cls(language, "", looks_twice)
        engine.take(engine.topics.model)
        # The engine lives as long as its process: the collector need not walk its hundred thousands of objects again
        # and again, which took a tenth of the time.
        gc.collect()
        gc.freeze()
        return engine

    @property
    def topics(self) -> steps.Topics:
        """The step that classifies."""
        step = self.language.get_pipe("otklik_topics")
        assert isinstance(step, steps.Topics)
        return step

    def take(self, model: TopicModel) -> None:
        """Classify by this model from now on."""
        if self.looks_twice:
            model.ask_second(log.warning)
        self.topics.model = model
        self.model_version = model.version

    def analyse(self, sources: Sequence[SourceText], *, may_dismiss: bool = True) -> list[Analysis]:
        """One analysis a source, in order. With `may_dismiss` false every text is held to have a problem."""
        found: list[Analysis] = []
        for start in range(0, len(sources), BATCH):
            # the commonest forms come first and stay, the others live in a zone: to make them anew for every batch took
            # half of the tokenizer's time
            short = len(self.language.vocab) < KEPT_WORDS
            with collector_waits(), nullcontext() if short else self.language.memory_zone():
                found += self._batch(sources[start : start + BATCH], may_dismiss)
        return found

    def steps(self) -> dict[str, float]:
        """Seconds of processor time spent in each step so far, in the order of the pipeline."""
        return dict(self.seconds)

    def _batch(self, sources: Sequence[SourceText], may_dismiss: bool) -> list[Analysis]:
        with self._timed("words"):
            docs = [self._doc(source, may_dismiss) for source in sources]
        for name, step in self.language.pipeline:
            with self._timed(name.removeprefix("otklik_")):
                docs = list(step.pipe(docs, batch_size=BATCH))  # type: ignore[attr-defined]
        with self._timed("assembly"):
            return [self._analysis(doc) for doc in docs]

    def _doc(self, source: SourceText, may_dismiss: bool) -> Doc:
        cleaned = clean(source.text[:LONGEST])
        doc = self.language.tokenizer(cleaned.text)
        said = doc._
        said.source, said.cleaned, said.may_dismiss = source, cleaned, may_dismiss
        return doc

    def _analysis(self, doc: Doc) -> Analysis:
        said = doc._
        reason, probability = said.dismissal
        return Analysis(
            problems=problem_drafts(
                said.cleaned, said.problems, said.topics, said.urgencies, said.facts, said.places, said.source.text
            ),
            dismissal=reason,
            dismissal_probability=probability,
            privacy=tuple(said.privacy),
            model_version=self.model_version,
        )

    def _timed(self, step: str) -> _Timer:
        return _Timer(self.seconds, step)


@contextmanager
def collector_waits() -> Iterator[None]:
    """Inside, no garbage is looked for: what a batch makes lives until its end, and to look through it again and again
    took a tenth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@dataclass
class _Timer:
    """Adds the seconds of a block to a step's account."""

    seconds: dict[str, float]
    step: str
    started: float = 0.0

    def __enter__(self) -> None:
        self.started = thread_time()

    def __exit__(self, *_: object) -> None:
        self.seconds[self.step] = self.seconds.get(self.step, 0.0) + thread_time() - self.started


__all__ = ["Engine"]
