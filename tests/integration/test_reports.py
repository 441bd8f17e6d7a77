"""What comes every week, as heads get it: forecast and letter made once, e-mailed once, shown; evidence for a claim."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import httpx
import psycopg
import pypdfium2
import pytest
from openpyxl import load_workbook

from api.drawing import drawing
from api.security.forms import SESSION_COOKIE
from api.security.users import Role
from indicators.forecast import store as forecasts
from indicators.forecast import weekly
from indicators.reports import store
from indicators.reports.composing import compose
from indicators.reports.due import anything_to_make, anything_to_send
from indicators.reports.mails import RETRY, send_next
from indicators.reports.rated import bodies
from indicators.reports.schedule import schedule_of
from indicators.rows import Region
from indicators.stage import count_terms, project
from models.message import Author
from models.pack import RegionPack
from otklik.letters import make_due
from otklik.smtp import Smtp
from tests.fact_rows import fact, many
from tests.mail_server import Mailbox
from tests.ratings import work
from tests.town import NOW, REGION, Town

MONDAY = date(2026, 2, 23)
"""Of the week that is over at NOW, which is the Monday after it."""


def weeks_of_facts(connection: psycopg.Connection[Any], region: str, weeks: int = 14) -> None:
    """Roads and rubbish for some weeks to the one that is over."""
    first = MONDAY - timedelta(weeks=weeks - 1)
    many(connection, region, ((first + timedelta(weeks=week), "Дороги", 4 + week % 3) for week in range(weeks)))
    many(connection, region, ((first + timedelta(weeks=week, days=3), "Мусор", 2) for week in range(weeks)))


def pages_of(document: bytes) -> str:
    pdf = pypdfium2.PdfDocument(document)
    try:
        return "\n".join(pdf[number].get_textpage().get_text_range() for number in range(len(pdf)))
    finally:
        pdf.close()


def opened(client: httpx.Client, place: Town, role: Role, path: str) -> httpx.Response:
    client.cookies.set(SESSION_COOKIE, place.token(place.person(role)))
    return client.get(path)


def test_forecast_and_letter_of_a_week_are_made_once_and_go_to_each_person_once(
    connection: psycopg.Connection[Any], pack: RegionPack, smtp: Smtp, mailbox: Mailbox
) -> None:
    weeks_of_facts(connection, pack.id)
    connection.execute("UPDATE executors SET email = 'head@example.org' WHERE code = 'p-governor'")
    schedule = schedule_of(pack)
    assert anything_to_make(connection, pack.id, pack.zone, schedule, NOW)
    assert make_due(connection, pack, NOW) == 2
    assert not anything_to_make(connection, pack.id, pack.zone, schedule, NOW)
    assert make_due(connection, pack, NOW + timedelta(days=2)) == 0
    assert anything_to_send(connection, NOW)

    assert send_next(connection, NOW, smtp, "https://otklik.example", lambda _: pack.zone)
    assert not send_next(connection, NOW, smtp, "https://otklik.example", lambda _: pack.zone)
    [letter] = mailbox.taken
    assert letter["To"] == "head@example.org"
    assert letter["Subject"].startswith("Омская область: неделя с")
    [attached] = letter.iter_attachments()
    assert "Что впереди" in pages_of(attached.get_content())
    html = letter.get_body(("html",))
    assert html is not None
    assert "https://otklik.example/reports/2026-02-23" in html.get_content()


def weeks_kept(connection: psycopg.Connection[Any]) -> list[date]:
    return [row[0] for row in connection.execute("SELECT week FROM letters ORDER BY week").fetchall()]


def test_letters_of_weeks_in_which_nobody_made_them_are_made_later_each_once_and_say_so(
    connection: psycopg.Connection[Any], pack: RegionPack, smtp: Smtp, mailbox: Mailbox
) -> None:
    weeks_of_facts(connection, pack.id)
    connection.execute("UPDATE executors SET email = 'head@example.org' WHERE code = 'p-governor'")
    make_due(connection, pack, NOW)
    later = NOW + timedelta(weeks=3)
    assert anything_to_make(connection, pack.id, pack.zone, schedule_of(pack), later)
    make_due(connection, pack, later)
    assert weeks_kept(connection) == [MONDAY + number * timedelta(weeks=1) for number in range(4)]
    assert not anything_to_make(connection, pack.id, pack.zone, schedule_of(pack), later)
    assert make_due(connection, pack, later) == 0

    while send_next(connection, later, smtp, "https://otklik.example", lambda _: pack.zone):
        pass
    subjects = sorted(letter["Subject"].partition(": ")[2].replace("\u00a0", " ") for letter in mailbox.taken)
    assert subjects == [
        "неделя с 16 по 22 марта 2026 года",
        "неделя с 2 по 8 марта 2026 года (письмо с опозданием)",
        "неделя с 23 февраля по 1 марта 2026 года",
        "неделя с 9 по 15 марта 2026 года (письмо с опозданием)",
    ]
    late = next(letter for letter in mailbox.taken if "по\u00a015" in letter["Subject"])
    text = late.get_body(("plain",))
    assert text is not None
    assert "Письмо составлено с опозданием, 23 марта 2026 года: сколько проблем в работе" in text.get_content()


def test_letters_are_made_up_for_twelve_weeks_and_none_before_the_first(
    connection: psycopg.Connection[Any], pack: RegionPack
) -> None:
    weeks_of_facts(connection, pack.id, weeks=40)
    make_due(connection, pack, NOW)
    assert weeks_kept(connection) == [MONDAY]  # a region that imports its history wants no letters about it
    make_due(connection, pack, NOW + timedelta(weeks=30))
    assert weeks_kept(connection) == [MONDAY, *(MONDAY + number * timedelta(weeks=1) for number in range(19, 31))]


def test_a_letter_that_no_server_takes_is_tried_again_and_then_listed(
    connection: psycopg.Connection[Any], pack: RegionPack, smtp: Smtp, mailbox: Mailbox
) -> None:
    weeks_of_facts(connection, pack.id)
    connection.execute("UPDATE executors SET email = 'head@example.org' WHERE code = 'p-governor'")
    make_due(connection, pack, NOW)
    mailbox.refuse = "451 head@example.org is asleep"
    now = NOW
    for wait in (*RETRY, timedelta()):
        assert send_next(connection, now, smtp, "", lambda _: pack.zone)
        assert not send_next(connection, now, smtp, "", lambda _: pack.zone)
        now += wait
    rows = connection.execute("SELECT state, attempts, error FROM letter_mails").fetchall()
    assert rows == [("failed", len(RETRY) + 1, "SMTPDataError 451")]  # why, without the address


def test_the_letter_counts_its_week_beside_the_one_before(
    connection: psycopg.Connection[Any], pack: RegionPack
) -> None:
    many(connection, pack.id, [(MONDAY - timedelta(weeks=2), "Дороги", 1), (MONDAY - timedelta(days=1), "Дороги", 4)])
    many(connection, pack.id, [(MONDAY, "Дороги", 3), (MONDAY + timedelta(days=6), "Мусор", 2)])
    many(connection, pack.id, [(MONDAY + timedelta(days=7), "Мусор", 9)])
    fact(connection, pack.id, MONDAY, state="dismissed")
    fact(connection, pack.id, MONDAY - timedelta(weeks=1), state="solved", closed_day=MONDAY, closed_by="omsk-city")
    letter = compose(connection, pack.id, pack.name, pack.zone, MONDAY)
    assert letter is not None
    assert (letter.came.week, letter.came.previous, letter.came.last_year) == (5, 5, None)
    assert letter.solved.week == 1
    assert {line.name: line.came.week for line in letter.groups} == {"Дороги": 3, "Мусор": 2}
    assert compose(connection, pack.id, pack.name, pack.zone, MONDAY - timedelta(weeks=9)) is None


@pytest.fixture
def with_forecast(place: Town) -> Town:
    with place.connection() as connection:
        weeks_of_facts(connection, REGION)
        assert weekly.make(connection, REGION, place.pack.zone, lambda _: 5, NOW)
        letter = compose(connection, REGION, place.pack.name, place.pack.zone, MONDAY)
        assert letter is not None
        store.save(connection, REGION, letter, NOW)
    return place


def test_the_forecast_is_shown_with_its_error_and_given_as_a_file(client: httpx.Client, with_forecast: Town) -> None:
    page = opened(client, with_forecast, Role.GOVERNOR, "/forecast")
    assert page.status_code == 200, page.text
    assert "<svg" in page.text
    assert "ошиба" in page.text
    one = client.get("/forecast", params={"group": "Дороги"})
    assert "Дороги" in one.text
    book = load_workbook(BytesIO(client.get("/forecast?format=xlsx").content))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert rows[1][:2] == ("Все группы", "Все муниципалитеты")
    assert (len(rows) - 1) % 12 == 0


def test_the_forecast_is_in_the_json_and_its_history_too(client: httpx.Client, with_forecast: Town) -> None:
    head = {"authorization": f"Bearer {with_forecast.token(with_forecast.person(Role.GOVERNOR))}"}
    told = client.get("/api/v1/forecast", params={"group": "", "municipality": ""}, headers=head).json()["forecast"]
    assert told["first_week"] == "2026-03-02"
    [whole] = told["rows"]
    assert len(whole["weeks"]) == 12
    assert client.get("/api/v1/forecast/history", headers=head).json() == {"items": []}
    with with_forecast.connection() as connection:
        kept = forecasts.latest(connection, REGION)
        assert kept is not None
        assert not weekly.make(connection, REGION, with_forecast.pack.zone, lambda _: 5, NOW + timedelta(days=1))


def test_letters_are_listed_opened_and_given_as_pdf(client: httpx.Client, with_forecast: Town) -> None:
    page = opened(client, with_forecast, Role.GOVERNOR, "/reports")
    assert "Неделя 23" in page.text
    assert client.get("/reports/2026-02-23").status_code == 200
    given = client.get("/reports/2026-02-23/letter.pdf")
    assert given.headers["content-type"] == "application/pdf"
    assert "По группам тем" in pages_of(given.content)
    assert "Письма за эту неделю нет" in client.get("/reports/2026-02-16").text  # what it would say now
    assert client.get("/reports/2020-02-17").status_code == 404


def failing_town(place: Town) -> list[str]:
    """Three problems of the roads that failed in three ways, and one that did not; numbers of the first three."""
    day = NOW.date() - timedelta(days=40)
    author = Author(name="Сидорова Анна Петровна", phone="+79135551234")
    numbers = []
    for marks in ({"reopenings": 2}, {"confirmed_flags": 1}, {"state": "solved", "cell": "8911aa0000fffff"}, {}):
        appeal = place.appeal("Яма на Речной. Сидорова Анна, 8 913 555-12-34", author=author)
        [problem] = place.analyse(appeal, "Яма на Речной. Сидорова Анна, 8 913 555-12-34", privacy=["Сидорова Анна"])
        with place.connection() as connection:
            closed = {"state": "solved", "closed_by": "roads", "closed_day": day + timedelta(days=5)}
            fact(connection, REGION, day, **{"problem_id": problem, "appeal_id": appeal, **closed, **marks})
            numbers += [row[0] for row in connection.execute("SELECT number FROM appeals WHERE id = %s", [appeal])]
    with place.connection() as connection:
        fact(connection, REGION, day + timedelta(days=30), cell="8911aa0000fffff")
        connection.execute(
            """INSERT INTO verdicts (id, region_id, problem_id, stage, score, solved, words, via, given_at)
               SELECT gen_random_uuid(), region_id, problem_id, stage, 1, false, %s, 'link', %s
               FROM problem_facts, generate_series(0, 1) AS stage WHERE reopenings = 2""",
            ["Звоните Сидоровой: 8 913 555-12-34", NOW],
        )
    return numbers


def test_an_executor_with_three_failed_problems_is_named_with_evidence_that_hides_the_citizens(
    client: httpx.Client, place: Town
) -> None:
    numbers = failing_town(place)
    page = opened(client, place, Role.GOVERNOR, "/reports/contractors")
    assert page.status_code == 200, page.text
    assert "Департамент транспорта" in page.text
    assert "Региональный оператор" not in page.text
    told = pages_of(client.get("/reports/contractors/roads/evidence.pdf").content)
    assert [number in told for number in numbers] == [True, True, True, False]
    assert "возвращал проблему как нерешённую 2 раза" in told.replace("\r\n", " ").replace("\u00a0", " ")
    for personal in ("Сидоров", "Анна", "555"):
        assert personal not in told
    assert client.get("/reports/contractors/nobody/evidence.pdf").status_code == 404


def test_two_documents_are_drawn_at_once_and_who_comes_third_is_told_when_to_come_back(
    client: httpx.Client, place: Town
) -> None:
    path = "/reports/contractors/roads/evidence.pdf"
    client.cookies.set(SESSION_COOKIE, place.token(place.person(Role.GOVERNOR)))
    with drawing(), drawing():
        busy = client.get(path)
        assert (busy.status_code, busy.headers["retry-after"]) == (429, "20")
        assert "подождите 20 секунд и откройте файл ещё раз" in busy.text
    assert client.get(path).status_code == 200


def test_lists_are_given_as_files_with_what_is_hidden_on_screen_hidden(client: httpx.Client, place: Town) -> None:
    appeal = place.appeal("=Яма на Речной, звонить 55-55-55")
    place.analyse(appeal, "=Яма на Речной, звонить 55-55-55", privacy=["55-55-55"])
    full = opened(client, place, Role.OPERATOR, "/queue?format=csv").content.decode("utf-8-sig")
    assert "'=Яма на Речной, звонить 55-55-55" in full
    assert client.get("/queue?format=xlsx&state=all").content[:2] == b"PK"
    with place.connection() as connection:
        connection.execute(
            """INSERT INTO assignments (id, region_id, problem_id, executor_id, assigned_by, reason, assigned_at)
               SELECT gen_random_uuid(), p.region_id, p.id, e.id, 'machine', '', %s FROM problems p, executors e
               WHERE e.code = 'roads'""",
            [NOW],
        )
        connection.execute("UPDATE problems SET state = 'assigned'")
    client.cookies.set(SESSION_COOKIE, place.token(place.person(Role.EXECUTOR, executor="roads")))
    own = client.get("/assignments?format=csv").content.decode("utf-8-sig")
    assert "Яма на Речной" in own
    assert "55-55-55" not in own
    for path in ("/notices", "/instructions"):
        assert client.get(f"{path}?format=csv").content.startswith(b"\xef\xbb\xbf")
    client.cookies.set(SESSION_COOKIE, place.token(place.person(Role.GOVERNOR)))
    for path in ("/overview", "/incidents", "/ratings", "/reports/contractors"):
        assert client.get(f"{path}?format=xlsx").content[:2] == b"PK", path
    assert client.get("/queue?format=csv").status_code == 403


def test_the_letter_names_both_ends_of_the_ratings(place: Town) -> None:
    chance = random.Random(5)
    lives = [*work("roads", 30, 0.6, chance=chance), *work("waste", 30, 0.05, chance=chance)]
    for number in range(10):
        lives += work(f"body-{number}", 25, 0.3, topic=("01.001", "02.001")[number % 2], chance=chance)
    with place.connection() as connection:
        project(connection, [each for life in lives for each in life.problems], lambda _: Region(place.pack))
        count_terms(connection, [each for life in lives for each in life.clocks], lambda _: Region(place.pack))
        rated = bodies(connection, place.pack, date(2026, 11, 15))
    assert len(rated) == 8  # four at each end of twelve
    assert (rated[0].name, rated[-1].name) == ("Региональный оператор", "Департамент транспорта")
    assert all(line.low <= line.score <= line.high for line in rated)


def test_a_week_becomes_due_for_no_region_that_knows_nothing(
    connection: psycopg.Connection[Any], pack: RegionPack
) -> None:
    schedule = schedule_of(pack)
    assert not anything_to_make(connection, pack.id, pack.zone, schedule, datetime(2026, 3, 2, 9, tzinfo=UTC))
    fact(connection, pack.id, date(2026, 3, 2))
    assert not anything_to_make(connection, pack.id, pack.zone, schedule, datetime(2026, 3, 2, 9, tzinfo=UTC))
