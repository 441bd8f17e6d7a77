"""From appeals, problems and what executors said of them to letters. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from models.pack import RegionPack
from models.places import PlaceLevel
from models.resolution import ReplyKind, Variant
from models.states import ProblemState
from resolution.policy import ResolutionPolicy
from resolution.replies.grammar import Spot, clause, quoted
from resolution.replies.records import Letter, Opener, Outcome, Section
from resolution.replies.store import Appeal, Problem, Said

OPEN = frozenset(
    {ProblemState.FOUND, ProblemState.QUEUED, ProblemState.ASSIGNED, ProblemState.PLANNED, ProblemState.REPORTED}
)
CLOSED = frozenset({ProblemState.SOLVED, ProblemState.ANSWERED})
INTERIM: Mapping[Variant, tuple[ReplyKind, Outcome]] = {
    Variant.BY_DATE: (ReplyKind.INTERIM, Outcome.BY_DATE),
    Variant.PROGRAMME: (ReplyKind.INTERIM, Outcome.PROGRAMME),
    Variant.MORE_INFO: (ReplyKind.QUESTION, Outcome.ASKED),
}
"""What a plan tells the author at once. The others tell it when the problem is closed by them."""
ANSWERED: Mapping[Variant, Outcome] = {
    Variant.PROGRAMME: Outcome.PROGRAMME,
    Variant.NOT_OURS: Outcome.NOT_OURS,
    Variant.REFUSED: Outcome.REFUSED,
}
MOST_QUOTED = 160
"""Characters of the author's own words: enough to know one's problem again."""


def section(
    appeal: Appeal,
    problem: Problem,
    outcome: Outcome,
    pack: RegionPack,
    *,
    source: UUID | None = None,
    said: Said | None = None,
    deadline: datetime | None = None,
    executor: tuple[UUID, str] | None = None,
    ground: str = "",
    opener: Opener = Opener.AUTHOR,
) -> Section:
    """What a reply says of one problem. `executor` is who answers where nobody has said anything yet."""
    topic = pack.topic_by_code.get(problem.topic)
    who = (said.executor_id, said.executor) if said is not None else executor
    day = said.day if said is not None else None
    return Section(
        problem_id=problem.id,
        source=source if said is None else said.source,
        outcome=outcome,
        topic=topic.name if topic is not None else problem.group,
        group=problem.group,
        spot=spot(problem.place, pack),
        quote=quote(appeal, problem),
        urgency=problem.urgency,
        executor_id=who[0] if who is not None else None,
        executor=who[1] if who is not None else "",
        words=said.words if said is not None else "",
        ground=said.ground if said is not None else ground,
        due=None if outcome is Outcome.SOLVED else day,
        done_on=day if outcome is Outcome.SOLVED else None,
        deadline=None if deadline is None else deadline.astimezone(pack.zone).date(),
        photos=said.photos if said is not None else 0,
        lemmas=problem.words,
        opener=opener,
    )


def letter(
    appeal: Appeal, kind: ReplyKind, cause: UUID, sections: Sequence[Section], pack: RegionPack, verdict_days: int
) -> Letter:
    return Letter(
        appeal_id=appeal.id,
        region=appeal.region,
        kind=kind,
        cause=cause,
        regime=appeal.regime,
        channel=appeal.channel,
        number=appeal.number,
        accepted_on=local_day(appeal.accepted_at, pack),
        name=appeal.name,
        sections=tuple(sections),
        dismissal="" if sections else appeal.dismissal,
        verdict_days=verdict_days,
    )


def closing_kind(outcomes: Sequence[Outcome]) -> ReplyKind:
    """A letter in which anything was done or will be is an answer; one that only forwards or refuses is called so."""
    found = set(outcomes)
    if found <= {Outcome.NOT_OURS}:
        return ReplyKind.FORWARDING
    return ReplyKind.REFUSAL if found <= {Outcome.NOT_OURS, Outcome.REFUSED} else ReplyKind.FINAL


def closed_by(problem: Problem, plan: Said | None, proof: Said | None) -> tuple[Outcome, Said | None]:
    """(what came of a closed problem, who says so)."""
    if problem.state is ProblemState.ANSWERED and plan is not None and plan.variant is not None:
        return ANSWERED.get(plan.variant, Outcome.REFUSED), plan
    return Outcome.SOLVED, proof or plan


def quote(appeal: Appeal, problem: Problem) -> str:
    """The author's words about the problem."""
    return quoted(" ".join(appeal.text[start:end].strip() for start, end in problem.spans), MOST_QUOTED)


def spot(place: Mapping[str, object], pack: RegionPack) -> Spot:
    settlement, municipality = named(str(place.get("settlement") or "")), str(place.get("municipality") or "")
    kinds = kinds_of(pack)
    return Spot(
        level=PlaceLevel(str(place.get("level") or PlaceLevel.REGION)),
        municipality=municipality,
        settlement=settlement,
        kind=kinds.get((settlement, municipality)) or kinds.get((settlement, ""), ""),
        street=named(str(place.get("street") or "")),
        house=named(str(place.get("house") or "")),
    )


@lru_cache(maxsize=20_000)
def named(name: str) -> str:
    """A name of a place as a part of a sentence: one that no register has stands as its author wrote it."""
    return clause(name)


def kinds_of(pack: RegionPack) -> Mapping[tuple[str, str], str]:
    """Kinds of settlements («село») by (name, municipality), and by name alone where all of that name are of a kind."""
    return _kinds(pack.folder)


@lru_cache(maxsize=16)
def _kinds(folder: Path) -> Mapping[tuple[str, str], str]:
    made: dict[tuple[str, str], str] = {}
    by_name: dict[str, set[str]] = {}
    for row in RegionPack(folder).rows("settlements.csv"):
        made[row["settlement"], row["municipality"]] = row["kind"]
        by_name.setdefault(row["settlement"], set()).add(row["kind"])
    made.update({(name, ""): next(iter(kinds)) for name, kinds in by_name.items() if len(kinds) == 1})
    return made


def policy_of(pack: RegionPack) -> ResolutionPolicy:
    """What the region expects of its replies."""
    return _policy(pack.folder)


@lru_cache(maxsize=16)
def _policy(folder: Path) -> ResolutionPolicy:
    return ResolutionPolicy.of_pack(RegionPack(folder))


def local_day(moment: datetime, pack: RegionPack) -> date:
    return moment.astimezone(pack.zone).date()
