"""Keeps processes alive: starts them, starts again what died, stops all in order."""

from __future__ import annotations

import logging
import select
import signal
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from otklik.postgres import EmbeddedServer
from otklik.postgres_binaries import ServerError
from otklik.processes.child import HOPELESS, Child
from streams import Stop

SHORTEST_PAUSE = 0.1
LONGEST_PAUSE = 10.0
STEADY_SECONDS = 10.0
"""What lived so long starts again at once when it dies; what dies sooner waits twice as long each time."""

DRAIN_SECONDS = 20.0
"""How long children may finish what they have begun before they are killed."""

log = logging.getLogger(__name__)


@dataclass
class Pause:
    """When a part that died may start again (monotonic), and the length of the next pause."""

    until: float = 0.0
    seconds: float = SHORTEST_PAUSE


@dataclass
class Supervisor:
    """Runs `children`, and under them the embedded database `server` where there is one (already started).

    `changed` is told after every start and end. `run` returns the exit code: 0 where it was asked to stop.
    """

    children: Sequence[Child]
    server: EmbeddedServer | None = None
    changed: Callable[[], None] = lambda: None
    _pauses: dict[str, Pause] = field(default_factory=dict)
    _ready: set[str] = field(default_factory=set)
    _told: bool = False

    def run(self, stop: Stop, ready: Callable[[], None] = lambda: None) -> int:
        """Until `stop` is set, or a child is hopeless before `ready` was called: once, when every child was ready.

        Later a hopeless child does not stop the others: what is accepted now is worked on when it is mended.
        """
        with _woken_by_children() as bell:
            try:
                return self._watch(stop, ready, bell)
            finally:
                self._end_all()

    def _watch(self, stop: Stop, ready: Callable[[], None], bell: socket.socket) -> int:
        while not stop.is_set():
            self._keep_server()
            if not self._keep_children():
                return 1
            if not self._told and self._ready >= {child.name for child in self.children}:
                self._told = True
                ready()
            self._wait(stop, bell)
        return 0

    def _keep_children(self) -> bool:
        """Start what is not running and may be; False where one is hopeless from the beginning."""
        for child in self.children:
            if child.pid is not None and child.ended():
                if child.code == HOPELESS and not self._told:
                    return False
                self._ended(child)
            if child.pid is None and not self._done(child) and time.monotonic() >= self._pause(child.name).until:
                self._start(child)
        return True

    def _start(self, child: Child) -> None:
        try:
            child.start()
        except OSError as error:  # no room for another process now
            pause = self._postpone(child.name, 0)
            log.error("%s cannot start (%s); trying again in %.1f s", child.name, error.strerror, pause)
        else:
            self.changed()

    def _done(self, child: Child) -> bool:
        """A child that works once has ended by itself, well or not; one that was killed had no chance to."""
        return child.once and child.code is not None and child.code >= 0

    def _ended(self, child: Child) -> None:
        if self._done(child):
            self._ready.add(child.name)
            return
        self._ready.discard(child.name)
        pause = self._postpone(child.name, time.monotonic() - child.started_at)
        how = f"by signal {-child.code}" if child.code is not None and child.code < 0 else f"with code {child.code}"
        log.warning("%s ended %s; starting it again in %.1f s", child.name, how, pause)
        self.changed()

    def _keep_server(self) -> None:
        if self.server is None or self.server.running() or time.monotonic() < self._pause("postgres").until:
            return
        log.warning("the database server ended; starting it again")
        began = time.monotonic()
        try:
            self.server.start()
        except (ServerError, OSError) as error:
            pause = self._postpone("postgres", time.monotonic() - began)
            log.error("%s; trying again in %.1f s", error, pause)
        else:
            self._pauses.pop("postgres", None)
        self.changed()

    def _pause(self, name: str) -> Pause:
        return self._pauses.setdefault(name, Pause())

    def _postpone(self, name: str, lived: float) -> float:
        pause = self._pause(name)
        seconds = SHORTEST_PAUSE if lived > STEADY_SECONDS else pause.seconds
        pause.until = time.monotonic() + seconds
        pause.seconds = min(seconds * 2, LONGEST_PAUSE)
        return seconds

    def _wait(self, stop: Stop, bell: socket.socket) -> None:
        """Until a child ends or gets ready, a pause is over, or `stop` is set."""
        now = time.monotonic()
        due = [pause.until - now for pause in self._pauses.values() if pause.until > now]
        waiting = {child.ready_reader: child for child in self.children if child.ready_reader is not None}
        readable, _, _ = select.select([bell.fileno(), stop.fileno(), *waiting], [], [], min([1.0, *due]))
        for descriptor in readable:
            if descriptor == bell.fileno():
                bell.recv(4096)
            elif descriptor in waiting:
                child = waiting[descriptor]
                if child.became_ready() and not child.once:
                    self._ready.add(child.name)

    def _end_all(self) -> None:
        """Ask the children to finish, kill what does not, then stop the database server."""
        for child in self.children:
            child.signal(signal.SIGTERM)
        deadline = time.monotonic() + DRAIN_SECONDS
        while [child for child in self.children if not child.ended()]:
            if time.monotonic() > deadline:
                log.warning("killing what did not finish in %.0f s", DRAIN_SECONDS)
                for child in self.children:
                    child.signal(signal.SIGKILL)
            time.sleep(0.02)
        if self.server is not None:
            self.server.stop()
        self.changed()


@contextmanager
def _woken_by_children() -> Iterator[socket.socket]:
    """A socket that is readable after a child ended; the signal's own handler does nothing."""
    reader, writer = socket.socketpair()
    reader.setblocking(False)
    writer.setblocking(False)
    handler = signal.signal(signal.SIGCHLD, lambda *_: None)
    wakeup = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    try:
        yield reader
    finally:
        signal.set_wakeup_fd(wakeup)
        signal.signal(signal.SIGCHLD, handler)
        reader.close()
        writer.close()
