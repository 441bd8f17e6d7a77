"""The projection: two stages keep the facts of problems, how their terms went, and the executors' accounts.

Both streams are keyed by the appeal but come side by side, so each stage takes the appeal's lock and counts its
accounts anew from facts and terms together: whichever comes last, the same stands there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from uuid import UUID

from indicators import facts as fact_rules
from indicators import heat, store
from indicators import terms as term_rules
from indicators.facts import Fact
from indicators.rows import Region, RegionOf
from indicators.terms import Terms
from indicators.work import entries_of
from models.events import Event, Stream
from models.pack import RegionPack
from models.states import ProblemState
from streams.contract import Connection, Stage

PackOf = Callable[[str], RegionPack]
TOLD_APART = frozenset({ProblemState.SOLVED, ProblemState.ANSWERED, ProblemState.MERGED, ProblemState.DISMISSED})
"""States that the map shows or leaves out by themselves; all others are open."""


def indicators_stage(pack_of: PackOf) -> Stage:
    """The stage that keeps facts, given where to find the pack of a region."""
    region_of = _regions(pack_of)

    def handle(connection: Connection, events: Sequence[Event]) -> None:
        project(connection, events, region_of)

    return Stage("indicators", Stream.PROBLEMS, fact_rules.COUNTED, handle)


def punctuality_stage(pack_of: PackOf) -> Stage:
    """The stage that keeps terms."""
    region_of = _regions(pack_of)

    def handle(connection: Connection, events: Sequence[Event]) -> None:
        count_terms(connection, events, region_of)

    return Stage("punctuality", Stream.CLOCKS, term_rules.COUNTED, handle)


def _regions(pack_of: PackOf) -> RegionOf:
    @cache
    def region_of(region: str) -> Region:
        return Region(pack_of(region))

    return region_of


def project(connection: Connection, events: Sequence[Event], region_of: RegionOf) -> None:
    """Count events of problems in."""
    appeals = {each.key for each in events}
    store.lock(connection, appeals)
    before = store.facts_of(connection, appeals)
    after = {appeal: dict(facts) for appeal, facts in before.items()}
    for each in events:
        problem = UUID(each.data["problem_id"])
        after[each.key][problem] = fact_rules.step(after[each.key].get(problem), each)
    changed = [
        fact
        for appeal, facts in after.items()
        for problem, fact in facts.items()
        if before[appeal].get(problem) is not fact
    ]
    if not changed:
        return
    store.put_facts(connection, changed, region_of)
    touched = {fact.appeal: after[fact.appeal] for fact in changed}
    moved = [appeal for appeal in touched if _shown(before[appeal]) != _shown(touched[appeal])]
    if moved:
        stood, stand = ([fact for one in moved for fact in facts[one].values()] for facts in (before, touched))
        heat.count(connection, stood, stand, region_of)
    _account(connection, touched, store.terms_of(connection, touched), region_of)


def _shown(facts: Mapping[UUID, Fact]) -> set[tuple[object, ...]]:
    """What the map shows of the problems of an appeal: plans and reports leave them open as they were."""
    return {
        (fact.problem, fact.topic, fact.municipality, fact.cell, fact.state if fact.state in TOLD_APART else None)
        for fact in facts.values()
    }


def count_terms(connection: Connection, events: Sequence[Event], region_of: RegionOf) -> None:
    """Count events of clocks in."""
    told = [each for each in events if each.data["clock"] in term_rules.JUDGED]
    if not told:
        return
    appeals = {each.key for each in told}
    store.lock(connection, appeals)
    before = store.terms_of(connection, appeals)
    after: dict[UUID, Terms] = {problem: dict(terms) for problem, terms in before.items()}
    for each in told:
        problem = UUID(each.data["problem_id"])
        after[problem] = term_rules.step(after.get(problem, {}), each)
    moved = [
        term
        for problem, terms in after.items()
        for key, term in terms.items()
        if before.get(problem, {}).get(key) != term
    ]
    if not moved:
        return
    store.put_terms(connection, moved)
    touched = {term.appeal for term in moved}
    _account(connection, store.facts_of(connection, touched), after, region_of)


def _account(
    connection: Connection,
    appeals: Mapping[UUID, Mapping[UUID, Fact]],
    terms: Mapping[UUID, Terms],
    region_of: RegionOf,
) -> None:
    """Bring the accounts of these appeals to what their facts and terms say."""
    owners: dict[UUID, Fact] = {}
    after: dict[UUID, store.Account] = {}
    for facts in appeals.values():
        # an appeal that nobody was given yet has nothing in any account: most batches are found problems
        if not any(fact.way.stints for fact in facts.values()):
            continue
        owners |= facts
        region = region_of(next(iter(facts.values())).region)
        after |= entries_of(
            list(facts.values()),
            {problem: list(terms.get(problem, {}).values()) for problem in facts},
            region.zone,
            region.authors,
        )
    if owners:
        stood = store.work_of(connection, {fact.appeal for fact in owners.values()})
        store.put_work(connection, owners, stood, after)
