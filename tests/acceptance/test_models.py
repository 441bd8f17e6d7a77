"""A model is promoted and rolled back while appeals come in: no process starts anew and no appeal is lost."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg

import ingest
from models.message import Channel, Message
from models.pack import load_pack
from nlp.learning.versions import versions_of
from nlp.topics import TopicModel
from nlp.topics.card import write_card
from tests.product import Product, otklik, wait_until

TEXT = "На улице Ленина, дом {}, третий день не горят фонари."


def send(product: Product, folder: Path, first: int, number: int) -> None:
    """Accept appeals as a connector does."""
    pack, files, now = load_pack("omsk"), ingest.FileStore(folder), datetime.now(UTC)
    with psycopg.connect(product.url()) as connection:
        for at in range(first, first + number):
            message = Message("omsk", Channel.FORM, f"form-{at}", TEXT.format(at), now)
            ingest.accept(connection, message, now=now, files=files, pack=pack)
            connection.commit()


def analysed(product: Product) -> dict[str, int]:
    """How many appeals each model has analysed."""
    with psycopg.connect(product.url()) as connection:
        rows = connection.execute(
            "SELECT model_version, count(*) FROM appeals WHERE state <> 'accepted' GROUP BY model_version"
        ).fetchall()
    return dict(rows)


def another(folder: Path) -> str:
    """A second version in the product's data folder: the pack's, slightly turned down."""
    versions = versions_of(folder, "omsk", load_pack("omsk").model_folder)
    model = TopicModel.load(versions.pack)
    model.weights[0] = -model.weights[0]
    model.__post_init__(None)

    def write(made: Path) -> None:
        model.save(made)
        write_card(made, {"version": model.version}, date(2026, 2, 3), {})

    versions.keep(model.version, write)
    return model.version


def test_a_model_is_promoted_and_rolled_back_under_a_running_product(tmp_path: Path) -> None:
    with Product(tmp_path / "data") as product:
        command = {"OTKLIK_DATA_FOLDER": str(product.folder)}
        own = json.loads(otklik("model", "list", "--json", **command).stdout)["versions"][0]["version"]
        send(product, tmp_path / "files", 0, 5)
        wait_until(lambda: analysed(product) == {own: 5})
        worker = product.parts()["nlp"].pid
        new = another(product.folder)

        done = otklik("model", "promote", new, "--reason", "a trial", **command)
        assert done.returncode == 0, done.stderr
        send(product, tmp_path / "files", 5, 5)
        wait_until(lambda: analysed(product) == {own: 5, new: 5})
        done = otklik("model", "rollback", **command)
        assert done.returncode == 0, done.stderr
        send(product, tmp_path / "files", 10, 5)
        wait_until(lambda: analysed(product) == {own: 10, new: 5})

        assert product.parts()["nlp"].pid == worker
        told = json.loads(otklik("model", "list", "--json", **command).stdout)["changes"]
        assert [(change["kind"], change["version"], change["reason"]) for change in told] == [
            ("promote", new, "a trial"),
            ("rollback", own, ""),
        ]
