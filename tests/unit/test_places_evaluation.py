"""Measuring the place finder: what counts as right and what as wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.pack import PackError
from nlp.evaluate.places import evaluate_places, normal_house, same_house

STREETS = """district,settlement,street
Речной,Светлый г.,Моторная ул.
Речной,Светлый г.,Амурская 21-я ул.
Речной,Светлый г.,Карла Маркса пр.
Речной,Светлый г.,Николая Худенко ул.
Речной,Светлый г.,Большая Пороховая ул.
Речной,Светлый г.,реки Мойки наб.
Речной,Светлый г.,Франко ул.
"""


@pytest.fixture
def streets(tmp_path: Path) -> Path:
    path = tmp_path / "streets.csv"
    path.write_text(STREETS, encoding="utf-8")
    return path


def labelled(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "labelled.csv"
    path.write_text("\n".join(["text,settlement,street,house", *rows]) + "\n", encoding="utf-8")
    return path


def test_streets_and_houses_are_compared_by_their_normal_forms(tmp_path: Path, streets: Path) -> None:
    file = labelled(
        tmp_path,
        "На 21 Амурской 5а темно,Светлый,21-я Амурская улица,5А",
        "К.Маркса 12 корп. 2,Светлый,проспект Карла Маркса,12к2",
        "на Худенко 3 холодно,,улица Худенко,3",
    )
    figures = evaluate_places(file, streets=streets)
    assert (figures["n"], figures["street_recall"], figures["house_recall"], figures["wrong_share"]) == (3, 1, 1, 0)


def test_a_city_without_a_pack_is_read_by_its_streets_alone(tmp_path: Path, streets: Path) -> None:
    file = labelled(
        tmp_path,
        "на Б. Пороховой 5 нет света,,Большая Пороховая улица,5",
        "наб. Мойки 7 затопило,,набережная реки Мойки,7",
        '"ул. И. Франко, 3",,Франко ул.,3',
        "Я работаю на мойке и жалуюсь на Ивана Петрова,,,",
    )
    figures = evaluate_places(file, streets=streets)
    assert (figures["n"], figures["street_recall"], figures["house_recall"], figures["wrong_share"]) == (3, 1, 1, 0)


def test_every_row_of_a_text_is_an_address_that_it_names(tmp_path: Path, streets: Path) -> None:
    text = '"Моторная 5 и Карла Маркса 7 без света"'
    both = evaluate_places(
        labelled(tmp_path, f"{text},,Моторная улица,5", f"{text},,пр. Карла Маркса,7"), streets=streets
    )
    assert (both["n"], both["street_recall"], both["wrong_share"]) == (2, 1, 0)
    one = evaluate_places(labelled(tmp_path, f"{text},,Моторная улица,5"), streets=streets)
    assert (one["street_recall"], one["predicted"], one["wrong_share"]) == (1, 2, 0.5)


def test_a_street_found_where_none_is_labelled_is_wrong_but_not_among_the_labelled(
    tmp_path: Path, streets: Path
) -> None:
    figures = evaluate_places(labelled(tmp_path, "На Моторной темно,,,", "Спасибо за снег,,,"), streets=streets)
    assert (figures["n"], figures["wrong_share"], figures["wrong_share_labelled"]) == (0, 1, 0)


def test_rows_whose_street_the_text_does_not_name_are_counted_apart(tmp_path: Path, streets: Path) -> None:
    file = labelled(tmp_path, "Во дворе темно,,Моторная улица,5", "На Моторной темно,,Моторная улица,")
    figures = evaluate_places(file, streets=streets)
    assert (figures["n"], figures["street_recall"]) == (2, 0.5)
    assert (figures["in_text"]["n"], figures["in_text"]["street_recall"]) == (1, 1)


def test_a_house_has_one_normal_form_on_both_sides() -> None:
    assert normal_house("12 А") == "12а"
    assert same_house("20к2", normal_house("20/2"))
    assert not same_house("20", "20а")


def test_broken_input_is_one_clear_error(tmp_path: Path, streets: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("text,house\nа,1\n", encoding="utf-8")
    with pytest.raises(PackError, match="no column street"):
        evaluate_places(bad, streets=streets)
    with pytest.raises(PackError, match="no column district, settlement, street"):
        evaluate_places(labelled(tmp_path, "а,,,"), streets=bad)
    with pytest.raises(PackError, match="no row with a text"):
        evaluate_places(labelled(tmp_path), streets=streets)
    with pytest.raises(PackError, match="absent"):
        evaluate_places(tmp_path / "absent.csv", streets=streets)
    with pytest.raises(PackError, match="give one of them"):
        evaluate_places(labelled(tmp_path, "а,,,"))
    (tmp_path / "latin.csv").write_bytes("text,street,house\nМира,а,б\n".encode("cp1251"))
    with pytest.raises(PackError, match="latin"):
        evaluate_places(tmp_path / "latin.csv", streets=streets)


def test_a_file_may_list_streets_and_houses_in_one_row(tmp_path: Path, streets: Path) -> None:
    path = tmp_path / "listed.csv"
    rows = ["Моторная 5 и 7 темно,,Моторная,5|7", "Моторная 5 и К. Маркса 7,,Моторная|Карла Маркса,5|7", "Холод,,,"]
    path.write_text("\n".join(["text,settlements,streets,houses", *rows, ""]), encoding="utf-8")
    figures = evaluate_places(path, streets=streets)
    assert (figures["n"], figures["street_recall"], figures["n_house"], figures["house_recall"]) == (4, 1, 4, 1)
