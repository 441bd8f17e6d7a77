"""What is wrong in resolution.json of a region pack."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from models.finding import Finding
from models.pack import PackError, RegionPack
from resolution.policy import ANY, NAME, ResolutionPolicy


def findings(pack: RegionPack) -> Iterator[Finding]:
    """Everything wrong in it. Raises PackError where it cannot be read; a pack may do without."""
    policy = ResolutionPolicy.of_pack(pack)
    if not pack.path(NAME).is_file():
        return
    known = {*pack.topic_by_code, *(code.partition(".")[0] for code in pack.topic_by_code)}
    for name, topics in {"dates": policy.dates.keys() - {ANY}, "photo_after": policy.photo_after}.items():
        for topic in sorted(topics - known):
            yield Finding(NAME, 0, f"{name}: no topic or group {topic!r}")
    for row in pack.json(NAME)["dates"]:
        if not row["source"]:
            yield Finding(NAME, 0, f"dates: the row of {', '.join(row['topics'])} names no source")
    reasons = _reasons_of_pauses(pack)
    if policy.author_pause and reasons and policy.author_pause not in reasons:
        yield Finding(NAME, 0, f"more_info: policy.json has no pause for {policy.author_pause!r}")


def _reasons_of_pauses(pack: RegionPack) -> set[str]:
    try:
        versions: list[dict[str, Any]] = pack.json("policy.json")["policies"]
    except PackError:
        return set()  # the check of policy.json says what is wrong with it
    return {str(row["reason"]) for version in versions for row in version.get("pauses", ())}
