"""A child process made by fork: it shares with its parent what was loaded before, and does not outlive it."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NoReturn

from otklik.parent import die_with_parent
from streams import Stop
from streams.faults import reason_of

Target = Callable[[Stop, Callable[[], None]], None]
"""What a child does: work until the Stop is set; call the second argument once it is ready to work."""

HOPELESS = 78
"""Exit code of a child that could not work however often it were started (EX_CONFIG of sysexits.h)."""

log = logging.getLogger(__name__)


class Hopeless(Exception):
    """Raised by a target where starting it again would not help; the message is one clear line."""


@dataclass
class Child:
    """One supervised child. `once`: it ends by itself, and is not started again when it did."""

    name: str
    target: Target
    once: bool = False
    pid: int | None = None
    started_at: float = 0.0
    starts: int = 0
    ready_reader: int | None = field(default=None, repr=False)
    code: int | None = None
    """How it ended last: its exit code, or minus the signal that killed it."""

    def start(self) -> None:
        """Fork. The caller has no threads."""
        reader, writer = os.pipe()
        parent = os.getpid()
        sys.stdout.flush()
        sys.stderr.flush()
        gc.freeze()  # the collector would write to pages that are shared so far
        pid = os.fork()
        if pid == 0:
            os.close(reader)
            _live(self, writer, parent)
        gc.unfreeze()
        os.close(writer)
        self.pid, self.ready_reader, self.code = pid, reader, None
        self.started_at = time.monotonic()
        self.starts += 1

    def ended(self) -> bool:
        """Whether it is gone; `code` tells how."""
        if self.pid is None:
            return True
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if pid == 0:
            return False
        self.code = os.waitstatus_to_exitcode(status)
        self.pid = None
        self.forget_readiness()
        return True

    def signal(self, number: signal.Signals) -> None:
        if self.pid is not None:
            os.kill(self.pid, number)  # not yet waited for, so the number is still its own

    def became_ready(self) -> bool:
        """Called when `ready_reader` is readable: whether the child said so, or only died."""
        said = self.ready_reader is not None and os.read(self.ready_reader, 1) != b""
        self.forget_readiness()
        return said

    def forget_readiness(self) -> None:
        if self.ready_reader is not None:
            os.close(self.ready_reader)
            self.ready_reader = None


def _live(child: Child, ready: int, parent: int) -> NoReturn:
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        os.setpgrp()  # Ctrl-C reaches the parent, which lets the children finish
        die_with_parent(parent, signal.SIGKILL)
        stop = Stop()
        signal.signal(signal.SIGTERM, lambda *_: stop.set())
        child.target(stop, lambda: _say_ready(ready))
        code = 0
    except Hopeless as error:
        log.error("%s: %s", child.name, error)
        code = HOPELESS
    except BaseException as error:
        # places in the code, never values: a message may quote a person
        trace = "".join(traceback.format_tb(error.__traceback__))
        log.error("%s failed: %s\n%s", child.name, reason_of(error), trace)
    finally:
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _say_ready(descriptor: int) -> None:
    os.write(descriptor, b"r")
