"""Places in a text: the ways in which people write addresses, and the words that only look like them."""

from __future__ import annotations

import pytest

from models.places import PlaceLevel
from tests.small_country import addresses, places

WRITTEN = [
    ("на самойловой 5 нет света", [("улица Самойловой", "5")]),
    ("Карла-Маркса 12 нет воды", [("проспект Карла Маркса", "12")]),
    ("на К. Маркса, 12", [("проспект Карла Маркса", "12")]),
    ("на Маркса темно", [("проспект Карла Маркса", "")]),
    ("пр ленина 45а яма во дворе", [("улица Ленина", "45а")]),
    ("10 лет Октября 15", [("улица 10 лет Октября", "15")]),
    ("на 10летия Октября яма", [("улица 10 лет Октября", "")]),
    ("3 Железнодорожная 15 лифт стоит", [("3-я Железнодорожная улица", "15")]),
    ("на 7-й Северной гололёд", [("7-я Северная улица", "")]),
    ("на седьмой северной гололёд", [("7-я Северная улица", "")]),
    ("по Северной 24-й не проехать", [("24-я Северная улица", "")]),
    ("Амурская 21-я, дом 4", [("21-я Амурская улица", "4")]),
    ("ул. Мира, между домами 5 и 7", [("улица Мира", "5"), ("улица Мира", "7")]),
    ("у дома 12 на улице Моторной", [("Моторная улица", "12")]),
    ("10 поликлиника на Моторной не отвечает", [("Моторная улица", "")]),
    ("дом 25 в планах на Лукашевича", [("улица Лукашевича", "25")]),
    ("Моторная 3, 5 и 7 без тепла", [("Моторная улица", "3"), ("Моторная улица", "5"), ("Моторная улица", "7")]),
    ("На ул. Худенко, возле дома №1, прорыв", [("улица Николая Худенко", "1")]),
    ("по улице 4-я Челюскинцев стая собак", [("4-я улица Челюскинцев", "")]),
    ("во 2-м переулке Воровского темно", [("2-й переулок Воровского", "")]),
    ("На улице Иртышская набережная 18", [("Иртышская набережная", "18")]),
    ("на 13 линии парит", [("13-я линия", "")]),
    ("в 14 военном городке холодно", [("14-й Военный городок", "")]),
    ("на Красном Пути затор", [("улица Красный Путь", "")]),
    ("на б. Архитекторов каток", [("бульвар Архитекторов", "")]),
    ("мамина сибиряка 6, подъезд 2", [("улица Мамина-Сибиряка", "6")]),
    ("Так же и на Кольском темно", [("Кольский проспект", "")]),
    ("Улицы Ленина, Мира и Победы не чистят", [("улица Ленина", ""), ("улица Мира", ""), ("улица Победы", "")]),
    ("НА УЛИЦЕ МОТОРНОЙ 5 ХОЛОДНО", [("Моторная улица", "5")]),
    ("НА УЛ. ТЕНИСТАЯ 5 ХОЛОДНО", [("Тенистая улица", "5")]),
    ("ЛУКАШЕВИЧА 5 ХОЛОДНО УЖЕ НЕДЕЛЮ", [("улица Лукашевича", "5")]),
    ("Лукашевича, д. 20 «а»", [("улица Лукашевича", "20а")]),
    ("ул Моторная, между 14 и 16 домом", [("Моторная улица", "14"), ("Моторная улица", "16")]),
    ("Михаила Бредова 7 без воды", [("улица Бредова", "7")]),
    ("ул. И. Франко, 3", [("улица И. Франко", "3")]),
    ("площадь Ильича завалена снегом", [("площадь Ильича", "")]),
    ("улица пархоминко 5", [("улица Пархоменко", "5")]),
    ("ул. Тенистая, д. 12", [("Тенистая улица", "12")]),
    ("на улице Героев Панфиловцев, 3", [("улица Героев Панфиловцев", "3")]),
]


@pytest.mark.parametrize(("text", "found"), WRITTEN)
def test_an_address_is_found_however_it_is_written(text: str, found: list[tuple[str, str]]) -> None:
    assert addresses(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "С Днём Победы вас, мира и добра!",
        "Хотим мира и победы над грязью",
        "Администрация города Светлограда бездействует",
        "УК Омская не отвечает на звонки",
        "Омская область богата снегом",
        "Видео от Кузнецова Анна Сергеевна",
        "спросите у депутата Кузнецова",
        "Советская школа была лучше",
        "по рабочей группе и советской власти",
        "В 2023 году подавал обращение № 4512, ответа нет, прошло 30 дней",
        "Чем ниже температура на улице. Тем холоднее дома",
        "на улице мороз 30 градусов",
        "жалоба на Ивана Бредова",
        "узкий проезд между домами",
        "СПАСИБО ЗА ЧИСТЫЙ ДВОР, ЖЕЛАЕМ МИРА И ПОБЕДЫ НАД ГРЯЗЬЮ",
        "ВОТ И ТАРА НЕ УБРАНА, СОВЕТСКАЯ ВЛАСТЬ УБИРАЛА",
        "",
    ],
)
def test_words_that_only_look_like_streets_are_left_alone(text: str) -> None:
    assert addresses(text) == []


