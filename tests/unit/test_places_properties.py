"""The place finder on any text at all: no crash, spans inside the text, time linear in its length."""

from __future__ import annotations

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from models.places import PlaceLevel
from nlp.words import words_of
from tests.small_country import finder, gazetteer, places

PIECES = [
    *"ул. улица пр-т Ленина Карла-Маркса мира на по дом д. № 12 12а 12/1 корп. 7-й Северной 10 лет Октября , и".split(),
    *"- . « » остановка мкр СНТ км 1380 Пермь Тара село Троицкое пересечение к б. 🚌 ПОБЕДЫ privet ghbdtn".split(),
    *"4-я Челюскинцев 0 ² Ⅷ ١٢ \n \u202e \u200d 𗀀".split(" "),
]


def check(text: str) -> None:
    found = places(text)
    assert all(place.spans for place in found)
    starts = [place.spans[0].start for place in found]
    assert starts == sorted(starts)
    for place in found:
        assert all(0 <= span.start < span.end <= len(text) for span in place.spans)
        assert 0 <= place.confidence <= 1
        assert isinstance(place.level, PlaceLevel)
        assert (place.latitude is None) == (place.longitude is None) == (place.h3 == "")


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_any_unicode_is_survived(text: str) -> None:
    check(text)


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25), st.sampled_from([" ", "", "  "]))
def test_any_heap_of_address_words_is_survived(pieces: list[str], glue: str) -> None:
    check(glue.join(pieces))


def test_every_street_of_the_gazetteer_is_found_by_its_official_name() -> None:
    for street in gazetteer().streets:
        settlement = gazetteer().settlements[street.settlement]
        text = f"{settlement.kind} {settlement.name}, {street.name.official}, дом 3"
        found = {(place.settlement, place.street, place.house) for place in places(text)}
        assert (settlement.name, street.name.official, "3") in found, text


def seconds(text: str) -> float:
    words = words_of(text)
    started = time.process_time()
    finder().find(text, words, {})
    return time.process_time() - started


def test_time_is_linear_in_the_length_of_the_text() -> None:
    sentence = "На ул. Ленина у дома 5 и на Моторной, 7 яма, в Таре на Советской тоже, у остановки «Мира» темно. "
    places(sentence)
    short, long = (min(seconds(sentence * times) for _ in range(3)) for times in (100, 800))
    assert long < 8 * short * 3
