"""Ratings: known truths are found, little is said of little, and tricks do not raise a score."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from api.views.ratings import unusual
from bench.rating_tricks import STRATEGIES, play
from indicators.period import Period
from indicators.ratings.cells import Cells
from indicators.ratings.components import BY_CODE, COMPONENTS
from indicators.ratings.policy import DEFAULT, Checked, RatingPolicy
from indicators.ratings.rate import rate
from indicators.ratings.shrink import Shrunk, Sums, expectation, gathered, settled
from indicators.work import COUNTS
from models.pack import PackError, RegionPack

POLICY = RatingPolicy.read(DEFAULT)
MONTH = date(2026, 9, 1)


def row(who: str, topic: str = "01.001", month: date = MONTH, **counts: int) -> tuple[object, ...]:
    return (who, topic, month, *(1000 * counts.get(name, 0) for name in COUNTS))


def late(who: str, terms: int, terms_late: int, topic: str = "01.001", month: date = MONTH) -> tuple[object, ...]:
    return row(who, topic, month, received=terms, solved=terms, terms=terms, terms_late=terms_late)


def solved_late(rows: list[tuple[object, ...]]) -> Shrunk:
    return settled(gathered(Cells.of_rows(rows), BY_CODE["solve"], 20), BY_CODE["solve"], 30, 8)


def test_nobody_is_his_own_yardstick() -> None:
    cells = Cells.of_rows([late("one", 1000, 900), late("other", 1000, 100)])
    solve = BY_CODE["solve"]
    assert expectation(cells, solve, Sums.of(cells, solve), 20) == pytest.approx([0.1, 0.9])


def test_a_hard_topic_and_a_bad_month_are_nobodys_fault() -> None:
    rows = [late(f"easy-{n}", 100, 5, "01.001") for n in range(10)]
    rows += [late(f"hard-{n}", 100, 60, "02.001") for n in range(10)]
    rows += [late(f"winter-{n}", 100, 60, "01.001", date(2026, 1, 1)) for n in range(10)]
    scores = rate(Cells.of_rows(rows), POLICY).score
    assert np.abs(scores - 50).max() < 12


def test_few_problems_say_little_and_many_say_more() -> None:
    rows = [late(f"body-{n}", 100, 10 + n) for n in range(20)]
    rows += [late("few", 2, 2), late("many", 400, 200)]
    ratings = rate(Cells.of_rows(rows), POLICY)
    few, many = ratings.names.index("few"), ratings.names.index("many")
    assert ratings.score[many] < ratings.score[few] < 50
    assert ratings.high[few] - ratings.low[few] > ratings.high[many] - ratings.low[many]
    assert not ratings.enough[few] and ratings.place[few] == 0
    assert ratings.place[many] == 21 and ratings.last[many] == 21


def test_the_spread_beyond_chance_is_found() -> None:
    random = np.random.default_rng(4)
    for spread in (0.02, 0.1):
        strength = 1 / spread - 1
        rates = random.beta(0.2 * strength, 0.8 * strength, 600)
        rows = [late(f"body-{n}", 60, int(random.binomial(60, rates[n]))) for n in range(600)]
        found = solved_late(rows)
        assert found.spread == pytest.approx(spread, rel=0.25)
        low, high = found.interval(BY_CODE["solve"])
        assert 0.86 < float(np.mean((low <= rates) & (rates <= high))) < 0.94


def test_where_nobody_differs_by_more_than_chance_everybody_stands_as_his_equals() -> None:
    rows = [late(f"body-{n}", 50, 5) for n in range(20)]
    found = solved_late(rows)
    assert found.spread == 0 and not found.standing(BY_CODE["solve"])[0].any()


def test_what_stood_open_before_the_period_still_lies_there() -> None:
    old = ("one", "01.001", None, *(1000 * {"opened": 40, "overdue": 30}.get(name, 0) for name in COUNTS))
    rows = [late(f"body-{n}", 50, n) for n in range(12)] + [late("one", 10, 0), old]
    ratings = rate(Cells.of_rows(rows), POLICY)
    shrunk = ratings.standings["backlog"].shrunk
    at = ratings.names.index("one")
    assert (shrunk.cases[at], shrunk.total[at]) == (50, 30)


def test_cells_renewed_are_as_cells_read_anew() -> None:
    rows = [late(f"body-{n}", 50, n, topic) for n in range(12) for topic in ("01.001", "02.001")]
    cells = Cells.of_rows(rows)
    fresh = [late("body-3", 51, 4), late("body-3", 50, 3, "03.001")]  # one cell is gone, one is new
    assert "terms_late" in cells.renew(["body-3"], fresh)
    expected = rate(Cells.of_rows([one for one in rows if one[0] != "body-3"] + fresh), POLICY)
    found = rate(cells, POLICY)
    assert dict(zip(found.names, found.score, strict=True)) == pytest.approx(
        dict(zip(expected.names, expected.score, strict=True))
    )
    assert cells.renew(["body-3"], fresh) == []


def test_a_period_is_whole_months_and_edges() -> None:
    period = Period(date(2026, 8, 15), date(2026, 11, 2))
    assert period.months == [date(2026, 9, 1), date(2026, 10, 1)]
    assert period.edges == [
        Period(date(2026, 8, 15), date(2026, 8, 31)),
        Period(date(2026, 11, 1), date(2026, 11, 2)),
    ]
    assert Period(date(2026, 2, 1), date(2026, 2, 28)).whole
    assert Period(date(2026, 2, 1), date(2026, 4, 30)).before() == Period(date(2025, 11, 1), date(2026, 1, 31))
    assert Period(date(2026, 2, 3), date(2026, 2, 9)).before() == Period(date(2026, 1, 27), date(2026, 2, 2))
    assert Period(date(2026, 2, 3), date(2026, 2, 9)).edges == [Period(date(2026, 2, 3), date(2026, 2, 9))]
    assert [one.first.day for one in period.by_month()] == [15, 1, 1, 1]


def test_a_flow_is_unusual_only_beyond_what_chance_and_the_others_explain() -> None:
    assert unusual(300, 100, 100.0)
    assert not unusual(130, 100, 100.0)  # within half as much again
    assert not unusual(6, 3, 3.0)  # of few
    assert not unusual(300, 100, 290.0)  # all others got as many more


def test_weights_name_every_component_and_come_to_one(tmp_path: Path) -> None:
    assert sum(weight.weight for weight in POLICY.weights.values()) == pytest.approx(1)
    assert all(weight.why for weight in POLICY.weights.values())
    assert (POLICY.authors.new_days, POLICY.tolerance) == (180, 1.5) and len(POLICY.reasons) == 3
    content = json.loads(DEFAULT.read_text(encoding="utf-8"))
    del content["weights"]["solve"]
    (tmp_path / "ratings.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(PackError, match=r"ratings\.json"):
        RatingPolicy.of_pack(RegionPack(tmp_path))
    assert {component.code for component in COMPONENTS} == POLICY.weights.keys()


def test_tricks_do_not_raise_a_score_and_better_work_does() -> None:
    changes = play(2, 6, POLICY, executors=40, problems=4_000)
    known = {
        name for name in STRATEGIES if name.startswith("own appeals")
    }  # docs/ratings.md tells what is left of them
    for name in STRATEGIES.keys() - known - {"better work (no trick)"}:
        assert changes[name].mean <= 0.05, name
    assert changes["better work (no trick)"].low > 0
    unwatched = play(2, 6, replace(POLICY, tolerance=99), executors=40, problems=4_000)
    many = "own appeals of many made-up people"
    assert changes[many].mean < 0.7 * unwatched[many].mean


def praised(who: str, known: int, new: int, late: int = 10) -> list[tuple[object, ...]]:
    """Problems of known and of new authors that were solved in time, and `late` ones, half of them of new authors."""
    clean = known + new
    return [
        row(
            who, received=clean + late, solved=clean + late, terms=clean + late, terms_late=late, clean_solved=clean,
            fresh_received=new, fresh_solved=new, fresh_terms=new, stained=late, stained_new=late // 2,
        )
    ]  # fmt: skip


def world_with(*rows: tuple[object, ...]) -> Cells:
    return Cells.of_rows([*rows, *(one for n in range(20) for one in praised(f"body-{n}", 20 + n % 3, 20 - n % 3))])


def test_new_authors_beyond_what_known_ones_vouch_for_weigh_less_and_nothing_bad_does() -> None:
    ratings = rate(world_with(*praised("boaster", 20, 100)), POLICY)
    at, works = ratings.names.index("boaster"), ratings.newcomers.pools["works"]
    assert works.weight[at] == pytest.approx(works.allowed[at] / 100) and 20 < works.allowed[at] < 50
    solve = ratings.standings["solve"].shrunk
    assert solve.total[at] == 10 and solve.cases[at] == pytest.approx(30 + works.allowed[at])
    others = [number for number, name in enumerate(ratings.names) if name != "boaster"]
    assert (works.weight[others] == 1).all()


def test_whose_citizens_are_new_everywhere_is_not_taken_for_a_boaster() -> None:
    new_town = [row("new", received=60, solved=60, terms=60, terms_late=30, clean_solved=30, fresh_received=27,
                    fresh_solved=27, fresh_terms=27, stained=30, stained_new=27)]  # fmt: skip
    ratings = rate(world_with(*new_town), POLICY)
    assert ratings.newcomers.pools["works"].weight[ratings.names.index("new")] > 0.75
    one_sided = rate(world_with(*praised("boaster", 3, 27, 30)), POLICY)
    assert one_sided.newcomers.pools["works"].weight[one_sided.names.index("boaster")] < 0.5


def test_whose_new_authors_were_looked_at_is_rated_by_all_of_them() -> None:
    cells, checked = world_with(*praised("boaster", 20, 100)), Checked("boaster", MONTH, date(2026, 9, 30), "Опрошены.")
    policy = replace(POLICY, checked=(checked,))
    looked_at, later = rate(cells, policy, date(2026, 9, 30)), rate(cells, policy, date(2026, 10, 31))
    at = looked_at.names.index("boaster")
    assert looked_at.newcomers.pools["works"].weight[at] == 1 > later.newcomers.pools["works"].weight[at]
    assert looked_at.score[at] > later.score[at]
