"""Named places in the code of the product at which a test may kill: no line of the product knows of them.

`install` wraps the functions that stand at these places, in the process that starts all others, before they are forked.
A wrapped function asks at the place whether somebody armed it: a file named like the place in FAULTS_FOLDER/armed.
Whoever renames that file first has reached it, and kills whom it names: itself, where it is empty, or a process id.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

VARIABLE = "FAULTS_FOLDER"
POISON = "ЯДОВИТОЕ ОБРАЩЕНИЕ"
DEADLY = "СМЕРТЕЛЬНОЕ ОБРАЩЕНИЕ"
MENDED = "mended"
"""While this file is there, neither of the two harms anybody: what put them aside was mended."""


def folder() -> Path:
    return Path(os.environ[VARIABLE])


def reach(place: str) -> None:
    """Kill here, if somebody asked for it."""
    hit = folder() / "hit" / place
    try:
        (folder() / "armed" / place).rename(hit)
    except FileNotFoundError:
        return
    victim = hit.read_text()
    os.kill(int(victim) if victim else os.getpid(), signal.SIGKILL)


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


def install() -> None:
    """Wrap every place. Fails where the product has none of the functions any more."""
    _of_stages()
    _of_kafka()
    _of_the_web_server()
    _of_the_language_stage()
    import otklik.importing
    import sla.timers
    import streams

    before_and_after(streams, "append", lambda _, to, events: events and f"before-append-{to}", nowhere)
    before_and_after(streams, "append", nowhere, lambda _, to, events: events and f"after-append-{to}")
    before_and_after(otklik.importing, "move_journal", nowhere, lambda *_: "import-before-commit")
    before_and_after(otklik.importing.Import, "_take", nowhere, lambda *_: "import-after-commit")
    before_and_after(sla.timers, "tick", nowhere, lambda *_: "timers-before-commit")


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
    before_and_after(Relay, "_send", lambda *_: "relay-before-produce", lambda *_: "relay-after-produce")
    before_and_after(KafkaProducer, "flush", lambda *_: "relay-during-produce", nowhere)
    before_and_after(Relay, "_ship", nowhere, lambda *_: "relay-after-commit")


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
