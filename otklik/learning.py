"""Learning from corrections on an installation: what the rooms' functions need, gathered, and what they made, kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg

from models.pack import RegionPack
from nlp.learning.changes import promote
from nlp.learning.corrections import corrections
from nlp.learning.reading import read_by, write_read
from nlp.learning.retrain import Outcome, base_of, retrain
from nlp.learning.serving import model_at_work
from nlp.learning.versions import Versions, card_of
from nlp.topics import TableError, TopicModel
from nlp.topics.card import write_card
from nlp.topics.second import Vectors
from nlp.topics.table import read_labelled
from nlp.train import second_facts

BY = "otklik train"


@dataclass(frozen=True)
class Learnt:
    """`version` is the new one at work, None where the `previous` stays; `left_out` rows had unknown labels."""

    outcome: Outcome
    previous: str
    version: str | None
    left_out: int


def learn(
    connection: psycopg.Connection[Any],
    pack: RegionPack,
    versions: Versions,
    files: Sequence[Path],
    label: str,
    made: date,
    say: Callable[[str], None],
    vectors: Vectors | None = None,
) -> Learnt:
    """Retrain a region's topic model and promote it where it is better, with a second opinion where `vectors` are
    given. `connection` commits each statement.

    Raises TableError, ModelError, VersionError.
    """
    known = {topic.name: topic.group for topic in pack.topics}
    at_work = versions.current()
    folder, old = model_at_work(versions)
    files = list(files) or files_of(card_of(folder))
    base, left_out = base_of([read_labelled(path, label) for path in files], known)
    rows = corrections(connection, pack.id, pack.topic_by_code)
    if not rows:
        raise TableError(f"no operator has corrected a topic in {pack.id} yet: there is nothing to learn from")
    outcome = retrain(base, rows, old, read_by(folder), known, say, vectors)
    version = None
    if outcome.model is not None:
        version = outcome.model.version
        keep(versions, outcome.model, outcome, files, made)
        promote(
            connection, versions, pack.id, version,
            by=BY, reason=outcome.verdict.why, now=datetime.now(UTC), instead_of=at_work,
        )  # fmt: skip
    return Learnt(outcome, at_work, version, left_out)


def keep(versions: Versions, model: TopicModel, outcome: Outcome, files: Sequence[Path], made: date) -> None:
    """Write the new version with its card, what it was compared with, and the record of its texts."""
    rows = len(outcome.table)
    facts = {
        "version": model.version,
        "label": model.label,
        "data": f"{', '.join(path.name for path in files)} and corrections of operators: "
        f"{rows - outcome.corrected} and {outcome.corrected} texts, {len(set(outcome.table.labels))} labels",
        "labels": len(model.labels),
        "command": "otklik train --with-corrections",
        "files": [{"path": str(path.resolve()), "sha256": digest(path)} for path in files],
        "better_than": versions.current(),
        "why": outcome.verdict.why,
        **second_facts(model.second),
        "compared": [
            f"{part.name}, {part.rows} rows: {figure.name} {figure.old:.4f} -> {figure.new:.4f} "
            f"[{figure.low:+.4f}; {figure.high:+.4f}]"
            for part in (outcome.base, outcome.corrections)
            if part is not None
            for figure in part.figures
        ],
    }

    def write(folder: Path) -> None:
        model.save(folder)
        write_read(folder, outcome.table.texts)
        write_card(folder, facts, made, outcome.measured)

    versions.keep(model.version, write)


def files_of(card: Mapping[str, Any]) -> list[Path]:
    """The base files of a version trained here before, if they are still the same. Raises TableError."""
    noted = card.get("files", [])
    if not noted:
        raise TableError(f"{card['version']} does not say which file it was learnt from: name the labelled file")
    for file in noted:
        path = Path(file["path"])
        if not path.is_file() or digest(path) != file["sha256"]:
            raise TableError(f"{path} is gone or was changed since {card['version']} was made: name the labelled file")
    return [Path(file["path"]) for file in noted]


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise TableError(f"{path}: {error.strerror}") from error
