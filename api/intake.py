"""Takes an appeal in from a form or a program: what was accepted before is told again, the rest is counted first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import ingest
from api.context import Context
from api.security.visitors import Sending
from models.message import Attachment, Message
from models.pack import RegionPack


def no_attachments() -> tuple[Attachment, ...]:
    return ()


def accepted_once(
    context: Context,
    sending: Sending,
    message: Message,
    pack: RegionPack,
    attachments: Callable[[], tuple[Attachment, ...]] = no_attachments,
) -> ingest.Accepted:
    """Accept `message` with its `attachments`, which are opened only where they may be sent at all.

    Raises TooOften where its sender must wait, Refused and StorageFull as `ingest.accept`; nothing is stored then.
    """
    with context.transaction() as connection:
        counts = not ingest.is_known(connection, message)
        if counts:
            sending.begin(connection, pack)
    try:
        message = replace(message, attachments=attachments())
        with context.transaction() as connection:
            return ingest.accept(
                connection, message, now=context.now(), files=context.files, pack=pack, limits=context.limits
            )
    except (ingest.Refused, ingest.StorageFull):
        if counts:
            with context.transaction() as connection:
                sending.in_vain(connection)
        raise
