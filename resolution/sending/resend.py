"""Another try for what was given up, asked by a person."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from models.refusal import Refused
from resolution.replies.outdated import untrue
from resolution.sending import store
from resolution.sending.record import Kept
from resolution.sending.tell import tell_approved
from streams.contract import Connection


def resend(connection: Connection, region: str, reply: UUID, *, by: str, now: datetime) -> bool:
    """Have a reply that failed, or the e-mail beside it, tried from the first attempt on, under the same Message-ID.

    In the caller's transaction. False where nothing of it had failed. Raises LookupError where there is no such reply,
    Refused where it says that a problem is closed which is open again.
    """
    found = store.failed_for_update(connection, region, reply)
    if found is None:
        raise LookupError(reply)
    sent, failed = found
    if failed and untrue(connection, [reply]):
        raise Refused(
            "Отправить нельзя: проблема снова в работе, а ответ говорит, что она закрыта. О новом решении напишут."
        )
    for kept in failed:
        store.again(connection, kept, reply, now)
    if Kept.REPLY in failed:
        tell_approved(connection, sent, by, now)
    return bool(failed)
