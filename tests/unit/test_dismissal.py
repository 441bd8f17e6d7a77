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
        ("Спасибо за новую детскую площадку на Мира 5!", Dismissal.THANKS),
        ("Огромная благодарность дворникам за чистый двор", Dismissal.THANKS),
        ("Двор почистили, спасибо бригаде", Dismissal.THANKS),
        ("Поздравляю всех с Новым годом", Dismissal.TALK),
        ("Желаем всем здоровья, счастья и благополучия!", Dismissal.TALK),
        ("Кредит онлайн за 5 минут, жми www.spam.ru", Dismissal.SPAM),
        ("Покупайте наших слонов! Скидки 50%, звоните", Dismissal.SPAM),
        ("Заработок на дому, пиши в ЛС", Dismissal.SPAM),
        ("Подписывайтесь на наш канал @kanal, розыгрыш призов", Dismissal.SPAM),
        ("Полностью поддерживаю!", Dismissal.TALK),
        ("Читаю и смеюсь, вот это шутка", Dismissal.TALK),
        ("Дом покрасили, большое спасибо", Dismissal.THANKS),
        ("Отопление дали, благодарю", Dismissal.THANKS),
        ("Вопрос решили, спасибо", Dismissal.THANKS),
        ("Продам диван, недорого, самовывоз", Dismissal.SPAM),
        ("Требуются грузчики, оплата ежедневно, звоните", Dismissal.SPAM),
        ("Бездельники", Dismissal.ABUSE),
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
        "Согласна, у нас так же",
        "И так каждый день",
        "Поддерживаю, опять темно",
        "Продам лыжи, снег у дома не чистят, дорого обходится",
        "Отдам в добрые руки стаю, дети боятся",
        "Воду дали ржавую, спасибо",
        "Спасибо за внимание, двор тонет",
        "Красота, погода шепчет, двор в воде",
        "Дворы забыли, дармоеды",
        "Сухая берёза",
        "Спасибо. Когда включат отопление?",
        "Магазин продаёт просрочку, скидка на гнильё, акция обман, цена не та, заказ не отдают, разберитесь",
        "Мира 5",
        "Спасибо большое, дождались",
        "Спасибо большое за снег во дворе",
        "Спасибо за «чистый» двор",
        "Спасибо за тьму во дворе",
        "Убрали лавочки, спасибо",
        "Спасибо за ремонт! Асфальт уже провалился",
        "Спасибо за вашу работу, пылища кругом",
        "Новая площадка ржавая, спасибо за заботу",
        "Убрать снег. Большое спасибо",
        "Покрасьте лавку во дворе. Спасибо большое",
        "Берёзовая 2б Большое спасибо",
        "Спасибо за площадку, когда поставите качели",
        "С Новым годом! Сидим в темноте",
        "Поздравляю, утонули",
        "Заработок копеечный, звоните в министерство",
        "Кредит оформили мошенники, жми www.bank.ru, скидка 5 %",
        "На Лесной парит из-под земли. Подпишись t.me/kanal, розыгрыш призов",
    ],
)
def test_thanks_wishes_advertising_and_abuse_never_hide_a_problem(text: str) -> None:
    found, probability = dismiss(text, words_of(text))

    assert found is None
    assert probability < 0.5


def test_names_of_accounts_and_tags_are_not_the_author_s_words() -> None:
    text = "[id1|Нет Воды], спасибо! #проблема"

    assert dismiss(text, words_of(text))[0] is Dismissal.THANKS
