"""The regime of an appeal on its way: chosen at intake, stored, told with every problem."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from ingest import FileStore, accept
from models.analysis import SourceText
from models.message import Author, Channel, Message
from models.pack import RegionPack
from models.regimes import Identity, Regime
from nlp import stage, store
from otklik.wiring import language_engine_of

Connection = psycopg.Connection[Any]
NOW = datetime(2026, 2, 2, 4, tzinfo=UTC)
LETTER = Message(
    "omsk",
    Channel.FORM,
    "1",
    "Не вывозят мусор",
    NOW,
    author=Author(name="Вера Выдуманная"),
    identity=Identity.CONFIRMED,
)


def chosen(connection: Connection, pack: RegionPack, message: Message, files: Path) -> store.AcceptedAppeal:
    """The appeal as the language stage reads it."""
    accepted = accept(connection, message, now=NOW, files=FileStore(files), pack=pack)
    [appeal] = store.accepted_appeals(connection, [accepted.appeal_id])
    return appeal


def test_a_confirmed_author_has_an_appeal_by_law_and_every_problem_of_it_says_so(
    connection: Connection, pack: RegionPack, tmp_path: Path
) -> None:
    appeal = chosen(connection, pack, LETTER, tmp_path)
    assert appeal.regime == Regime.FZ59
    row = connection.execute("SELECT regime, identity FROM appeals WHERE id = %s", [appeal.id]).fetchone()
    assert row == ("fz59", "confirmed")
    [analysis] = language_engine_of("omsk").analyse([SourceText(LETTER.text, NOW)])
    assert {event.data["regime"] for event in stage.news(appeal, analysis, {}, None, NOW)} == {"fz59"}


def test_without_proof_it_is_a_message_of_the_portal_and_without_a_name_nobody_is_known(
    connection: Connection, pack: RegionPack, tmp_path: Path
) -> None:
    stated = replace(LETTER, identity=Identity.STATED)
    assert chosen(connection, pack, stated, tmp_path).regime == Regime.PORTAL
    nobody = replace(LETTER, external_id="2", author=Author())
    assert chosen(connection, pack, nobody, tmp_path).regime == Regime.PORTAL
    row = connection.execute("SELECT identity FROM appeals WHERE external_id = '2'").fetchone()
    assert row == ("none",)


def test_an_export_of_a_platform_says_its_regime_itself(
    connection: Connection, pack: RegionPack, tmp_path: Path
) -> None:
    message = replace(LETTER, channel=Channel.FILE, regime=Regime.PLATFORM)
    assert chosen(connection, pack, message, tmp_path).regime == Regime.PLATFORM
