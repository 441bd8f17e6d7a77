"""Which street a house number belongs to: the one it follows, or the nearest where «дом 5» stands apart."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from nlp.places.houses import House, houses_after, houses_named
from nlp.places.mentions import StreetMention
from nlp.places.tokens import Tokens

LONGEST_LINK = 12  # tokens between a street and a house named apart from it
LONGEST_LONELY_LINK = 40  # the same where the text names one street and one house
LINKS = frozenset("по на в у адресу адрес , . : № это и расположенный расположен находящийся".split())
SENTENCE_ENDS = frozenset("!?….")


def link_houses(tokens: Tokens, mentions: Sequence[StreetMention]) -> None:
    """Fill `houses` of every mention."""
    starts = frozenset(mention.start for mention in mentions)
    for mention in mentions:
        mention.houses = houses_after(tokens, mention.end, starts)
    free = [mention for mention in mentions if not mention.houses]
    if not free:
        return
    taken = {place for mention in mentions for place in _places(mention)}
    apart = [group for group in houses_named(tokens) if taken.isdisjoint(range(group[0].start, group[-1].end))]
    starts_of_free = [mention.start for mention in free]
    for group in apart:
        after = bisect_left(starts_of_free, group[0].start)
        nearest = _nearest(tokens, group, free[max(0, after - 1) : after + 1])
        if nearest is None and len(apart) == 1 and _one_street(mentions):
            nearest = _lonely(group, mentions)
        if nearest is not None:
            nearest.houses.extend(group)


def _places(mention: StreetMention) -> Iterator[int]:
    yield from range(mention.start, mention.end)
    for house in mention.houses:
        yield from range(house.start, house.end)


def _nearest(tokens: Tokens, group: Sequence[House], mentions: Sequence[StreetMention]) -> StreetMention | None:
    best, best_gap = None, LONGEST_LINK + 1
    for mention in mentions:
        if max(mention.start - group[-1].end, group[0].start - mention.end) > LONGEST_LINK:
            continue
        if mention.start >= group[-1].end:
            between = tokens.forms[group[-1].end : mention.start]
            gap = len(between) if all(form in LINKS for form in between) else 3 * len(between)
        else:
            between = tokens.forms[mention.end : group[0].start]
            gap = len(between) + 1
        if not SENTENCE_ENDS & set(between) and gap < best_gap:
            best, best_gap = mention, gap
    return best


def _one_street(mentions: Sequence[StreetMention]) -> bool:
    return len({id(mention.entry) for mention in mentions}) == 1 and not any(mention.houses for mention in mentions)


def _lonely(group: Sequence[House], mentions: Sequence[StreetMention]) -> StreetMention | None:
    near = [each for each in mentions if each.kinds or each.words > 1]
    near = [each for each in near if 0 < group[0].start - each.end <= LONGEST_LONELY_LINK]
    return near[0] if near else None
