"""Plans and reports in a real browser: an executor with a phone in his hand, an operator who compares photos."""

# the fixtures of test_pages are asked for by their names
# ruff: noqa: F811

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from api.security.forms import SESSION_COOKIE
from api.security.users import Role
from tests.acceptance.test_pages import address, browser, place  # noqa: F401 - fixtures
from tests.integration.test_api_resolution import look
from tests.proof_files import picture, write_policy
from tests.town import NOW, Town, executor_id

TEXT = "Яма на Речной у дома 5, машины объезжают по тротуару. Фонарь не горит у школы"
WIDE: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
NARROW: ViewportSize = {"width": 320, "height": 640}
SignIn = Callable[..., Page]


@pytest.fixture
def problem(place: Town) -> UUID:
    """A problem that the roads have, with two clocks."""
    write_policy(place.pack.folder)
    [made] = place.analyse(place.appeal(TEXT), "Яма на Речной у дома 5, машины объезжают по тротуару", state="assigned")
    with place.connection() as connection:
        connection.execute(
            """INSERT INTO assignments (id, region_id, problem_id, executor_id, assigned_by, reason, assigned_at)
               VALUES (gen_random_uuid(), 'gorod', %s, %s, 'oper', '', %s)""",
            [made, executor_id("roads"), NOW],
        )
    return made


@pytest.fixture
def signed_in(place: Town, browser: Browser, address: str) -> SignIn:
    """A page of a new browser of this person."""

    def page(role: Role, executor: str = "", size: ViewportSize = WIDE, scripts: bool = True) -> Page:
        token = place.token(place.person(role, executor=executor))
        window = browser.new_context(
            viewport=size, base_url=address, locale="ru-RU", java_script_enabled=scripts, reduced_motion="reduce"
        )
        window.set_default_timeout(20_000)
        window.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": address}])
        return window.new_page()

    return page


def fits(page: Page) -> bool:
    """Whether nothing sticks out of the window to the right."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_an_executor_plans_and_reports_from_his_phone(
    problem: UUID,
    place: Town,
    signed_in: SignIn,
    tmp_path: Path,
    scripts: bool,
) -> None:
    photo = tmp_path / "после.jpg"
    photo.write_bytes(picture())
    page = signed_in(Role.EXECUTOR, "roads", NARROW, scripts)
    page.goto("/assignments")
    expect(page.get_by_text("Назовите план.")).to_be_visible()
    assert fits(page)
    page.get_by_role("link", name="Ямы на дорогах").click()
    expect(page.locator("#due_on")).to_be_hidden()  # nothing is chosen yet
    page.get_by_label("Сделаем к дате").check()
    expect(page.locator("#ground-refused")).to_be_hidden()
    page.locator("#due_on").fill("2026-03-09")
    page.get_by_label("Что будет сделано").fill("Засыплем яму и уложим асфальт")
    assert fits(page)
    page.get_by_role("button", name="Сохранить план").click()
    expect(page.get_by_text("По плану — до 9 марта 2026 года: сделайте и отправьте отчёт.")).to_be_visible()
    page.get_by_label("Что сделано").fill("Яму засыпали")
    with page.expect_popup() as beside:
        page.locator("#report").get_by_role("button", name="Как увидит автор").click()
    expect(beside.value.get_by_text("Яму засыпали")).to_be_visible()
    page.get_by_role("button", name="Отправить отчёт").click()
    expect(page.get_by_text("нужен хотя бы один снимок «после»").first).to_be_visible()
    expect(page.get_by_label("Что сделано")).to_have_value("Яму засыпали")  # nothing is typed twice
    page.locator("#after").set_input_files(photo)
    page.get_by_role("button", name="Отправить отчёт").click()
    expect(page.get_by_text("Отчёт проверяется.")).to_be_visible()
    assert fits(page)
    expect(page.get_by_role("button", name="Отправить отчёт")).to_have_count(0)
    assert place.rows("SELECT state FROM problems") == [("reported",)]


def test_a_refused_plan_comes_back_with_what_was_typed(problem: UUID, signed_in: SignIn) -> None:
    page = signed_in(Role.EXECUTOR, "roads", PHONE, scripts=False)
    page.goto(f"/assignments/{problem}")
    page.get_by_role("radio", name="Отказ").check()
    page.locator("#ground-refused").fill("так положено")
    page.locator("#words-refused").fill("Улица не наша")
    page.get_by_role("button", name="Сохранить план").click()
    expect(page.get_by_role("alert").first).to_contain_text("Назовите норму с номером")
    expect(page.get_by_role("radio", name="Отказ")).to_be_checked()
    expect(page.locator("#words-refused")).to_have_value("Улица не наша")


def test_an_operator_compares_the_photos_and_returns_the_report(
    problem: UUID,
    place: Town,
    signed_in: SignIn,
    tmp_path: Path,
) -> None:
    (tmp_path / "1.jpg").write_bytes(picture())
    executor = signed_in(Role.EXECUTOR, "roads", PHONE)
    executor.goto(f"/assignments/{problem}")
    executor.get_by_text("Уже сделано — отправить отчёт").click()
    executor.get_by_label("Что сделано").fill("Яму засыпали")
    executor.locator("#after").set_input_files(tmp_path / "1.jpg")
    executor.get_by_role("button", name="Отправить отчёт").click()
    expect(executor.get_by_text("Отчёт проверяется.")).to_be_visible()
    look(place, str(place.rows("SELECT id FROM proofs")[0][0]), "far")
    page = signed_in(Role.OPERATOR)
    page.goto("/queue")
    page.get_by_role("link", name="Проверка").click()
    expect(page.get_by_role("img", name="Фото «после», 1.jpg")).to_be_visible()
    page.get_by_label("снято далеко от места").check()
    page.get_by_label("Чего не хватает").fill("Снято не то место")
    page.get_by_role("button", name="Вернуть исполнителю").click()
    expect(page.get_by_text("Ничего не ждёт вашего решения.")).to_be_visible()
    executor.reload()
    expect(executor.get_by_text("Отчёт вернули: Снято не то место. Отправьте новый.")).to_be_visible()
    assert place.rows("SELECT state, confirmed_flags FROM proofs") == [("returned", ["far"])]
