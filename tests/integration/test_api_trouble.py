"""When the database, the disk or Leaflet is missing: nothing pretends to be accepted, and the logs keep no secrets."""

from __future__ import annotations

import dataclasses
import errno
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from psycopg_pool import ConnectionPool

from api.app import create_app
from api.context import Context
from api.links import link_path
from api.security.users import Role
from ingest import FileStore
from tests.integration.test_api_citizen import fields_of, photo
from tests.town import NOW, REGION, Town, make_pack
from tests.web_server import client_of


@pytest.fixture
def orphan(tmp_path: Path) -> Iterator[httpx.Client]:
    """A client of a web server whose database does not answer."""
    nowhere = f"host={tmp_path} dbname=nothing connect_timeout=1"
    with ConnectionPool(nowhere, min_size=0, max_size=2, open=True, reconnect_timeout=1) as pool:
        context = Context(
            pool=pool,
            packs={REGION: make_pack(tmp_path / "pack")},
            files=FileStore(tmp_path / "files"),
            secret=b"secret",
            region=REGION,
            patience=0.3,
            now=lambda: NOW,
        )
        logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)
        with client_of(create_app(context)) as client:
            yield client
        logging.getLogger("psycopg.pool").setLevel(logging.NOTSET)


def test_without_the_database_the_form_says_that_nothing_was_accepted_and_keeps_the_words(
    orphan: httpx.Client,
) -> None:
    fields = fields_of(orphan.get("/")) | {"text": "Яма на Речной", "street": "Речная"}
    answer = orphan.post("/", data=fields)
    assert answer.status_code == 503
    assert "Ваше обращение не принято — отправьте ещё раз через несколько минут" in answer.text
    assert "Яма на Речной" in answer.text
    assert fields_of(answer)["client_id"] == fields["client_id"]


def test_without_the_database_the_api_answers_503_in_its_shape_and_is_not_ready(orphan: httpx.Client) -> None:
    answers = [
        orphan.post("/api/v1/appeals", json={"external_id": "program-1", "text": "Яма"}),
        orphan.get("/api/v1/topics"),
        orphan.get("/api/v1/problems", headers={"authorization": "Bearer x"}),
        orphan.get("/readyz"),
    ]
    for answer in answers:
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["retry-after"]
        assert "Ничего не записано" in answer.json()["detail"]
    assert orphan.get("/healthz").status_code == 200


def test_without_the_database_a_page_says_so_in_russian(orphan: httpx.Client) -> None:
    answer = orphan.get("/a/ГО-2026-0000001/abc")
    assert answer.status_code == 503
    assert "Сервис временно недоступен" in answer.text


def test_a_full_disk_is_said_before_a_number_is_given(
    client: httpx.Client, place: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("ingest.files._write_durably", full)
    files = [("photos", ("яма.jpg", photo(), "image/jpeg"))]
    answer = client.post("/", data=fields_of(client.get("/")) | {"text": "Яма"}, files=files)
    assert answer.status_code == 503
    assert "закончилось место" in answer.text
    assert place.rows("SELECT count(*) FROM appeals") == [(0,)]


def test_the_log_holds_no_tokens_of_links_no_query_and_no_words(
    client: httpx.Client, place: Town, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "otklik.access")
    appeal = place.appeal("Мой телефон 89001112233")
    number = place.rows("SELECT number FROM appeals")[0][0]
    path = link_path(place.context.secret, number, appeal)
    client.get(path)
    client.get("/queue", params={"text": "Иванова"})
    lines = [record.getMessage() for record in caplog.records if record.name == "otklik.access"]
    assert lines[0].startswith(f"GET /a/{number}/*** 200")
    assert not any(path.rsplit("/", 1)[1] in line or "Иванова" in line or "%D0" in line for line in lines)


def test_an_unexpected_error_is_logged_by_its_place_without_its_words(
    client: httpx.Client, place: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def explode(*_: object, **__: object) -> None:
        raise RuntimeError("Ольга, +79001112233")

    monkeypatch.setattr("api.reading.directory.topics", explode)
    answer = client.get("/api/v1/topics")
    assert answer.status_code == 500
    said = [record.getMessage() for record in caplog.records if record.name == "otklik.api"]
    assert len(said) == 1
    assert re.match(r"unexpected RuntimeError at .+:\d+", said[0])
    assert "Ольга" not in caplog.text


def test_without_leaflet_pages_work_without_a_map_and_the_operator_is_told_once(
    place: Town, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bare = dataclasses.replace(place.context, node_modules=tmp_path / "nothing")
    with client_of(create_app(bare)) as client:
        pages = [client.get("/"), client.get("/")]
    assert all(page.status_code == 200 and "data-map" not in page.text for page in pages)
    assert len([record for record in caplog.records if "npm ci" in record.getMessage()]) == 1


def test_metrics_are_for_this_machine_and_for_staff(client: httpx.Client, place: Town) -> None:
    place.analyse(place.appeal("Яма"), "Яма")
    told = client.get("/metrics")
    assert told.status_code == 200
    assert 'otklik_problems{region="gorod",state="queued"} 1.0' in told.text
    proxied = {"x-forwarded-for": "203.0.113.5"}
    assert client.get("/metrics", headers=proxied).status_code == 403
    session = {"cookie": f"otklik_session={place.token(place.person(Role.ADMIN))}"}
    assert client.get("/metrics", headers=proxied | session).status_code == 200


def test_the_map_is_drawn_from_the_pack(client: httpx.Client) -> None:
    areas = client.get(f"/map/{REGION}/municipalities.geojson").json()
    assert areas["features"][0]["properties"] == {"municipality": "Город г.о."}
    labels = client.get(f"/map/{REGION}/labels.json").json()
    assert [55.0, 73.4, "Городок", 0] in labels
    assert [55.01, 73.41, "улица Речная", 1] in labels
    assert client.get(f"/map/{REGION}/houses.json", params={"box": "55,73,56,74"}).json() == [
        [55.0123, 73.4123, "5", 2]
    ]
    for path in ("/map/nowhere/labels.json", f"/map/{REGION}/houses.json?box=a,b"):
        assert client.get(path).headers["content-type"] == "application/problem+json"
