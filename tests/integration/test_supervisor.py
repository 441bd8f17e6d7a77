"""The supervisor and its children, without the product around them."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from otklik.processes.child import HOPELESS, Child, Hopeless, Target
from otklik.processes.supervisor import Supervisor
from streams import Stop
from tests.product import gone, wait_until

HERE = Path(__file__)


def until_stopped(stop: Stop, ready: Callable[[], None]) -> None:
    ready()
    while not stop.is_set():
        signal.pause()


def hopeless(stop: Stop, ready: Callable[[], None]) -> None:
    raise Hopeless("the pack has no model")


def log_to_standard_error() -> None:
    """In a child: pytest has taken the logs of the parent."""
    logging.basicConfig(force=True)


def supervised(*children: Child, act: Callable[[int], None]) -> int:
    """Run a supervisor in a process of its own, `act` on its number once all is ready; its exit code."""
    reader, writer = os.pipe()

    def supervise(stop: Stop, ready: Callable[[], None]) -> None:
        os.close(reader)
        log_to_standard_error()

        def all_ready() -> None:
            os.write(writer, b"r")

        code = Supervisor(children).run(stop, all_ready)
        os._exit(code)

    outer = Child("supervisor", supervise)
    outer.start()
    os.close(writer)
    assert outer.pid is not None
    if os.read(reader, 1):
        act(outer.pid)
        outer.signal(signal.SIGTERM)
    os.close(reader)
    wait_until(outer.ended)
    assert outer.code is not None
    return outer.code


def children_of(pid: int) -> list[psutil.Process]:
    return psutil.Process(pid).children()


def test_a_child_that_dies_is_started_again() -> None:
    def kill_one(supervisor: int) -> None:
        (victim,) = children_of(supervisor)
        victim.kill()
        wait_until(lambda: gone(victim) and len(children_of(supervisor)) == 1)

    assert supervised(Child("one", until_stopped), act=kill_one) == 0


def test_children_do_not_outlive_a_killed_supervisor() -> None:
    seen: list[psutil.Process] = []

    def kill_it(supervisor: int) -> None:
        seen.extend(children_of(supervisor))
        os.kill(supervisor, signal.SIGKILL)

    code = supervised(Child("one", until_stopped), Child("two", until_stopped), act=kill_it)
    assert code == -signal.SIGKILL
    assert len(seen) == 2
    wait_until(lambda: all(gone(child) for child in seen))


def test_a_child_that_cannot_work_at_all_ends_everything_with_its_reason(capfd: pytest.CaptureFixture[str]) -> None:
    code = supervised(Child("one", until_stopped), Child("two", hopeless), act=lambda _: None)
    assert code == 1
    assert "two: the pack has no model" in capfd.readouterr().err


def test_a_child_that_works_once_is_not_started_again() -> None:
    def once(stop: Stop, ready: Callable[[], None]) -> None:
        pass

    def look(supervisor: int) -> None:
        assert len(children_of(supervisor)) == 1

    assert supervised(Child("one", until_stopped), Child("samples", once, once=True), act=look) == 0


@pytest.mark.parametrize(("target", "code"), [(hopeless, HOPELESS), (until_stopped, -signal.SIGKILL)])
def test_how_a_child_ended_is_known(target: Target, code: int) -> None:
    child = Child("one", target)
    child.start()
    if target is until_stopped:
        child.signal(signal.SIGKILL)
    wait_until(child.ended)
    assert child.code == code


def test_what_a_failing_child_says_holds_no_persons_words(capfd: pytest.CaptureFixture[str]) -> None:
    person = "вортеП"[::-1]  # the log shows lines of code, and this is one

    def fail(stop: Stop, ready: Callable[[], None]) -> None:
        log_to_standard_error()
        raise ValueError(f"no such street: {person}")

    child = Child("one", fail)
    child.start()
    wait_until(child.ended)
    shown = capfd.readouterr().err
    assert "one failed: ValueError in fail" in shown
    assert HERE.name in shown
    assert "Петров" not in shown
