"""A citizen writes by the form and follows the appeal by the secret link."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import unquote

import httpx
import pytest
from PIL import Image

from api.links import link_path
from api.security.forms import SESSION_COOKIE
from api.security.users import Role
from models.message import Author
from tests.town import Town


def fields_of(page: httpx.Response) -> dict[str, str]:
    """The hidden fields of the form on a page."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)"[^>]* value="([^"]*)"', page.text))


def photo(kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0110] = "a telephone of somebody"
    Image.new("RGB", (20, 10), "green").save(out, kind, exif=exif, comment="a telephone in a JPEG's comment")
    return out.getvalue()


def test_the_form_gives_a_number_and_a_status_page(client: httpx.Client, place: Town) -> None:
    sent = client.post("/", data=fields_of(client.get("/")) | {"text": "Яма на Речной у дома 5", "street": "Речная"})
    assert sent.status_code == 303
    number, stated = place.rows("SELECT number, stated FROM appeals")[0]
    assert unquote(sent.headers["location"]).startswith(f"/a/{number}/")
    assert stated == {"street": "Речная"}
    page = client.get(sent.headers["location"])
    assert page.status_code == 200
    assert number in page.text
    assert page.headers["x-robots-tag"] == "noindex, nofollow"


def test_a_double_click_gives_the_same_number(client: httpx.Client, place: Town) -> None:
    fields = fields_of(client.get("/")) | {"text": "Не вывозят мусор с пятницы"}
    first, second = client.post("/", data=fields), client.post("/", data=fields)
    assert first.headers["location"] == second.headers["location"]
    assert place.rows("SELECT count(*) FROM appeals") == [(1,)]


def test_a_form_that_was_changed_and_sent_again_is_another_appeal(client: httpx.Client, place: Town) -> None:
    fields = fields_of(client.get("/"))
    client.post("/", data=fields | {"text": "Не вывозят мусор"})
    client.post("/", data=fields | {"text": "Не вывозят мусор и снег"})
    assert place.rows("SELECT count(*) FROM appeals") == [(2,)]


def test_a_form_without_its_token_is_not_taken(client: httpx.Client, place: Town) -> None:
    fields = fields_of(client.get("/")) | {"text": "Яма", "form_token": "чужой"}
    refused = client.post("/", data=fields)
    assert refused.status_code == 403
    assert place.rows("SELECT count(*) FROM appeals") == [(0,)]


@pytest.mark.parametrize("text", ["", "   \n "])
def test_an_empty_text_comes_back_with_a_word_and_the_rest_kept(client: httpx.Client, text: str, place: Town) -> None:
    answer = client.post("/", data=fields_of(client.get("/")) | {"text": text, "street": "Садовая"})
    assert answer.status_code == 422
    assert "Напишите, что случилось" in answer.text
    assert 'value="Садовая"' in answer.text
    assert place.rows("SELECT count(*) FROM appeals") == [(0,)]


def test_a_megabyte_of_text_is_refused_in_words(client: httpx.Client, place: Town) -> None:
    answer = client.post("/", data=fields_of(client.get("/")) | {"text": "а" * 1_000_000})
    assert answer.status_code in (413, 422)
    assert "длинн" in answer.text or "большая" in answer.text
    assert place.rows("SELECT count(*) FROM appeals") == [(0,)]


def test_a_body_without_end_is_cut_off(client: httpx.Client, place: Town) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(200):
            yield b"x" * 100_000

    try:
        answer = client.post("/api/v1/appeals", content=endless(), headers={"content-type": "application/json"})
    except httpx.WriteError:  # the server answered and hung up before all was sent
        assert place.rows("SELECT count(*) FROM appeals") == [(0,)]
        return
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


def test_photos_are_kept_without_what_the_camera_wrote_into_them(client: httpx.Client, place: Town) -> None:
    files = [("photos", ("яма.jpg", photo(), "image/jpeg")), ("photos", ("вид.png", photo("PNG"), "image/png"))]
    sent = client.post("/", data=fields_of(client.get("/")) | {"text": "Яма, фото приложил"}, files=files)
    assert sent.status_code == 303
    kept = place.rows("SELECT name, media_type, sha256 FROM attachments ORDER BY ordinal")
    assert [row[:2] for row in kept] == [("яма.jpg", "image/jpeg"), ("вид.png", "image/png")]
    content = place.context.files.read(kept[0][2])
    assert b"telephone" not in content
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.size == (20, 10)


