"""The versions of a region's topic model: folders in the data folder, and a pointer to the one at work.

`models/REGION/topics/VERSION/` holds weights and card, `models/REGION/topics/current` the name of a version. Until a
first promotion there is neither, and the region pack's own model works.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlp.learning.shelf import Shelf
from nlp.topics.card import CARD

TOPICS = "topics"


class VersionError(Exception):
    """There is no such version, or its folder is broken; the message says which."""


@dataclass(frozen=True, slots=True)
class Versions(Shelf):
    """A shelf of topic models; `pack` is the folder of the pack's own, which works where nothing is pointed at."""

    pack: Path

    def current(self) -> str:
        """The name of the version at work."""
        return self.pointed() or self.of_pack()

    def of_pack(self) -> str:
        """The name of the pack's own version."""
        return str(card_of(self.pack)["version"])

    def names(self) -> list[str]:
        """All versions: the pack's first, then those of the data folder."""
        kept = sorted(path.name for path in self.folder.glob("topics-*") if path.is_dir())
        own = self.of_pack()
        return [own, *(name for name in kept if name != own)]

    def folder_of(self, version: str) -> Path:
        """Where a version lies. Raises VersionError."""
        if version in self.names():
            kept = self.folder / version
            return kept if kept.is_dir() else self.pack
        raise VersionError(f"there is no version {version!r}; known: {', '.join(self.names())}")

    def keep_pack(self) -> None:
        """Keep a copy of the pack's own model: the way back must not depend on which Otklik is installed then."""

        def copy(folder: Path) -> None:
            shutil.copytree(self.pack, folder, dirs_exist_ok=True)

        self.keep(self.of_pack(), copy)

    def point(self, version: str) -> None:
        """Let workers take this version from their next batch on. Raises VersionError where it is not there."""
        self.folder_of(version)
        Shelf.point(self, version)


def versions_of(data_folder: Path, region: str, models: Path) -> Versions:
    """The versions of a region; `models` is the model folder of its pack."""
    return Versions(data_folder / "models" / region / TOPICS, models / TOPICS)


def card_of(folder: Path) -> dict[str, Any]:
    """The card of a model folder. Raises VersionError."""
    try:
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
        return {"version": card["version"], **card}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise VersionError(f"{folder / CARD}: {error!r}") from error
