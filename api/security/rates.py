"""How often an address or a contact may do what everybody may: numbers of the settings, and what an address is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from api.security.brakes import Rate

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
Network = IPv4Network | IPv6Network
HOUSEHOLD = 64
"""Bits of an IPv6 address that a provider gives a household whole (RFC 6177): within it one may take any."""
DIGITS = 10
"""Of a whole telephone number; «нет», «112» or zeros are not one person's."""

ANY = Rate(0, HOUR)


@dataclass(frozen=True, slots=True)
class Rates:
    """What is held to which rate; `unlimited` are the addresses that none of them holds."""

    appeals_of_address: Rate = ANY
    appeals_of_contact: Rate = ANY
    photos_of_address: Rate = ANY
    visits_of_address: Rate = ANY
    unlimited: tuple[Network, ...] = ()

    def free(self, address: str) -> bool:
        parsed = _parsed(address)
        return parsed is not None and any(parsed in network for network in self.unlimited)


def networks(listed: str) -> tuple[Network, ...]:
    """The networks of a comma-separated list. Raises ValueError."""
    return tuple(ip_network(each.strip()) for each in listed.split(",") if each.strip())


def counted_as(address: str) -> str:
    """Under what an address is counted: itself, of IPv6 the network of the household."""
    parsed = _parsed(address)
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, HOUSEHOLD), strict=False))
    return address if parsed is None else str(parsed)


def contacts(email: str, phone: str) -> Sequence[str]:
    """A person's contacts in the form in which they are counted; what many may write in place of one is left out."""
    digits = re.sub(r"\D", "", phone)[-DIGITS:]  # +7 and 8 before the ten digits of a Russian number mean the same
    found = []
    if "@" in email:
        found.append(email.strip().casefold())
    if len(digits) == DIGITS and len(set(digits)) > 1:
        found.append(digits)
    return found


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        parsed = ip_address(address)
    except ValueError:  # a Unix socket has none
        return None
    return (parsed.ipv4_mapped or parsed) if isinstance(parsed, IPv6Address) else parsed