def test_an_operator_sees_a_photo_and_only_downloads_what_is_no_picture(client: httpx.Client, place: Town) -> None:
    client.post(
        "/",
        data=fields_of(client.get("/")) | {"text": "Яма"},
        files=[("photos", ("яма.jpg", photo(), "image/jpeg"))],
    )
    appeal, attachment = place.rows("SELECT appeal_id, id FROM attachments")[0]
    path = f"/appeals/{appeal}/attachments/{attachment}"
    operator = {"cookie": f"{SESSION_COOKIE}={place.token(place.person(Role.OPERATOR))}"}
    shown = client.get(path, headers=operator)
    assert (shown.headers["content-type"], shown.headers["content-disposition"]) == ("image/jpeg", "inline")
    with Image.open(io.BytesIO(shown.content)) as picture:
        assert picture.format == "JPEG"
    with place.connection() as connection:
        connection.execute("UPDATE attachments SET media_type = 'text/html'")
    downloaded = client.get(path, headers=operator)
    assert downloaded.headers["content-type"] == "application/octet-stream"
    assert downloaded.headers["content-disposition"] == "attachment"
    assert downloaded.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert client.get(f"/appeals/{appeal}/attachments/{appeal}", headers=operator).status_code == 404


def test_pages_of_staff_are_not_kept_by_the_browser(client: httpx.Client, place: Town) -> None:
    operator = {"cookie": f"{SESSION_COOKIE}={place.token(place.person(Role.OPERATOR))}"}
    assert client.get("/queue", headers=operator).headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize("content", [b"MZ\x90\x00 a program", b"", b"<svg onload=alert(1)>", photo()[:60]])
def test_what_is_no_photo_is_refused_and_nothing_is_kept(client: httpx.Client, place: Town, content: bytes) -> None:
    files = [("photos", ("снимок.jpg", content, "image/jpeg"))]
    answer = client.post("/", data=fields_of(client.get("/")) | {"text": "Яма"}, files=files)
    assert answer.status_code == 422
    assert "не похож на фотографию" in answer.text
    assert place.rows("SELECT count(*) FROM appeals") == [(0,)]


def test_a_wrong_link_and_a_wrong_number_look_the_same(client: httpx.Client, place: Town) -> None:
    appeal = place.appeal("Яма на Речной")
    number = place.rows("SELECT number FROM appeals")[0][0]
    right = link_path(place.context.secret, number, appeal)
    answers = [client.get(path) for path in (right[:-1] + "x", "/a/ГО-2026-9999999/abcdefghijklmnopqrst")]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].text == answers[1].text


def test_the_status_page_tells_the_story_and_hides_what_is_personal(client: httpx.Client, place: Town) -> None:
    author = Author(name="Ольга Иванова", phone="+79001112233", email="olga@example.org")
    text = "Яма на дороге. Фонарь не горит. Звоните 89001112233"
    appeal = place.appeal(text, author=author)
    first, second = place.analyse(
        appeal, "Яма на дороге", "Фонарь не горит. Звоните 89001112233", privacy=["89001112233"]
    )
    place.clock(first, "route", timedelta(minutes=50))
    with place.connection() as connection:
        connection.execute("UPDATE problems SET state = 'merged', merged_into = %s WHERE id = %s", (first, second))
    number = place.rows("SELECT number FROM appeals")[0][0]
    page = client.get(link_path(place.context.secret, number, appeal)).text
    assert "Ямы на дорогах" in page
    assert "Выбираем, кто за это отвечает" in page
    assert "сегодня до 15:50" in page  # 9:50 UTC in the town's zone
    for personal in ("89001112233", "Ольга", "+7900", "olga@"):
        assert personal not in page
    assert "●●●" in page


def test_before_the_machine_has_read_it_nothing_of_the_text_is_shown(client: httpx.Client, place: Town) -> None:
    appeal = place.appeal("Мой телефон 89001112233, нет света")
    number = place.rows("SELECT number FROM appeals")[0][0]
    page = client.get(link_path(place.context.secret, number, appeal)).text
    assert "89001112233" not in page
    assert "Обращение принято" in page
