"""The counts of the heat map follow the facts, are what the facts give, and add up over any period."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import h3
import psycopg
import pytest

from indicators import heat
from indicators.heat import Choice, Piece
from indicators.heat.cells import cell_of, parent
from indicators.heat.public import public_map
from indicators.period import Period
from indicators.rows import Region
from indicators.stage import project
from models.events import Event, EventType, event
from models.identifiers import new_id
from models.pack import load_pack

PACK = load_pack("omsk")
OMSK = Region(PACK)
NOW = datetime(2026, 4, 20, 6, tzinfo=UTC)
TOPICS = ("05.020", "06.012", "06.001")
CELLS = [h3.latlng_to_cell(54.9 + 0.05 * up, 73.3 + 0.05 * right, 9) for up in range(4) for right in range(4)]
AUTHORS = [new_id() for _ in range(12)]
ENDS: tuple[tuple[EventType, dict[str, Any]], ...] = (
    (EventType.PROBLEM_SOLVED, {"proof_id": "", "executor": "roads", "by": "machine"}),
    (EventType.PROBLEM_DISMISSED, {"reason": "none", "by": "operator"}),
    (EventType.PROBLEM_CORRECTED, {"topic": "06.001", "municipality": "Тарский район", "cell": CELLS[3], "by": "oper"}),
    (EventType.PROBLEM_CORRECTED, {"topic": "05.020", "municipality": "Омск г.о.", "cell": "", "by": "oper"}),
)


def appeal(chance: random.Random, day: datetime) -> list[Event]:
    """Events of an appeal with up to three problems, some of which go on; a few people write often.

    The second problem was split off by an operator, whose event says nothing of the author.
    """
    key, events = new_id(), []
    who = (
        {"author": str(chance.choice(AUTHORS) if chance.random() < 0.3 else new_id()), "identity": "stated"}
        if chance.random() < 0.9
        else {}
    )
    for number in range(chance.choice((1, 1, 1, 2, 3))):
        about = {"problem_id": str(new_id())}
        found = {
            "topic": chance.choice(TOPICS), "decided": True, "municipality": "Омск г.о.", "urgency": 2,
            "cell": chance.choice([*CELLS, "", h3.cell_to_parent(CELLS[0], 7)]), "accepted_at": day.isoformat(),
            **({} if number == 1 else who),
        }  # fmt: skip
        events.append(event(EventType.PROBLEM_FOUND, "omsk", key, day, **about, **found))
        if chance.random() < 0.6:
            type, data = chance.choice(ENDS)
            events.append(event(type, "omsk", key, day + timedelta(days=1), **about, **data))
    return events


@pytest.fixture
def filled(connection: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """200 appeals of 100 days, counted in batches that cut appeals apart."""
    chance = random.Random(3)
    events: list[Event] = []
    for number in range(200):
        events += appeal(chance, NOW - timedelta(days=number / 2))
    for start in range(0, len(events), 37):
        project(connection, events[start : start + 37], lambda _: OMSK)
    return connection


def test_counts_kept_event_by_event_are_what_the_facts_give(filled: psycopg.Connection[Any]) -> None:
    assert list(heat.compare(filled, PACK)) == []
    before = everything(filled)
    heat.rebuild(filled, PACK)
    assert everything(filled) == before and len(before) > 300


def everything(connection: psycopg.Connection[Any]) -> list[tuple[Any, ...]]:
    return connection.execute(
        """SELECT g.name, c.resolution::text, c.month, c.cell::text, open, solved, answered, people_open, people_closed
           FROM heat_counts c JOIN heat_groups g ON g.id = c.group_id
           UNION ALL SELECT g.name, '', a.month, a.municipality, open, solved, answered, people_open, people_closed
           FROM heat_areas a JOIN heat_groups g ON g.id = a.group_id ORDER BY 1, 2, 3, 4"""
    ).fetchall()


def test_a_count_that_was_changed_by_hand_is_told(filled: psycopg.Connection[Any]) -> None:
    filled.execute("UPDATE heat_counts SET open = open + 1 WHERE ctid = (SELECT min(ctid) FROM heat_counts)")
    filled.execute("DELETE FROM heat_areas WHERE ctid = (SELECT min(ctid) FROM heat_areas)")
    assert [where.split(",")[0] for where, _ in heat.compare(filled, PACK)] == ["heat_counts", "heat_areas"]


@pytest.mark.parametrize("subject", [{}, {"group": PACK.topic_by_code["06.012"].group}, {"topic": "06.001"}])
@pytest.mark.parametrize("resolution", [5, 7, 9])
def test_any_period_is_the_sum_of_its_days(
    filled: psycopg.Connection[Any], subject: dict[str, str], resolution: int
) -> None:
    period = Period(date(2026, 1, 20), date(2026, 4, 7))
    found = heat.cells(filled, Choice("omsk", period, **subject), resolution, None, heat.vague_of(PACK))
    days = [period.first + timedelta(days=number) for number in range(period.days)]
    expected: dict[int, int] = {}
    for day in days:
        one = heat.cells(filled, Choice("omsk", Period(day, day), **subject), resolution, None, heat.vague_of(PACK))
        for cell, tally in one.items():
            expected[cell] = expected.get(cell, 0) + tally.problems
    assert {cell: tally.problems for cell, tally in found.items()} == expected
    assert expected


def test_a_box_gives_the_cells_in_it(filled: psycopg.Connection[Any]) -> None:
    choice, vague = Choice("omsk", Period(date(2026, 1, 1), date(2026, 4, 30))), heat.vague_of(PACK)
    whole = heat.cells(filled, choice, 9, None, vague)
    box = (54.895, 73.295, 54.915, 73.315)
    some = heat.cells(filled, choice, 9, heat.spans_of(box, 9), vague)
    inside = {cell for cell in map(cell_of, CELLS) if _in(box, h3.cell_to_latlng(f"{cell:x}"))}
    assert inside and inside & whole.keys() <= some.keys() < whole.keys()
    assert all(whole[cell] == some[cell] for cell in some)


def _in(box: tuple[float, float, float, float], point: tuple[float, float]) -> bool:
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def test_another_region_sees_none_of_it(filled: psycopg.Connection[Any]) -> None:
    choice = Choice("murmansk", Period(date(2026, 1, 1), date(2026, 4, 30)))
    assert heat.cells(filled, choice, 5, None, frozenset()) == {} and heat.areas(filled, choice) == {}
    assert heat.public_months(filled, "murmansk", NOW.date()) == []


@pytest.mark.parametrize("at", [5, 6, 7, 8, 9])
@pytest.mark.parametrize("group", ["", PACK.topic_by_code["06.012"].group])
def test_the_public_sees_no_piece_with_fewer_people_than_the_floor(
    filled: psycopg.Connection[Any], group: str, at: int
) -> None:
    """Counted from the facts themselves: so many different people wrote of each piece."""
    who = {
        str(appeal): str(author)
        for appeal, author in filled.execute("SELECT appeal_id, author FROM problem_facts WHERE author IS NOT NULL")
    }
    seen = 0
    for month in heat.public_months(filled, "omsk", NOW.date()):
        found = public_map(filled, PACK, heat.Asked("omsk", month, group, 3, at))
        wholes = {piece.cell for piece in found if not piece.rest}
        rests = {piece.cell for piece in found if piece.rest}
        people: dict[int, set[str]] = {}
        for key, cell in filled.execute(
            """SELECT appeal_id::text, cell FROM problem_facts WHERE date_trunc('month', day) = %s AND cell <> ''
               AND state NOT IN ('merged', 'dismissed') AND (%s = '' OR group_name = %s)""",
            [month, group, group],
        ):
            finest = heat.counting.finest_of(cell_of(cell), heat.vague_of(PACK))
            way = [parent(cell_of(cell), level) for level in range(5, finest + 1)]
            home = next((each for each in way if each in wholes), None)
            if home is None:
                home = next((each for each in reversed(way) if each in rests), 0)
            people.setdefault(home, set()).add(who.get(key, key))
        for piece in found:
            seen += 1
            assert not sum(piece.counts[:2]) or len(people[piece.cell]) >= max(3, sum(piece.counts[:2]))
    assert seen


def test_the_month_that_runs_is_not_for_the_public(filled: psycopg.Connection[Any]) -> None:
    assert heat.months(filled, "omsk")[-1] == date(2026, 4, 1)
    assert heat.public_months(filled, "omsk", NOW.date())[-1] == date(2026, 3, 1)


def written_by(connection: psycopg.Connection[Any], *authors: object) -> list[Piece]:
    """The public's map of February after an appeal of each of these at one place."""
    day = datetime(2026, 2, 10, 6, tzinfo=UTC)
    for author in authors:
        found = {
            "problem_id": str(new_id()), "topic": TOPICS[0], "decided": True, "municipality": "Омск г.о.", "urgency": 2,
            "cell": CELLS[0], "accepted_at": day.isoformat(), "author": str(author),
        }  # fmt: skip
        project(connection, [event(EventType.PROBLEM_FOUND, "omsk", new_id(), day, **found)], lambda _: OMSK)
    return public_map(connection, PACK, heat.Asked("omsk", date(2026, 2, 1), "", 3, 9))


def test_ten_appeals_of_two_people_are_not_shown_and_three_people_are(connection: psycopg.Connection[Any]) -> None:
    one, other, third = new_id(), new_id(), new_id()
    assert written_by(connection, *[one, other] * 5) == []
    [piece] = written_by(connection, third)
    assert (piece.cell, piece.counts) == (cell_of(CELLS[0]), (3, 0, 0))


def test_a_map_is_kept_until_its_month_changes(connection: psycopg.Connection[Any]) -> None:
    written_by(connection, *[new_id() for _ in range(4)])
    maps, asked = heat.PublicMaps(), heat.Asked("omsk", date(2026, 2, 1), "", 3, 9)
    first = maps.of(connection, PACK, asked)
    assert maps.of(connection, PACK, asked) is first
    written_by(connection, new_id())
    assert sum(maps.of(connection, PACK, asked).pieces[0].counts) == 5
