"""To whom a reply goes: read from the appeal at the moment of sending, kept nowhere else."""

from __future__ import annotations

from models.message import Channel
from models.reply import SendingFailed
from resolution.sending.record import OnItsWay

NONE = "в обращении нет адреса, по которому можно ответить"


def address_of(reply: OnItsWay) -> str:
    """The channel's own address of the author. Raises SendingFailed, final, where the appeal names none."""
    if reply.channel is Channel.EMAIL:
        found = reply.reply_to or str(reply.author.get("email", ""))
    elif reply.channel in (Channel.VK, Channel.TELEGRAM):
        found = reply.reply_to or str(reply.author.get("external_id", ""))
    else:
        found = copy_address_of(reply)
    if not found.strip():
        raise SendingFailed(NONE, final=True)
    return found.strip()


def copy_address_of(reply: OnItsWay) -> str:
    """Where the e-mail beside a published reply goes; empty: the author left no address of e-mail."""
    email = str(reply.author.get("email", ""))
    return email or (reply.reply_to if "@" in reply.reply_to else "")
