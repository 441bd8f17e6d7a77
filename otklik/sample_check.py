"""What is wrong in samples.jsonl of a pack: every expected piece must stand in its text, every topic be known."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from models.analysis import Dismissal
from models.finding import Finding
from models.message import Channel
from models.pack import PackError, RegionPack

FILE = "samples.jsonl"


def sample_findings(pack: RegionPack) -> Iterator[Finding]:
    """Everything wrong in the samples. Raises PackError where the file is missing."""
    topics = {topic.name: topic.group for topic in pack.topics}
    seen: set[str] = set()
    try:
        lines = pack.path(FILE).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise PackError(f"region pack {pack.folder.name}: {FILE}: {error}") from error
    for number, line in enumerate(lines, start=1):
        try:
            sample = json.loads(line)
            wrong = list(_sample(sample, topics))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            wrong = [f"cannot be read: {error!r}"]
        else:
            if sample["id"] in seen:
                wrong.append(f"id {sample['id']!r} stands there twice")
            seen.add(sample["id"])
        for message in wrong:
            yield Finding(FILE, number, message)


def _sample(sample: Mapping[str, Any], topics: Mapping[str, str]) -> Iterator[str]:
    Channel(sample["channel"])
    if datetime.fromisoformat(sample["sent_at"]).tzinfo is None:
        yield "sent_at has no time zone"
    expected = sample["expected"]
    if expected["dismissal"] is not None:
        Dismissal(expected["dismissal"])
    if bool(expected["problems"]) == (expected["dismissal"] is not None):
        yield "either problems or a dismissal is expected, not both and not neither"
    for problem in expected["problems"]:
        if problem["topic"] not in topics:
            yield f"no topic {problem['topic']!r}"
        elif topics[problem["topic"]] != problem["group"]:
            yield f"{problem['topic']!r} is in {topics[problem['topic']]!r}, not in {problem['group']!r}"
        if not problem["pieces"]:
            yield "a problem without pieces"
        for piece in problem["pieces"]:
            if piece not in sample["text"]:
                yield f"not in the text word for word: {piece!r}"
