"""The engine of a region with the topic model that is at work now.

A worker looks at the pointer before each batch and takes the model it names. A batch is one transaction and is
analysed by one model, so a change between two batches loses nothing and doubles nothing; no process is started anew.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from nlp.learning.versions import VersionError, Versions
from nlp.pipeline import Engine
from nlp.topics import ModelError, TopicModel

log = logging.getLogger(__name__)


def model_at_work(versions: Versions) -> tuple[Path, TopicModel]:
    """The model that workers use now, and its folder: the pack's own where the one pointed at cannot be read.

    Raises ModelError where the pack's cannot be read either.
    """
    pointed = versions.current()
    try:
        folder = versions.folder_of(pointed)
        return folder, TopicModel.load(folder)
    except (ModelError, VersionError) as error:
        log.warning("topic model %s cannot be used, the pack's own is at work: %s", pointed, error)
        return versions.pack, TopicModel.load(versions.pack)


@dataclass
class Serving:
    """`engine` starts with the pack's own model; `taken` is what the pointer said when it was last followed."""

    engine: Engine
    versions: Versions
    taken: str = ""

    def up_to_date(self) -> Engine:
        """The engine, after it took the model that the pointer names.

        A version that cannot be read is told once, and the model at hand goes on: appeals must not wait for it.
        """
        pointed = self.versions.pointed()
        if pointed != self.taken:
            self.taken = pointed
            self._take(pointed)
        return self.engine

    def _take(self, pointed: str) -> None:
        try:
            version = pointed or self.versions.of_pack()
            if version == self.engine.model_version:
                return
            model = TopicModel.load(self.versions.folder_of(version), self.engine.topics.model.codes)
            if model.version != version:
                raise ModelError(f"the weights in the folder of {version} are those of {model.version}")
        except (ModelError, VersionError, OSError) as error:
            log.error("topic model %s cannot be used, %s goes on: %s", pointed, self.engine.model_version, error)
            return
        log.info("topic model %s takes over from %s", version, self.engine.model_version)
        self.engine.take(model)
