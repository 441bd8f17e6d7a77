"""What the settings let be sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from models.message import Channel
from otklik.sending import post
from otklik.settings import Settings, SettingsError

ALL = {
    "smtp": "smtp://127.0.0.1",
    "smtp_from": "notices@example.org",
    "vk_token": "token",
    "telegram_token": "token",
    "public_url": "https://otklik.example/",
}


def chosen(folder: Path, **given: Any) -> Settings:
    return Settings(data_folder=folder, secret="a secret of the tests", **given)


def test_each_channel_is_set_up_by_its_setting(tmp_path: Path) -> None:
    assert set(post(chosen(tmp_path, **ALL)).ways) == {Channel.EMAIL, Channel.VK, Channel.TELEGRAM}
    assert post(chosen(tmp_path)).ways == {}


def test_without_an_address_for_links_nothing_leaves_but_onto_the_pages(tmp_path: Path) -> None:
    assert post(chosen(tmp_path, **(ALL | {"public_url": ""}))).ways == {}


def test_letters_are_named_after_the_sender_of_replies_or_of_notices(tmp_path: Path) -> None:
    assert post(chosen(tmp_path, **ALL)).domain == "example.org"
    assert post(chosen(tmp_path, **ALL, reply_from="Отклик <otklik@region.example>")).domain == "region.example"
    assert post(chosen(tmp_path)).domain == "otklik"


@pytest.mark.parametrize("wrong", [{"reply_from": "Отклик"}, {"smtp_from": ""}, {"smtp": "http://x"}])
def test_a_setting_that_cannot_be_is_named(tmp_path: Path, wrong: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="OTKLIK_"):
        post(chosen(tmp_path, **(ALL | wrong)))
