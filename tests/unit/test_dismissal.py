"""A text is dismissed only where nothing in it sounds like a problem."""

from __future__ import annotations

import pytest

from models.analysis import Dismissal
from nlp.dismissal import dismiss
from nlp.words import words_of


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Спасибо большое дворникам, всё красиво!", Dismissal.THANKS),
        ("Благодарим бригаду, молодцы ребята", Dismissal.THANKS),
        ("Добрый день", Dismissal.TALK),
        ("👍👍👍", Dismissal.EMPTY),
        ("...", Dismissal.EMPTY),
        ("", Dismissal.EMPTY),
        ("Натяжные потолки недорого! Скидка 20 %, рассрочка, гарантия, звоните +7 900 000-00-00", Dismissal.SPAM),
        ("Идиоты вы все, клоуны", Dismissal.ABUSE),
    ],
)
def test_a_text_without_a_problem_is_dismissed_with_its_reason(text: str, reason: Dismissal) -> None:
    found, probability = dismiss(text, words_of(text))

    assert found is reason
    assert probability >= 0.8


@pytest.mark.parametrize(
    "text",
    [
        "Спасибо, что почистили дорогу, но тротуар так и стоит во льду",
        "Идиоты, опять нет воды на Мира 5",
        "Люк",
        "Сухая берёза",
        "Спасибо. Когда включат отопление?",
        "Магазин продаёт просрочку, скидка на гнильё, акция обман, цена не та, заказ не отдают, разберитесь",
        "Мира 5",
    ],
)
def test_thanks_and_abuse_never_hide_a_problem(text: str) -> None:
    found, probability = dismiss(text, words_of(text))

    assert found is None
    assert probability < 0.5


def test_names_of_accounts_and_tags_are_not_the_author_s_words() -> None:
    text = "[id1|Нет Воды], спасибо! #проблема"

    assert dismiss(text, words_of(text))[0] is Dismissal.THANKS
