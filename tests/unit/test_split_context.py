"""What an appeal says once holds for each of its problems: the address, the house, how to reach the author."""

from __future__ import annotations

from models.facts import Fact, FactKind
from models.places import Place, PlaceLevel
from models.text import Span
from nlp.assemble import belongs, places_of

TEXT = "Живу на Мира 5, мой телефон 89131234567. Не горит фонарь. На Ленина 12 яма. И мусор не вывозят."


def spans_of(*pieces: str) -> tuple[Span, ...]:
    return tuple(Span(TEXT.index(piece), TEXT.index(piece) + len(piece)) for piece in pieces)


def house(street: str, number: str) -> Place:
    return Place(PlaceLevel.HOUSE, settlement="Омск", street=street, house=number, spans=spans_of(f"{street} {number}"))


HOME, PIT = house("Мира", "5"), house("Ленина", "12")


def test_a_problem_lies_at_the_place_named_last_before_it_if_it_names_none() -> None:
    assert places_of(spans_of("Не горит фонарь."), [HOME, PIT]) == (HOME, [])
    assert places_of(spans_of("На Ленина 12 яма."), [HOME, PIT]) == (PIT, [])
    assert places_of(spans_of("И мусор не вывозят."), [HOME, PIT]) == (PIT, [])


def test_a_problem_that_goes_on_after_another_keeps_the_place_of_its_first_piece() -> None:
    interrupted = spans_of("Живу на Мира 5, мой телефон 89131234567.", "И мусор не вывозят.")

    assert places_of(interrupted, [HOME, PIT]) == (HOME, [])


def test_one_trouble_at_two_houses_has_both_places() -> None:
    assert places_of((Span(0, len(TEXT)),), [HOME, PIT]) == (HOME, [PIT])


def test_every_problem_knows_how_to_reach_the_author_and_only_one_knows_the_number() -> None:
    [at] = spans_of("89131234567")
    phone = Fact(FactKind.PHONE, at, "89131234567", "+79131234567")
    count = Fact(FactKind.COUNT, HOME.spans[0], "5", "5 дом")
    one, two = spans_of("Живу на Мира 5, мой телефон 89131234567."), spans_of("Не горит фонарь.")

    assert belongs(phone, one)
    assert belongs(phone, two)
    assert belongs(count, one)
    assert not belongs(count, two)
