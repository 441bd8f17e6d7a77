"""The pages in a real browser: what a citizen and an operator do, on a desktop and on a phone."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from api.links import link_path
from api.security.forms import SESSION_COOKIE
from api.security.users import Role
from tests.integration.test_api_citizen import photo
from tests.town import PASSWORD, Town, executor_id, town
from tests.web_server import served

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
on_both = pytest.mark.parametrize("page", [DESKTOP, PHONE], ids=["desktop", "phone"], indirect=True)
TEXT = "Яма на Речной у дома 5.\r\nФонарь 🔦 не горит у школы. Звоните 89001112233"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is missing: the pages were NOT tested. Install it: apt-get install chromium")
        pytest.skip("CHROMIUM IS MISSING, THE PAGES WERE NOT TESTED: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def place(database_url: str, tmp_path: Path) -> Iterator[Town]:
    with town(database_url, tmp_path) as made:
        yield made


@pytest.fixture
def address(place: Town) -> Iterator[str]:
    with served(place.app) as address:
        yield address


@pytest.fixture
def page(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    """A page of a fresh browser; an error of a script fails the test."""
    context = browser.new_context(viewport=getattr(request, "param", DESKTOP), base_url=address, locale="ru-RU")
    page = context.new_page()
    page.set_default_timeout(15_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if "Content Security" in message.text else None)
    yield page
    context.close()
    assert errors == []


def assert_fits(page: Page) -> None:
    """Nothing sticks out to the right, so that nobody has to scroll sideways."""
    page.wait_for_load_state()
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0


def assert_labelled(page: Page) -> None:
    """Every control has a name that a screen reader says, and the page has one heading of the first level."""
    nameless = page.evaluate(
        """[...document.querySelectorAll('input:not([type=hidden]), select, textarea, button')]
            .filter((one) => !(one.labels?.length || one.textContent.trim() || one.getAttribute('aria-label')))
            .map((one) => one.outerHTML)"""
    )
    assert nameless == []
    assert page.locator("h1").count() == 1
    assert page.locator("html").get_attribute("lang") == "ru"


def sign_in(page: Page, place: Town, role: Role, executor: str = "") -> None:
    page.goto("/login")
    page.get_by_label("Логин").fill(place.person(role, executor=executor))
    page.get_by_label("Пароль").fill(PASSWORD)
    page.get_by_role("button", name="Войти").click()


@on_both
def test_a_citizen_writes_by_the_keyboard_and_gets_a_number(page: Page, place: Town, tmp_path: Path) -> None:
    picture = tmp_path / "яма.jpg"
    picture.write_bytes(photo())
    page.goto("/")
    assert_fits(page)
    assert_labelled(page)
    page.get_by_label("Что случилось").focus()
    page.keyboard.type("Яма на Речной, объезжаем по тротуару")
    page.keyboard.press("Tab")
    page.keyboard.type("Городок")
    page.get_by_label("Фотографии").set_input_files(picture)
    expect(page.get_by_text("яма.jpg")).to_be_visible()
    page.get_by_role("button", name="Отправить").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("ГО-2026-")
    assert_fits(page)
    assert_labelled(page)
    assert place.rows("SELECT text, stated FROM appeals") == [
        ("Яма на Речной, объезжаем по тротуару", {"settlement": "Городок"})
    ]
    assert place.rows("SELECT count(*) FROM attachments") == [(1,)]


def test_a_double_click_sends_one_appeal(page: Page, place: Town) -> None:
    page.goto("/")
    page.get_by_label("Что случилось").fill("Не вывозят мусор")
    page.get_by_role("button", name="Отправить").dblclick()
    expect(page.get_by_role("heading", level=1)).to_contain_text("ГО-2026-")
    assert place.rows("SELECT count(*) FROM appeals") == [(1,)]


def test_a_click_on_the_map_marks_the_place(page: Page, place: Town) -> None:
    page.goto("/")
    page.get_by_label("Что случилось").fill("Яма")
    page.get_by_text("Показать на карте").click()
    map_drawn = page.locator("[data-map].leaflet-container")
    expect(map_drawn).to_contain_text("Городок")
    map_drawn.click(position={"x": 120, "y": 120})
    expect(page.get_by_role("button", name="Убрать отметку")).to_be_visible()
    page.get_by_role("button", name="Отправить").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("ГО-2026-")
    stated = place.rows("SELECT stated FROM appeals")[0][0]
    assert 54 < float(stated["latitude"]) < 56
    assert 73 < float(stated["longitude"]) < 74


@on_both
def test_the_status_page_changes_by_itself_when_the_machine_has_read_the_appeal(page: Page, place: Town) -> None:
    appeal = place.appeal("Яма на Речной")
    number = place.rows("SELECT number FROM appeals")[0][0]
    page.goto(link_path(place.context.secret, number, appeal))
    expect(page.get_by_text("Сейчас его читает программа")).to_be_visible()
    place.analyse(appeal, "Яма на Речной")
    expect(page.get_by_text("мы увидели 1 проблему")).to_be_visible(timeout=20_000)


@on_both
def test_an_operator_accepts_the_guess_and_takes_it_back(page: Page, place: Town) -> None:
    problem = place.analyse(place.appeal(TEXT), TEXT, urgency=5, urgency_reasons=["дети рядом"])[0]
    place.clock(problem, "route", timedelta(minutes=34))
    sign_in(page, place, Role.OPERATOR)
    expect(page.get_by_role("heading", level=1)).to_have_text("Очередь")
    expect(page.get_by_text("осталось 34 мин")).to_be_visible()
    assert_fits(page)
    assert_labelled(page)
    page.get_by_role("link", name="Ямы на дорогах").click()
    expect(page.locator("mark")).not_to_have_count(0)
    assert_fits(page)
    assert_labelled(page)
    page.get_by_role("button", name="Передать — Департамент транспорта").click()
    expect(page.locator("article .state")).to_have_text("у исполнителя")
    assert place.rows("SELECT executor_id FROM assignments WHERE ended_at IS NULL") == [(executor_id("roads"),)]
    page.get_by_role("button", name="Отменить").click()
    expect(page.locator("article .state")).to_have_text("ждёт оператора")


def test_an_operator_selects_words_and_makes_them_a_problem(page: Page, place: Town) -> None:
    place.analyse(place.appeal(TEXT), TEXT, privacy=["89001112233"])
    sign_in(page, place, Role.OPERATOR)
    page.get_by_role("link", name="Ямы на дорогах").click()
    page.get_by_text("Разделить", exact=True).click()
    page.evaluate(
        """() => {
            const text = document.querySelector('[data-appeal-text]');
            const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
            for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                const at = node.data.indexOf('Фонарь');
                if (at < 0) continue;
                const end = node.data.indexOf('школы') + 'школы'.length;
                getSelection().setBaseAndExtent(node, at, node, end);
            }
        }"""
    )
    expect(page.locator("[data-chosen]")).to_contain_text("Фонарь 🔦 не горит у школы")
    page.get_by_label("Тема новой проблемы").select_option(label="Не горят фонари")
    page.get_by_role("button", name="Выделить в отдельную проблему").click()
    expect(page.locator("article")).to_have_count(2)
    spans = place.rows("SELECT spans FROM problems WHERE ordinal = 1")[0][0]
    assert [TEXT[start:end] for start, end in spans] == ["Фонарь 🔦 не горит у школы"]


def test_two_operators_do_not_overwrite_one_another(page: Page, place: Town) -> None:
    problem = place.analyse(place.appeal(TEXT), TEXT)[0]
    sign_in(page, place, Role.OPERATOR)
    page.get_by_role("link", name="Ямы на дорогах").click()
    with place.connection() as connection:
        connection.execute("UPDATE problems SET version = version + 1, urgency = 4 WHERE id = %s", (problem,))
    page.get_by_text("Снять", exact=True).click()
    page.get_by_label("Почему здесь нет проблемы").fill("повтор")
    page.get_by_role("button", name="Снять проблему").click()
    expect(page.get_by_role("alert")).to_contain_text("изменил кто-то другой")
    assert place.rows("SELECT state FROM problems") == [("queued",)]


@on_both
def test_an_operator_returns_a_dismissed_appeal(page: Page, place: Town) -> None:
    appeal = place.appeal("Спасибо за горку, но она сломана")
    with place.connection() as connection:
        connection.execute("UPDATE appeals SET state = 'dismissed', dismissal = 'thanks' WHERE id = %s", (appeal,))
    sign_in(page, place, Role.OPERATOR)
    page.get_by_text("Ещё", exact=True).click()
    page.get_by_role("link", name="Без проблемы").click()
    assert_fits(page)
    page.get_by_role("button", name="Здесь есть проблема").click()
    expect(page.get_by_text("Программа ещё читает это обращение")).to_be_visible()
    assert place.rows("SELECT state FROM appeals") == [("accepted",)]


def test_the_filters_narrow_the_queue_and_survive_in_the_address(page: Page, place: Town) -> None:
    place.analyse(place.appeal("Яма на Речной"), "Яма на Речной")
    place.analyse(place.appeal("Баки полны"), "Баки полны", topic_code="02.001", group_name="Мусор")
    sign_in(page, place, Role.OPERATOR)
    expect(page.locator(".problem-card")).to_have_count(2)
    page.wait_for_load_state()  # the script that sends the form at a choice has run then
    page.get_by_label("Группа").select_option("Мусор")
    expect(page.locator(".problem-card")).to_have_count(1)
    expect(page.get_by_text("Баки полны")).to_be_visible()
    page.reload()
    expect(page.locator(".problem-card")).to_have_count(1)


@on_both
def test_the_executor_and_the_governor_have_their_pages(page: Page, place: Town) -> None:
    text = "Яма во дворе, звоните 89001112233"
    problem = place.analyse(place.appeal(text), text, privacy=["89001112233"])[0]
    with place.connection() as connection:
        connection.execute("UPDATE problems SET state = 'assigned' WHERE id = %s", (problem,))
        connection.execute(
            """
            INSERT INTO assignments (id, region_id, problem_id, executor_id, assigned_by, reason, assigned_at)
            VALUES (gen_random_uuid(), 'gorod', %s, %s, 'machine', 'тема и место', now())
            """,
            (problem, executor_id("roads")),
        )
    sign_in(page, place, Role.EXECUTOR, executor="roads")
    expect(page.get_by_text("звоните ●●●")).to_be_visible()
    assert "89001112233" not in page.content()
    assert_fits(page)
    page.context.clear_cookies()
    sign_in(page, place, Role.GOVERNOR)
    expect(page.get_by_role("heading", level=1)).to_have_text("Сводка")
    expect(page.get_by_role("row", name="Дороги")).to_be_visible()
    assert_fits(page)
    assert_labelled(page)


def test_the_session_cookie_is_hidden_from_scripts(page: Page, place: Town) -> None:
    sign_in(page, place, Role.OPERATOR)
    expect(page.get_by_role("heading", level=1)).to_have_text("Очередь")
    kept = {cookie["name"]: cookie for cookie in page.context.cookies()}
    assert kept[SESSION_COOKIE]["httpOnly"] is True
    assert page.evaluate("document.cookie") == ""