def test_the_avenue_and_the_street_of_one_name_are_told_apart() -> None:
    assert addresses("пр. Мира 14") == [("проспект Мира", "14")]
    assert addresses("ул. Мира 14") == [("улица Мира", "14")]
    # said without the kind: the one that has the house, the other stays as an alternative
    (place,) = places("такая же история на мира 28а")
    assert (place.street, place.house, place.house_known) == ("проспект Мира", "28а", True)
    assert [other.street for other in place.alternatives] == ["улица Мира"]


def test_a_house_is_checked_against_the_gazetteer_and_takes_its_form() -> None:
    (place,) = places("Проспект Космический 20/2")
    assert (place.house, place.house_known) == ("20к2", True)
    assert (place.latitude, place.longitude) == (55.02, 73.41)
    (unknown,) = places("Космический проспект 21")
    assert (unknown.house, unknown.house_known) == ("21", False)
    assert (unknown.latitude, unknown.longitude) == (55.03, 73.42)
    assert unknown.level is PlaceLevel.HOUSE


def test_a_crossing_is_one_place() -> None:
    (place,) = places("На пересечении Ленина и Советской не горит светофор")
    assert place.level is PlaceLevel.CROSSING
    assert place.street == "улица Ленина / Советская улица"


def test_spans_cover_what_was_said() -> None:
    text = "Добрый день! В Таре на улице Советской, дом 75, холодно."
    (place,) = places(text)
    assert [span.of(text) for span in place.spans] == ["улице Советской, дом 75", "Таре"]
    assert (place.settlement, place.municipality) == ("Тара", "Тарский район")


def test_each_house_of_a_list_has_the_streets_span_and_its_own() -> None:
    text = "Волна жалоб: Моторная 3, 5"
    assert [[span.of(text) for span in place.spans] for place in places(text)] == [["Моторная 3"], ["Моторная", "5"]]


def test_a_street_is_looked_for_where_the_text_or_the_source_says() -> None:
    (named,) = places("Ленина 5, село Троицкое")
    (stated,) = places("Ленина 5", settlement="село Троицкое")
    (by_community,) = places("Ленина 5", community="Тара говорит")
    (by_default,) = places("Ленина 5")
    settlements = [place.settlement for place in (named, stated, by_community, by_default)]
    assert settlements == ["Троицкое", "Троицкое", "Тара", "Светлоград"]


def test_a_street_of_another_town_is_never_given_silently() -> None:
    (only,) = places("переулок Рабочий 3")
    assert only.settlement == "Тара"
    assert only.confidence < 0.8
    (guess,) = places("улица Молодёжная 3")
    assert guess.confidence < 0.5
    assert guess.alternatives


def test_an_address_in_a_town_without_that_street_stays_in_the_town() -> None:
    (place,) = places("село Троицкое, ул. Мира, 5")
    assert (place.settlement, place.street, place.house) == ("Троицкое", "улица Мира", "5")
    assert not place.house_known


@pytest.mark.parametrize(
    ("text", "city"),
    [("Пермь, ул. 1905 года, 8 - грязная вода", "Пермь"), ("ул. Мира возле 12 дома открытый люк, Сургут", "Сургут")],
)
def test_another_regions_address_is_not_put_into_this_region(text: str, city: str) -> None:
    (place,) = places(text)
    assert place.settlement == city
    assert (place.municipality, place.h3, place.latitude) == ("", "", None)


@pytest.mark.parametrize(
    ("text", "name", "level"),
    [
        ("на Московке воняет", "Московка", PlaceLevel.DISTRICT),
        ("мкр. Крутая горка без света", "Крутая Горка", PlaceLevel.DISTRICT),
        ("мкр-н 11 без света", "11-й микрорайон", PlaceLevel.DISTRICT),
        ("11 микрорайон, дом 5", "11-й микрорайон", PlaceLevel.HOUSE),
        ("СНТ Ромашка участок 55", "СНТ «Ромашка»", PlaceLevel.DISTRICT),
        ("1380 км, нет света", "1380-й километр", PlaceLevel.DISTRICT),
        ("ост. Мосты утонула", "остановка «Мосты»", PlaceLevel.DISTRICT),
    ],
)
def test_parts_of_a_town_are_places_too(text: str, name: str, level: PlaceLevel) -> None:
    (place,) = places(text)
    assert (place.street, place.level) == (name, level)


def test_a_stop_called_after_a_street_is_not_the_street_that_is_complained_of() -> None:
    assert addresses("На Моторной, у остановки «7-я Северная», яма")[0] == ("Моторная улица", "")
    assert all(street != "7-я Северная улица" for street, _ in addresses("На Моторной, у остановки 7-я Северная, яма"))


