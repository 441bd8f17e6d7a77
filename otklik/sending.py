"""By what replies to citizens are sent: the connectors that the settings have set up, and the links in the replies."""

from __future__ import annotations

import logging
from urllib.parse import quote

from api.links import link_path, verdict_path
from models.message import Channel
from otklik import wiring
from otklik.secret import installation_secret
from otklik.settings import Settings, SettingsError
from resolution.policy import ResolutionPolicy
from resolution.sending import Post, Way
from resolution.sending.record import OnItsWay

NO_ADDRESS = "OTKLIK_PUBLIC_URL is not set: replies go out on the status pages alone, the others wait (docs/sending.md)"

log = logging.getLogger("otklik.sending")


def post(chosen: Settings) -> Post:
    """What the settings let be sent. Raises SettingsError where one of them cannot be."""
    secret, base = installation_secret(chosen), chosen.public_url.rstrip("/")

    def link_of(reply: OnItsWay) -> str:
        if reply.asks_verdict:
            return base + verdict_path(secret, reply.id)
        return base + quote(link_path(secret, reply.number, reply.appeal_id))

    ways = _ways(chosen)
    if ways and not base:
        log.warning(NO_ADDRESS)
        ways = {}  # a reply carries a link
    return Post(
        ways,
        domain=_sender(chosen).rpartition("@")[2].strip("> ") or "otklik",
        link_of=link_of,
        days_of=lambda region: ResolutionPolicy.of_pack(wiring.pack_of(region)).verdict_days,
        zone_of=lambda region: wiring.pack_of(region).zone,
    )


def _sender(chosen: Settings) -> str:
    return chosen.reply_from or chosen.smtp_from


def _ways(chosen: Settings) -> dict[Channel, Way]:
    ways: dict[Channel, Way] = {}
    if chosen.smtp:
        from connectors.email import EmailSender
        from otklik.smtp import Smtp

        if chosen.reply_from and "@" not in chosen.reply_from:
            raise SettingsError("OTKLIK_REPLY_FROM: must be an e-mail address")
        ways[Channel.EMAIL] = Way(EmailSender(Smtp.of_address(chosen.smtp, _sender(chosen))))
    if chosen.vk_token:
        from connectors import vk

        ways[Channel.VK] = Way(vk.VkSender(chosen.vk_api.rstrip("/"), chosen.vk_token), vk.LONGEST)
    if chosen.telegram_token:
        from connectors import telegram

        sender = telegram.TelegramSender(chosen.telegram_api.rstrip("/"), chosen.telegram_token)
        ways[Channel.TELEGRAM] = Way(sender, telegram.LONGEST)
    return ways
