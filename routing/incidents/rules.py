"""What becomes of a new problem: it joins an incident, opens one with others, goes before the operator, or nothing."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from routing.incidents.causes import Cause, Causes
from routing.incidents.likeness import cause_of, distance, likeness
from routing.incidents.records import (
    Incident,
    IncidentState,
    Join,
    Likeness,
    Neighbourhood,
    Open,
    Suggest,
    Trace,
    Verdict,
)

MOST_OTHERS = 50
"""So many problems at once are enough to open an incident with; what stands beside them joins later or by hand."""

Liked = tuple[Trace, Likeness]


def judge(new: Trace, around: Neighbourhood, causes: Causes) -> Verdict:
    """What becomes of `new`, given what is around it. What an operator took out once is never joined again."""
    cause = cause_of(new, causes)
    if cause is None or new.stood:
        return None
    liked = sorted(_liked(new, cause, around, causes), key=lambda each: (-each[1].score, each[0].id))
    sure = [each for each in liked if each[1].score >= causes.sure]
    return _join(new, cause, sure, around) or _open(cause, sure) or _suggest(liked, causes, around)


def _liked(new: Trace, cause: Cause, around: Neighbourhood, causes: Causes) -> Iterable[Liked]:
    links = {link.other: link for link in around.links.get(new.id, ())}
    for other in dict.fromkeys((*around.candidates.get(new.id, ()), *links)):
        old = around.traces.get(other)
        if old is None or old.id == new.id:
            continue
        found = likeness(new, old, cause, causes, links.get(other))
        if found is not None:
            yield old, found


def _join(new: Trace, cause: Cause, sure: list[Liked], around: Neighbourhood) -> Join | None:
    for old, found in sure:
        incident = around.incidents.get(old.incident) if old.incident is not None else None
        if incident is not None and takes(incident, new, cause):
            return Join(incident.id, found)
    return None


def takes(incident: Incident, new: Trace, cause: Cause) -> bool:
    """Whether the incident may still take the problem in: open, of its cause, not grown too far or too long."""
    if incident.state is not IncidentState.OPEN or incident.cause != cause.code:
        return False
    if not incident.last_at - cause.longest <= new.sent_at <= incident.first_at + cause.longest:
        return False
    if incident.point is None or new.spot.point is None:
        return True
    return distance(incident.point, new.spot.point) <= cause.spread


def _open(cause: Cause, sure: list[Liked]) -> Open | None:
    """Needs so many appeals that no two are the same person's, as far as that is known."""
    free = [each for each in sure if each[0].incident is None and not each[0].stood and each[0].waits][:MOST_OTHERS]
    voices: set[UUID] = {old.appeal_id for old, found in free if found.voice}
    return Open(tuple(free)) if len(voices) + 1 >= cause.opens_with else None


def _suggest(liked: list[Liked], causes: Causes, around: Neighbourhood) -> Suggest | None:
    """The likest that still can be joined: an open incident, or a problem that waits and stands in none."""
    for old, found in liked:
        if found.score < causes.likely:
            break
        incident = around.incidents.get(old.incident) if old.incident is not None else None
        if incident is not None and incident.state is IncidentState.OPEN:
            return Suggest(old.id, incident.id, found)
        if old.incident is None and old.waits:
            return Suggest(old.id, None, found)
    return None
