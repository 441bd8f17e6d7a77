"""Links, passwords and brakes, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from api.links import link_path, link_token, opens, signed
from api.security.passwords import fits, hashed
from api.security.throttle import FAILURES_OF_ADDRESS, FAILURES_OF_LOGIN, REMEMBERED, WINDOW, Throttle

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
APPEAL = UUID("00000000-0000-7000-8000-000000000001")


def test_a_link_opens_its_own_appeal_only() -> None:
    token = link_token(b"secret", APPEAL)
    assert opens(b"secret", APPEAL, token)
    assert not opens(b"secret", uuid4(), token)
    assert not opens(b"another secret", APPEAL, token)
    assert not opens(b"secret", APPEAL, token[:-1])
    assert not opens(b"secret", APPEAL, "жук")


def test_a_link_is_too_long_to_guess_and_safe_in_an_address() -> None:
    token = link_token(b"secret", APPEAL)
    assert len(token) == 20
    assert token.replace("-", "").replace("_", "").isalnum()
    assert link_path(b"secret", "ОМ-2026-0000001", APPEAL) == f"/a/ОМ-2026-0000001/{token}"


def test_a_signature_of_a_form_is_no_signature_of_a_link() -> None:
    assert signed(b"secret", "form", str(APPEAL)) != link_token(b"secret", APPEAL)


def test_a_password_fits_its_hash_and_nobody_elses() -> None:
    kept = hashed("достаточно длинный")
    assert kept.startswith("$argon2id$")
    assert fits("достаточно длинный", kept)
    assert not fits("достаточно длинныи", kept)
    assert not fits("достаточно длинный", None)
    assert not fits("достаточно длинный", "not a hash")


def test_a_short_password_is_not_taken() -> None:
    with pytest.raises(ValueError, match="at least 10"):
        hashed("короткий")


def test_the_brake_holds_a_login_and_lets_go_when_the_window_has_passed() -> None:
    throttle = Throttle()
    for second in range(FAILURES_OF_LOGIN):
        assert throttle.wait("anna", "192.0.2.1", NOW) is None
        throttle.failed("anna", "192.0.2.1", NOW + timedelta(seconds=second))
    assert throttle.wait("anna", "192.0.2.9", NOW + timedelta(seconds=10)) is not None
    assert throttle.wait("boris", "192.0.2.1", NOW + timedelta(seconds=10)) is None
    assert throttle.wait("anna", "192.0.2.9", NOW + WINDOW + timedelta(seconds=10)) is None


def test_the_brake_holds_an_address_that_tries_many_logins() -> None:
    throttle = Throttle()
    for number in range(FAILURES_OF_ADDRESS):
        throttle.failed(f"login-{number}", "192.0.2.1", NOW)
    assert throttle.wait("anna", "192.0.2.1", NOW) is not None
    assert throttle.wait("anna", "192.0.2.2", NOW) is None


def test_signing_in_forgets_the_failures_of_the_login() -> None:
    throttle = Throttle()
    for _ in range(FAILURES_OF_LOGIN):
        throttle.failed("anna", "192.0.2.1", NOW)
    throttle.succeeded("anna")
    assert throttle.wait("anna", "192.0.2.1", NOW) is None


def test_the_brake_does_not_grow_without_end() -> None:
    throttle = Throttle()
    for number in range(REMEMBERED):
        throttle.failed(f"login-{number}", "192.0.2.1", NOW)
    assert len(throttle._failures) <= REMEMBERED