def test_settlements_are_read_in_every_case_and_common_words_are_not_settlements() -> None:
    assert [place.settlement for place in places("Когда починят дорогу от Тары до Троицкого?")] == ["Тара", "Троицкое"]
    assert places("Пустая тара у магазина, лесной воздух") == []


def test_a_text_without_a_place_falls_back_on_what_the_source_stated() -> None:
    (place,) = places("Холодно!", settlement="Тара")
    assert (place.level, place.settlement, place.spans) == (PlaceLevel.SETTLEMENT, "Тара", ())
    (place,) = places("Холодно!", municipality="Тарский муниципальный район")
    assert (place.level, place.municipality) == (PlaceLevel.MUNICIPALITY, "Тарский район")
    assert place.h3
    assert places("Холодно!") == []
    assert places("Холодно!", settlement="Париж", municipality="Иль-де-Франс") == []


def test_a_district_that_the_text_names_says_where_to_look() -> None:
    (place,) = places("В Тарском районе на Ленина 5 холодно")
    assert (place.settlement, place.municipality) == ("Тара", "Тарский район")
    (short,) = places("Тарский р-н, ул. Моторная, 5")  # the city's street is not meant
    assert (short.settlement, short.street, short.house_known) == ("Тара", "Моторная улица", False)


def test_a_village_that_the_gazetteer_lacks_keeps_its_addresses() -> None:
    (place,) = places("Тарский район, д. Приветная, ул. Молодёжная 5")
    assert (place.settlement, place.municipality) == ("Приветная", "Тарский район")
    assert (place.street, place.house) == ("Молодёжная улица", "5")


def test_a_number_that_counts_people_is_no_house() -> None:
    assert addresses("На Ленина 5 учеников упали") == [("улица Ленина", "")]


def test_a_house_of_a_village_without_streets_is_a_place() -> None:
    (known,) = places("с. Троицкое, дом 12")
    assert (known.settlement, known.house, known.level) == ("Троицкое", "12", PlaceLevel.HOUSE)
    assert known.h3
    (unknown,) = places("Пос. Титан, дом 8, течёт крыша")
    assert (unknown.settlement, unknown.house, unknown.h3) == ("Титан", "8", "")


def test_an_address_without_the_streets_kind_is_read_after_its_town() -> None:
    (place,) = places("Тара, Олимпийская, 24, подъезд 3")
    assert (place.settlement, place.street, place.house) == ("Тара", "Олимпийская улица", "24")


def test_a_stated_address_and_point_are_used_where_the_text_names_no_place() -> None:
    (place,) = places("Холодно!", settlement="Светлоград", street="пр. Мира", house="2")
    assert (place.street, place.house, place.house_known, place.spans) == ("проспект Мира", "2", True, ())
    (moved,) = places("Холодно!", street="пр. Мира", house="14", latitude="55.04", longitude="73.43")
    assert (moved.latitude, moved.longitude, moved.house) == (55.04, 73.43, "14")
    (point,) = places("Холодно!", latitude="57.0", longitude="74.0")
    assert (point.municipality, point.level, point.street) == ("Тарский район", PlaceLevel.DISTRICT, "")
    (contradicted,) = places("Холодно!", settlement="Светлоград", latitude="57.0", longitude="74.0")
    assert (contradicted.settlement, contradicted.latitude) == ("Светлоград", 55.0)


@pytest.mark.parametrize("latitude", ["", "north", "nan", "inf", "95", "48.85"])
def test_a_stated_point_outside_the_region_is_not_believed(latitude: str) -> None:
    assert places("Холодно!", latitude=latitude, longitude="2.35") == []


def test_a_bare_adjective_with_nothing_to_describe_is_a_street() -> None:
    assert addresses("Опять нет воды на моторной! Доколе?") == [("Моторная улица", "")]
    assert addresses("Опять нет воды на новой!") == []


def test_a_describing_adjective_in_small_letters_is_no_name() -> None:
    assert addresses("Почистите единственную центральную улицу") == []


@pytest.mark.parametrize(
    "text",
    [
        "Приезжайте в Омскую обл., 100 км от города",
        "получают подарки к Новому году",
        "сотрудники по Советскому району области",
        "у торгового центра «Советский» темно",
        "начисляться будет по среднему. Потом пересчитают",
    ],
)
def test_a_word_that_describes_something_else_is_no_street(text: str) -> None:
    assert addresses(text) == []


def test_two_streets_joined_by_a_sign_prove_one_another() -> None:
    found = addresses("Колонка замёрзла: Советская-Моторная")
    assert found == [("Советская улица", ""), ("Моторная улица", "")]


def test_a_surname_that_looks_like_an_adjective_is_a_street_after_a_preposition() -> None:
    assert addresses("Темно и на Чайковского") == [("улица Чайковского", "")]
    assert addresses("А что с отоплением на чайковского?") == [("улица Чайковского", "")]
