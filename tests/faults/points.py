"""Named places in the code of the product at which a test may kill: no line of the product knows of them.

`install` wraps the functions that stand at these places, in the process that starts all others, before they are forked.
A wrapped function asks at the place whether somebody armed it: a file named like the place in FAULTS_FOLDER/armed.
Whoever renames that file first has reached it, and kills whom it names: itself, where it is empty, or a process id.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

VARIABLE = "FAULTS_FOLDER"
POISON = "ЯДОВИТОЕ ОБРАЩЕНИЕ"
DEADLY = "СМЕРТЕЛЬНОЕ ОБРАЩЕНИЕ"
WAIT = timedelta(seconds=3)
"""Between two attempts to send a letter."""
MENDED = "mended"
"""While this file is there, neither of the two harms anybody: what put them aside was mended."""


def folder() -> Path:
    return Path(os.environ[VARIABLE])


def reach(place: str, where: Path | None = None) -> bool:
    """Kill here, if somebody asked for it (in the folder `where`, else in ours), and say whether somebody did."""
    where = where or folder()
    hit = where / "hit" / place
    try:
        (where / "armed" / place).rename(hit)
    except FileNotFoundError:
        return False
    victim = hit.read_text()
    with suppress(ProcessLookupError):  # it died of something else meanwhile
        os.kill(int(victim) if victim else os.getpid(), signal.SIGKILL)
    return True


def before_and_after(owner: Any, name: str, before: Callable[..., str], after: Callable[..., str]) -> None:
    """Let `owner.name` reach a place before and after it did something; each is named from its arguments, "": none."""
    wrapped = getattr(owner, name)

    def reaching(*arguments: Any, **named: Any) -> Any:
        if place := before(*arguments):
            reach(place)
        done = wrapped(*arguments, **named)
        if (place := after(*arguments)) and done != 0:  # a step that found nothing did nothing
            reach(place)
        return done

    setattr(owner, name, reaching)


def nowhere(*_: Any) -> str:
    return ""


def at(place: str) -> Callable[..., str]:
    return lambda *_: place


def install(command: str) -> None:
    """Wrap the places that a command of the product comes to. Fails where one of the functions is there no more."""
    import streams

    before_and_after(streams, "append", lambda _, to, events: events and f"before-append-{to}", nowhere)
    before_and_after(streams, "append", nowhere, lambda _, to, events: events and f"after-append-{to}")
    if command == "import":
        import otklik.importing

        before_and_after(otklik.importing, "move_journal", nowhere, at("import-before-commit"))
        before_and_after(otklik.importing.Import, "_take", nowhere, at("import-after-commit"))
        return
    _of_stages()
    _of_kafka()
    _of_the_web_server()
    _of_the_language_stage()
    _of_time()
    _of_sending()


def _of_time() -> None:
    import indicators.hotspots
    import sla.timers

    before_and_after(sla.timers, "tick", nowhere, at("timers-before-commit"))
    before_and_after(indicators.hotspots, "due", nowhere, at("reports-before-commit"))


def _of_sending() -> None:
    """What was sent and is not noted yet, and the waits between attempts in seconds instead of minutes."""
    import resolution.sending.retry
    import resolution.sending.send
    import sla.escalation_mail

    resolution.sending.retry.RETRY = (WAIT,) * len(resolution.sending.retry.RETRY)
    sla.escalation_mail.RETRY = (WAIT,) * len(sla.escalation_mail.RETRY)
    replies, notices = resolution.sending.send, sla.escalation_mail
    before_and_after(replies, "_outgoing", at("sender-before-send"), nowhere)
    before_and_after(replies, "_sent", at("sender-before-mark"), at("sender-after-mark"))
    before_and_after(replies, "_publish", nowhere, at("sender-after-publish"))
    before_and_after(notices, "_message", at("mail-before-send"), nowhere)
    before_and_after(notices, "_end", at("mail-before-mark"), nowhere)


def _of_stages() -> None:
    from streams.embedded import EmbeddedConsumer

    def place(name: str) -> Callable[..., str]:
        return lambda consumer, *_: f"{consumer.stage.group}-{name}"

    before_and_after(EmbeddedConsumer, "_call", place("before-effects"), place("after-effects"))
    before_and_after(EmbeddedConsumer, "_batch", nowhere, place("after-commit"))


def _of_kafka() -> None:
    from kafka import KafkaProducer

    from streams.kafka.consumer import KafkaStageConsumer
    from streams.kafka.relay import Relay

    before_and_after(
        KafkaStageConsumer, "_fill", nowhere, lambda one: one._ready() and f"{one.stage.group}-after-fetch"
    )
    before_and_after(Relay, "_send", at("relay-before-produce"), at("relay-after-produce"))
    before_and_after(KafkaProducer, "flush", at("relay-during-produce"), nowhere)
    before_and_after(Relay, "_ship", nowhere, at("relay-after-commit"))


def _of_the_web_server() -> None:
    from api.context import Context

    wrapped = Context.transaction

    @contextmanager
    def transaction(self: Context) -> Iterator[Any]:
        with wrapped(self) as connection:
            yield connection
            reach("api-before-commit")
        reach("api-after-commit")

    Context.transaction = transaction  # type: ignore[method-assign]


def _of_the_language_stage() -> None:
    """Texts that fail and texts that kill, as a fault of the engine would have it."""
    import nlp.stage

    def mind(appeals: Any, *_: Any) -> str:
        texts = [appeal.source.text for appeal in appeals]
        if any(POISON in text for text in texts) and not (folder() / MENDED).exists():
            raise ValueError("this text cannot be analysed")
        if any(DEADLY in text for text in texts) and not (folder() / MENDED).exists():
            os.kill(os.getpid(), signal.SIGKILL)
        return ""

    before_and_after(nlp.stage, "analysed", mind, nowhere)
