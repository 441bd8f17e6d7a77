"""Finds what new problems have in common with earlier ones, within the transaction that writes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from models.repeats import SimilarityKind
from nlp.repeats import store
from nlp.repeats.keys import keys_of
from nlp.repeats.records import Comparable
from nlp.repeats.rules import likeness
from nlp.repeats.wording import Text, wording
from streams.contract import Connection

SAID = timedelta(days=90)
"""So long an author's appeal counts as said before."""
MOST_LINKS = 5
"""Of one problem so many best likenesses are kept: enough to join it to what goes on, few enough to read."""


def link_similar(connection: Connection, problems: Sequence[Comparable], now: datetime) -> dict[UUID, int]:
    """File the problems, which stand in the tables, and write the likenesses of each to those filed before it.

    Transactions of one region take turns from here to their commit, so the answer does not depend on how many workers
    there are. Returns of each how often its author wrote of the like before (`said_before`), where he did.
    """
    if not problems:
        return {}
    keyed = [(problem, keys_of(problem)) for problem in problems]
    store.take_turn(connection, {problem.region for problem in problems})
    store.file(connection, keyed)
    found = store.candidates(connection, keyed)
    links = [link for problem in problems for link in links_of(problem, found.get(problem.problem_id, []))]
    if links:
        store.keep(connection, links, now)
    return {each.problem_id: said for each in problems if (said := said_before(each, found.get(each.problem_id, [])))}


def said_before(problem: Comparable, earlier: Sequence[Comparable]) -> int:
    """In how many earlier appeals of the last days its author wrote on the same group of topics.

    Of those that are compared: his newest ones, so that of an author of many a few are counted.
    """
    return len(
        {
            each.appeal_id
            for each in earlier
            if each.appeal_id != problem.appeal_id
            and each.group == problem.group
            and each.authors & problem.authors
            and problem.sent_at - each.sent_at <= SAID
        }
    )


def links_of(problem: Comparable, earlier: Sequence[Comparable]) -> list[store.Link]:
    """The best likenesses of a problem to earlier ones, at most one to an appeal."""
    if not earlier:
        return []
    text = Text.of(problem.text)
    best: dict[UUID, store.Link] = {}
    for each in earlier:
        found = likeness(problem, each, wording(text, Text.of(each.text)))
        if found is None:
            continue
        link = store.Link(problem.problem_id, each.problem_id, problem.region, found)
        known = best.get(each.appeal_id)
        if known is None or rank(link) < rank(known):
            best[each.appeal_id] = link
    # sorted is stable: of equal ones the problem found first
    return sorted(best.values(), key=rank)[:MOST_LINKS]


def rank(link: store.Link) -> tuple[bool, float]:
    """What words prove goes before what place and time suggest."""
    return link.likeness.kind is SimilarityKind.COMMON_CAUSE, -link.likeness.score
