"""Settings from the environment, and what is said of wrong ones."""

from __future__ import annotations

import pytest

from otklik.commands.root import run_command_line
from otklik.settings import SettingsError, settings


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("OTKLIK_PORT", "abc", "integer"),
        ("OTKLIK_PORT", "99999", "65535"),
        ("OTKLIK_BATCH", "-1", "greater than or equal to 1"),
        ("OTKLIK_DATABASE_URL", "foo", "no address of a database"),
    ],
)
def test_a_wrong_setting_is_named_with_what_is_allowed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    settings.cache_clear()
    with pytest.raises(SettingsError, match=name):
        settings()
    assert run_command_line(["status"]) == 1
    told = capsys.readouterr().err
    assert name in told
    assert said in told
    assert "Traceback" not in told


def test_with_no_settings_there_is_an_answer_to_everything() -> None:
    assert settings().region == "omsk"
    assert settings().database_url == ""
