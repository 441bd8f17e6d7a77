"""Links, passwords and addresses, without a database."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from api.links import link_path, link_token, opens, signed
from api.security.passwords import fits, hashed
from api.security.rates import Rates, contacts, counted_as, networks

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


def test_a_household_is_one_address_of_ipv6_and_a_mapped_address_is_itself() -> None:
    assert counted_as("2001:db8:1:2:aaaa::1") == counted_as("2001:db8:1:2:bbbb::9") == "2001:db8:1:2::/64"
    assert counted_as("2001:db8:1:3::1") != counted_as("2001:db8:1:2::1")
    assert counted_as("::ffff:192.0.2.1") == counted_as("192.0.2.1") == "192.0.2.1"
    assert counted_as("") == ""


def test_a_telephone_is_the_same_however_it_is_written() -> None:
    assert contacts("", "+7 (913) 123-45-67") == contacts("", "8 913 123 45 67") == ["9131234567"]
    assert contacts(" Anna@Example.ru ", "нет") == ["anna@example.ru"]


@pytest.mark.parametrize("phone", ["нет", "112", "0", "+7 000 000-00-00", "2-15-40"])
def test_what_many_write_in_place_of_a_contact_is_nobodys(phone: str) -> None:
    assert contacts("нет", phone) == contacts("-", phone) == []


def test_networks_that_nothing_holds_are_those_listed() -> None:
    rates = Rates(unlimited=networks("127.0.0.0/8, 2001:db8::/32"))
    assert rates.free("127.0.0.5")
    assert rates.free("::ffff:127.0.0.5")
    assert rates.free("2001:db8::7")
    assert not rates.free("192.0.2.1")
    assert not rates.free("")
    with pytest.raises(ValueError, match="everybody"):
        networks("everybody")
