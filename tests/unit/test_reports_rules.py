"""The head's letter: what grows, what is said in words, when it comes out; charts and documents."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pypdfium2
import pytest

from api.reading.evidence import opened_again
from api.views.evidence import hidden
from indicators.charts import Band, Line, WeekChart
from indicators.reports.evidence import Case, Evidence, FileDigest, Step
from indicators.reports.evidence import as_pdf as evidence_pdf
from indicators.reports.growth import Counted, grown
from indicators.reports.letter import Ahead, Flow, GroupLine, GrownLine, Letter, Verdicts, of_json
from indicators.reports.ranks import ranked
from indicators.reports.rendering import as_html, as_pdf
from indicators.reports.schedule import parsed
from indicators.reports.words import change, sentences

ZONE = ZoneInfo("Asia/Omsk")
NOW = datetime(2026, 3, 2, 2, 30, tzinfo=UTC)
FLOW = Flow(120, 100, None)
LETTER = Letter(
    region_name="Городская область",
    first_day="2026-02-23",
    last_day="2026-03-01",
    came=Flow(121, 100, 60),
    solved=Flow(91, 80, None),
    answered=3,
    reopened=2,
    open=40,
    overdue=5,
    verdicts=Verdicts(12, 4.25, 1),
    groups=(GroupLine("Дороги <script>", Flow(80, 50, 30), 60, 5), GroupLine("Мусор", Flow(41, 50, 30), 31, 0)),
    grown=(GrownLine("Ямы #дорог", "Дороги", 40, 12.5),),
    worst=(),
    best=(),
    spots=(),
    rated=(),
    ahead=Ahead("model", 480.0, 400.0, 560.0, 470, (("Дороги", 300.0, 250),)),
    weeks=(("2026-02-16", 100, 50), ("2026-02-23", 121, 60)),
)


def pages_of(document: bytes) -> str:
    pdf = pypdfium2.PdfDocument(document)
    try:
        return "\n".join(pdf[number].get_textpage().get_text_range() for number in range(len(pdf)))
    finally:
        pdf.close()


def test_a_topic_that_trebles_is_named_and_chance_is_not() -> None:
    usual = [Counted(f"Тема {number}", "Г", 9, 40, 4) for number in range(40)]
    found = grown([*usual, Counted("Ямы", "Дороги", 36, 48, 4)])
    assert [(one.name, one.now, one.usual) for one in found] == [("Ямы", 36, 12.0)]


def test_few_problems_are_no_news_however_rare_they_were() -> None:
    assert grown([Counted("Редкое", "Г", 4, 0, 4)]) == []
    assert [one.name for one in grown([Counted("Новое", "Г", 12, 0, 4)])] == ["Новое"]


def test_of_topics_that_do_not_change_hardly_any_is_named() -> None:
    import numpy as np

    chance = np.random.default_rng(11)
    weeks = 0
    for _ in range(100):
        counts = chance.poisson(8, (60, 5))
        weeks += bool(grown([Counted(str(row), "Г", int(c[0]), int(c[1:].sum()), 4) for row, c in enumerate(counts)]))
    assert weeks <= 16  # one in ten in the mean, with the luck of a hundred weeks


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [(112, 100, "на 12\u00a0% больше"), (80, 100, "на 20\u00a0% меньше"), (102, 100, "столько же"),
     (210, 100, "вдвое больше"), (430, 100, "в 4,3 раза больше"), (0, 0, "столько же")],
)  # fmt: skip
def test_a_change_is_told_as_people_say_it(now: int, before: int, words: str) -> None:
    assert change(now, before) == words


def test_the_letter_begins_with_sentences_that_can_be_read_aloud() -> None:
    assert sentences(LETTER) == (
        "За неделю с\u00a023\u00a0февраля по\u00a01\u00a0марта поступила 121 проблема — на 21\u00a0% больше, "
        "чем неделей раньше, и вдвое больше, чем на той же неделе прошлого года.",
        "Решена 91 проблема, ещё 3 закрыты разъяснением; в работе остаётся 40, у 5 из них срок истёк.",
        "Заметно выросла тема «Ямы #дорог» (40 против обычных 12).",
        "Жители оценили 12 решений, средний балл — 4,2; «не решено» ответили 1 раз.",
        "На ближайшие четыре недели ожидается 480 проблем: столько же, сколько за прошедшие четыре.",
    )


def test_a_first_week_is_compared_with_nothing() -> None:
    first = replace(
        LETTER, came=Flow(5, 0, None), solved=Flow(0, 0, None), answered=0, grown=(), ahead=None, weeks=LETTER.weeks[:1]
    )
    told = sentences(first)
    assert told[0].endswith("поступило 5 проблем.")
    assert told[1].startswith("Решённых за неделю нет; в работе")
    assert not any("выросл" in sentence for sentence in told)
    assert "Что растёт" not in pages_of(as_pdf(replace(first, words=told), NOW, ZONE))


def test_a_topic_late_twice_of_two_is_not_worse_than_one_late_forty_times_of_fifty() -> None:
    worst, best = ranked(
        [("Две", "Г", 2, 2), ("Сорок", "Г", 50, 40), ("Хорошая", "Г", 100, 5), ("Средняя", "Г", 60, 20)]
    )
    assert worst[0].name == "Сорок"
    assert best[0].name == "Хорошая"
    assert "Две" not in {line.name for line in (*worst, *best)}


def test_a_letter_comes_out_when_its_hour_has_come_and_is_about_the_week_before() -> None:
    schedule = parsed({"weekday": 1, "at": "08:00", "to": ["p-head"]})
    assert schedule.week_due(datetime(2026, 3, 2, 1, 59, tzinfo=UTC), ZONE) is None  # 7:59 in Omsk
    assert schedule.week_due(datetime(2026, 3, 2, 2, 0, tzinfo=UTC), ZONE) == date(2026, 2, 23)
    assert schedule.week_due(datetime(2026, 3, 6, 9, 0, tzinfo=UTC), ZONE) == date(2026, 2, 23)
    with pytest.raises(ValueError, match="weekday"):
        parsed({"weekday": 8, "at": "08:00", "to": []})


def test_a_stored_letter_is_read_back_as_it_was() -> None:
    import orjson

    assert of_json(orjson.loads(orjson.dumps(LETTER.as_json()))) == LETTER


def test_the_pdf_says_what_the_letter_says_and_takes_no_words_for_markup() -> None:
    told = pages_of(as_pdf(LETTER, NOW, ZONE))
    assert "Неделя с 23 февраля по 1 марта 2026 года" in told.replace("\u00a0", " ")
    assert "Дороги <script>" in told
    assert "Ямы #дорог" in told
    assert "стр. 1 из" in told


def test_the_pdf_of_the_same_letter_is_the_same() -> None:
    assert as_pdf(LETTER, NOW, ZONE) == as_pdf(LETTER, NOW, ZONE)


def test_the_html_asks_nothing_from_outside_and_escapes_names() -> None:
    page = as_html(LETTER, NOW, ZONE, "https://otklik.example/reports/2026-02-23")
    assert "Дороги &lt;script&gt;" in page
    assert "<script" not in page
    assert "src=" not in page
    assert page.count("http") == 1  # the link to the product


def test_charts_are_whole_svg_with_gaps_where_nothing_is_known() -> None:
    weeks = [date(2026, 1, 5), date(2026, 1, 12), date(2026, 2, 2)]
    chart = WeekChart(
        "Дороги & улицы", weeks, [Line("было", [1.0, None, 3.0])], [Band("80", [None, 1, 2], [None, 3, 4])]
    )
    root = ElementTree.fromstring(chart.svg())
    assert root.findtext("{http://www.w3.org/2000/svg}title") == "Дороги & улицы"


def test_an_evidence_file_lists_cases_in_order_of_time_with_digests() -> None:
    case = Case(
        number="ГО-2026-0000001",
        topic="Ямы",
        place="Городок, Речная, д. 1",
        words="Яма *у* дома",
        why=["Заявитель возвращал проблему как нерешённую 2 раза."],
        steps=[Step(NOW, "Отчёт принят"), Step(NOW.replace(day=1), "Обращение принято")],
        photos=[],
        files=[FileDigest("Отчёт от 02.03.2026, файл 1 (после)", "ab" * 32, "cd" * 32)],
    )
    evidence = Evidence("Городская область", "ООО «Дорстрой»", date(2026, 1, 1), date(2026, 3, 31), 7, [case], 0)
    told = pages_of(evidence_pdf(evidence, NOW, ZONE))
    assert told.index("Обращение принято") < told.index("Отчёт принят")
    assert "Яма *у* дома" in told
    assert "ab" * 32 in told.replace("\r\n", "")
    assert "закрыл 7 проблем" in told


def test_what_leaves_the_house_names_no_author_in_any_case_and_no_phone() -> None:
    told = hidden(
        "Уважаемая Анна Петровна Сидорова! Сидоровой А. П. звонили по 8 913 555-12-34, кв. 17, anna@example.org.",
        "Сидорова Анна Петровна",
    )
    for piece in ("Анна", "Петровна", "Сидоров", "555", "17", "example"):
        assert piece not in told
    assert told.startswith("Уважаемая ●●●")


@pytest.mark.parametrize(
    "phone", ["8 (3812) 45-67-89", "8 (38151) 2-34-56", "+7 (3812) 456-789", "45-67-89", "234-56-78"]
)
def test_phones_of_towns_are_hidden_and_days_are_not(phone: str) -> None:
    assert hidden(f"Звоните {phone}, с 22-11-2026", "") == "Звоните ●●●, с 22-11-2026"


def test_a_name_is_hidden_with_either_letter() -> None:
    assert hidden("Сказали Петру и Артёму", "Пётр Артем") == "Сказали ●●● и ●●●"


@pytest.mark.parametrize(
    ("times", "by_authors", "told"),
    [
        (2, 2, "Заявитель возвращал проблему как нерешённую 2 раза."),
        (2, 0, "Проблему открывали снова 2 раза: ответ о её решении возвращал оператор."),
        (
            5,
            3,
            "Проблему открывали снова 5 раз: по словам заявителей — 3, потому что оператор возвращал ответ — 2.",
        ),
    ],
)
def test_evidence_does_not_call_an_operators_return_a_citizens_complaint(
    times: int, by_authors: int, told: str
) -> None:
    assert opened_again(times, by_authors) == told
