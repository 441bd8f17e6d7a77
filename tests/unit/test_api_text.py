"""An appeal's text on a page: highlighted by problem, masked where it is personal, never lost or doubled."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from api.middleware import loggable, policy
from api.views.text import MASK, masked, own_facts, pieces, quote

TEXT = "Яма у дома 5. Звоните 89001112233, Ольга"
PHONE = (22, 33)
NAME = (35, 40)


def spans_of(text: str) -> st.SearchStrategy[tuple[int, int]]:
    ends = st.integers(0, len(text))
    return st.tuples(ends, ends).map(lambda pair: (min(pair), max(pair)))


@st.composite
def marked_texts(draw: st.DrawFn) -> tuple[str, dict[int, list[tuple[int, int]]], list[tuple[int, int]]]:
    text = draw(st.text(max_size=60))
    problems = {number: draw(st.lists(spans_of(text), max_size=3)) for number in range(draw(st.integers(0, 4)))}
    return text, problems, draw(st.lists(spans_of(text), max_size=3))


@given(marked_texts())
def test_the_pieces_put_together_are_the_text(
    marked: tuple[str, dict[int, list[tuple[int, int]]], list[tuple[int, int]]],
) -> None:
    text, problems, personal = marked
    made = pieces(text, problems, personal, hide=False)
    assert "".join(piece.text for piece in made) == text
    assert all(text[piece.start :].startswith(piece.text) for piece in made)


@given(marked_texts())
def test_what_is_personal_is_in_no_piece_that_is_shown(
    marked: tuple[str, dict[int, list[tuple[int, int]]], list[tuple[int, int]]],
) -> None:
    text, problems, personal = marked
    hidden = {place for start, end in personal for place in range(start, end)}
    for piece in pieces(text, problems, personal, hide=True):
        if not piece.hidden:
            assert hidden.isdisjoint(range(piece.start, piece.start + len(piece.text)))


def test_a_piece_ends_with_each_carriage_return_so_that_a_browser_counts_the_same() -> None:
    made = pieces("Яма\r\nФонарь\r\n", {0: [(0, 13)]}, [], hide=False)
    assert [piece.start for piece in made] == [0, 5]


def test_personal_data_are_replaced_by_one_mask_each() -> None:
    assert masked(TEXT, [PHONE, NAME]) == f"Яма у дома 5. Звоните {MASK}, {MASK}"
    assert masked(TEXT, [(22, 30), (25, 33)]) == f"Яма у дома 5. Звоните {MASK}, Ольга"


def test_a_quote_masks_what_lies_across_its_border() -> None:
    assert quote(TEXT, [(14, 28)], [PHONE]) == f"Звоните {MASK}"


def test_a_long_quote_ends_at_a_word() -> None:
    words = "слово " * 100
    short = quote(words, [(0, len(words))], [], longest=50)
    assert len(short) <= 51
    assert short.endswith("слово…")


def test_the_access_log_keeps_neither_tokens_nor_queries() -> None:
    assert loggable("/a/ОМ-2026-0000001/AbCdEf") == "/a/ОМ-2026-0000001/***"
    assert loggable("/a/ОМ-2026-0000001/AbCdEf/photos/1") == "/a/ОМ-2026-0000001/***"
    assert loggable("/verdicts/AbCdEf/photos/1") == "/verdicts/***"
    assert loggable("/api/v1/verdicts/AbCdEf") == "/api/v1/verdicts/***"
    assert loggable("/queue?text=Иванова") == "/queue"


def test_the_policy_lets_in_nothing_but_the_tile_server_that_is_set() -> None:
    assert "img-src 'self' data: blob: https://tiles.example;" in policy("https://tiles.example/{z}/{x}/{y}.png")
    assert "img-src 'self' data: blob:;" in policy("")
    assert "script-src 'self';" in policy("")


def test_a_fact_said_in_another_problem_is_not_shown_and_one_said_beside_both_is() -> None:
    date, phone, law = (
        {"kind": kind, "span": span} for kind, span in (("date", [2, 5]), ("phone", [12, 18]), ("law", [30, 34]))
    )
    assert own_facts([date, phone, law], own=[(0, 10)], others=[(10, 20)]) == [date, law]
    assert own_facts([phone, law], own=[(10, 20)], others=[(0, 10)]) == [phone, law]
