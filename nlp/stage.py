"""The analysis stage: reads accepted and restored appeals, finds their problems or dismisses them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import chain, starmap
from uuid import UUID

import streams
from models.analysis import Analysis, ProblemDraft
from models.events import Event, EventType, Stream, event
from models.places import PlaceLevel
from models.present import Now, present
from nlp import repeats, store
from nlp.authors import Author, recognise
from nlp.pipeline import Engine
from streams.contract import Connection, Stage

GROUP = "nlp"
NOWHERE = frozenset({PlaceLevel.MUNICIPALITY, PlaceLevel.REGION})
"""Levels whose point is the middle of an area: no place on the map for those who count."""

Found = list[tuple[store.AcceptedAppeal, Analysis]]


def nlp_stage(engine_of: Callable[[str], Engine], now: Now = present) -> Stage:
    """The stage, given where to find the engine of a region."""

    def handle(connection: Connection, events: Sequence[Event]) -> None:
        analyse(connection, events, engine_of, now())

    return Stage(GROUP, Stream.APPEALS, frozenset({EventType.APPEAL_ACCEPTED, EventType.APPEAL_RESTORED}), handle)


def analyse(connection: Connection, events: Sequence[Event], engine_of: Callable[[str], Engine], now: datetime) -> None:
    """Analyse every appeal of the events that still waits for it. One that was analysed before stays as it is."""
    appeals = store.accepted_appeals(connection, list({each.key: None for each in events}))
    if not appeals:
        return
    found = analysed(appeals, engine_of)
    store.write(connection, found, now)
    said = repeats.link_similar(connection, list(chain.from_iterable(starmap(comparables, found))), now)
    wrote = recognise(connection, [appeal for appeal, analysis in found if analysis.problems])
    told = chain.from_iterable(news(appeal, analysis, said, wrote.get(appeal.id), now) for appeal, analysis in found)
    streams.append(connection, Stream.PROBLEMS, list(told))


def analysed(appeals: Sequence[store.AcceptedAppeal], engine_of: Callable[[str], Engine]) -> Found:
    """Each appeal with its analysis: one batch a region; a restored appeal is held to have a problem."""
    batches: dict[tuple[str, bool], list[store.AcceptedAppeal]] = defaultdict(list)
    for appeal in appeals:
        batches[appeal.region, appeal.restored].append(appeal)
    found: Found = []
    for (region, restored), batch in batches.items():
        answers = engine_of(region).analyse([appeal.source for appeal in batch], may_dismiss=not restored)
        found += zip(batch, answers, strict=True)
    return found


def comparables(appeal: store.AcceptedAppeal, analysis: Analysis) -> list[repeats.Comparable]:
    """The problems of an appeal as the search for repeats and common causes sees them."""
    return [
        repeats.comparable_of(
            draft,
            problem_id=store.problem_id(appeal.id, ordinal),
            appeal_id=appeal.id,
            region=appeal.region,
            source=appeal.source,
            authors=repeats.identities(appeal.channel, appeal.author),
        )
        for ordinal, draft in enumerate(analysis.problems)
    ]


def news(
    appeal: store.AcceptedAppeal, analysis: Analysis, said: Mapping[UUID, int], author: Author | None, now: datetime
) -> list[Event]:
    """What the other rooms are told: one event a problem, or that there is none. `said`: as link_similar counts."""
    if analysis.dismissal is not None:
        probability = round(analysis.dismissal_probability, 4)
        data = {"reason": analysis.dismissal.value, "probability": probability}
        return [event(EventType.APPEAL_DISMISSED, appeal.region, appeal.id, now, **data)]
    by = told_of(appeal, author)
    return [problem_found(appeal, ordinal, draft, said, by, now) for ordinal, draft in enumerate(analysis.problems)]


def told_of(appeal: store.AcceptedAppeal, author: Author | None) -> dict[str, str | int]:
    """What the others are told of who wrote: nothing that is his own."""
    if author is None:
        return {}
    told: dict[str, str | int] = {"author": str(author.number), "identity": appeal.identity}
    if author.known_days is not None:
        told["known_days"] = author.known_days
    return told | ({"staff": author.staff} if author.staff else {})


def problem_found(
    appeal: store.AcceptedAppeal,
    ordinal: int,
    draft: ProblemDraft,
    said: Mapping[UUID, int],
    by: Mapping[str, str | int],
    now: datetime,
) -> Event:
    problem = store.problem_id(appeal.id, ordinal)
    return event(
        EventType.PROBLEM_FOUND,
        appeal.region,
        appeal.id,
        now,
        problem_id=str(problem),
        topic=draft.topic.best.code,
        decided=draft.topic.decided,
        municipality=draft.place.municipality,
        cell=draft.place.h3 if draft.place.level not in NOWHERE else "",
        urgency=draft.urgency.level,
        accepted_at=appeal.accepted_at.isoformat(),
        sent_at=appeal.source.sent_at.isoformat(),
        regime=appeal.regime,
        earlier=said.get(problem, 0),
        **by,
    )
