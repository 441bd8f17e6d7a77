"""One run of the suite: the installation, the traffic, the schedule, and what was found afterwards."""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import psycopg

from streams import ask_replay, quarantined
from tests.faults import audit
from tests.faults.installation import Installation, stopped, wait
from tests.faults.points import DEADLY, POISON
from tests.faults.schedule import OTHERS_EVERY, Fault, Kind, digest, schedule
from tests.faults.traffic import Citizen, Connector, Importer, Sender, accepted_since
from tests.product import otklik

REACHED_SECONDS = 40.0
ACCEPTED_SECONDS = 120.0
DONE_SECONDS = 300.0
CUT_SECONDS = 8.0
ROUNDS = 3
"""What did not strike in a long run (its victim was just not there) is tried again after all others."""
FULL_SECONDS = 3.0
HANG_SECONDS = {"embedded": 3.0, "kafka": 14.0}
"""Longer than the broker waits for a member of a group, so that its partitions go to others while it hangs."""
JUMP_SECONDS = {"forward": 3 * 3600, "back": -2 * 3600}


@dataclass
class Run:
    """`happened`: by name of a fault how often it was tried and how often it struck."""

    installation: Installation
    seed: int
    kills: int
    senders: list[Sender] = field(default_factory=list)
    happened: dict[str, Counter[str]] = field(default_factory=dict)
    aside: Counter[str] = field(default_factory=Counter)

    def execute(self) -> dict[str, Any]:
        """The result as it is printed."""
        engine = self.installation.engine
        faults = schedule(self.seed, self.kills, engine)
        self._say(f"engine {engine}, seed {self.seed}, {self.kills} kills, schedule {digest(faults)}")
        began = time.monotonic()
        self._begin()
        chance = random.Random(self.seed)
        missed = faults
        for _ in range(ROUNDS if self.kills >= OTHERS_EVERY else 1):
            missed = [fault for number, fault in enumerate(missed, 1) if not self._happens(fault, number, chance)]
        self._end()
        return self._result(engine, digest(faults), time.monotonic() - began)

    def _happens(self, fault: Fault, number: int, chance: random.Random) -> bool:
        time.sleep(fault.delay)
        accepted = accepted_since(self.senders)
        struck = self._strike(fault, chance)
        self.happened.setdefault(fault.name, Counter()).update(tried=1, struck=int(struck))
        self._say(f"{number} {fault.name}{'' if struck else ': not reached'}")
        if fault.target == "starter" or not fault.hurry:
            self._expect(accepted, ACCEPTED_SECONDS, f"nothing was accepted after: {fault.name}")
        return struck

    def _begin(self) -> None:
        one = self.installation
        files = one.folder / "files"
        files.mkdir()
        self.senders = [
            Citizen(one.product, "citizen", 0.05),
            Connector(one.product, "connector", 0.05),
            Importer(one.product, "import", 0.5, folder=files, environment=one.environment),
        ]
        self._threads = [sender.start() for sender in self.senders]

    def _end(self) -> None:
        """Let every sender have its last word, mend what was poisoned, replay what was put aside, wait for the rest."""
        one = self.installation
        one.clock.jump(0)
        one.mend()
        for sender in self.senders:
            sender.stop.set()
        for thread in self._threads:
            self._expect(lambda: not thread.is_alive(), ACCEPTED_SECONDS, "a sender cannot have its last word")  # noqa: B023
        self._expect(self._all_done, DONE_SECONDS, "not everything was done")

    def _all_done(self) -> bool:
        one = self.installation
        with suppress(psycopg.OperationalError), psycopg.connect(one.product.url()) as connection:
            aside = [row for row in quarantined(connection) if row.replay_asked_at is None]
            self.aside.update(f"{row.consumer_group}: {row.reason.partition(' in ')[0]}" for row in aside)
            ask_replay(connection, [row.id for row in aside], datetime.now(UTC))
        return audit.everything_done(one.product.url())

    def _strike(self, fault: Fault, chance: random.Random) -> bool:
        """Let the fault happen; whether it did."""
        one = self.installation
        match fault.kind:
            case Kind.KILL:
                return self._kill(fault.target, chance)
            case Kind.POINT:
                return self._at(fault.point, None)
            case Kind.POINT_KILL:
                victim = one.process_of(fault.target, chance)
                return victim is not None and self._at(fault.point, victim)
            case Kind.STOP:
                return stopped(one.process_of(fault.target, chance), HANG_SECONDS[one.engine])
            case Kind.CUT:
                return self._cut(chance)
            case Kind.FULL:
                return self._fill()
            case Kind.CLOCK:
                one.clock.jump(JUMP_SECONDS[fault.target])
                time.sleep(CUT_SECONDS)
                one.clock.jump(0)
                return one.clock.here
            case Kind.POISON | Kind.DEADLY:
                self.senders[0].specials.append(POISON if fault.kind is Kind.POISON else DEADLY)
                return True

    def _kill(self, target: str, chance: random.Random) -> bool:
        if target == "import":
            process = self.senders[-1].process  # type: ignore[attr-defined]
            if process is None or process.poll() is not None:
                return False
            process.kill()
            return True
        victim = self.installation.process_of(target, chance)
        if victim is None:
            return False
        with suppress(psutil.NoSuchProcess):
            victim.kill()
        return True

    def _at(self, place: str, victim: psutil.Process | None) -> bool:
        one = self.installation
        one.arm(place, victim)
        if place.startswith("timers"):  # clocks warn and breach when their time comes
            one.clock.jump(JUMP_SECONDS["forward"])
        wait((one.points / "hit" / place).exists, REACHED_SECONDS)
        one.clock.jump(0)
        return one.disarm(place)

    def _cut(self, chance: random.Random) -> bool:
        one = self.installation
        if not one.network.here:
            return stopped(one.process_of("broker", chance), CUT_SECONDS)
        struck = one.network.cut()
        time.sleep(CUT_SECONDS)
        return one.network.join() and struck

    def _fill(self) -> bool:
        disk = self.installation.disk
        if not disk.here:
            return False
        disk.fill()
        time.sleep(FULL_SECONDS)
        disk.free()
        return True

    def _expect(self, true: Callable[[], bool], seconds: float, otherwise: str) -> None:
        def kept_and_true() -> bool:
            self.installation.keep_starter()
            return true()

        assert wait(kept_and_true, seconds), f"{otherwise}, seed {self.seed}, engine {self.installation.engine}"

    def _result(self, engine: str, schedule: str, seconds: float) -> dict[str, Any]:
        one = self.installation
        with psycopg.connect(one.product.url()) as connection:
            found = audit.differences(connection, self.senders)
            events = connection.execute("SELECT count(*) FROM stream_events").fetchone()
        verified = otklik("verify", **one.environment)
        found["`otklik verify` finds no difference"] = [] if verified.returncode == 0 else [verified.stdout[-2000:]]
        killing = (Kind.KILL.value, Kind.POINT.value, Kind.POINT_KILL.value)
        return {
            "engine": engine,
            "seed": self.seed,
            "schedule": schedule,
            "kills": sum(what["struck"] for name, what in self.happened.items() if name.startswith(killing)),
            "seconds": round(seconds),
            "accepted": {sender.name: len(sender.told) for sender in self.senders},
            "events": events[0] if events else 0,
            "differences": {name: ids[:20] for name, ids in found.items()},
            "faults": {name: dict(what) for name, what in sorted(self.happened.items())},
            "put aside and replayed": dict(self.aside),
            "surroundings": {
                "disk": one.disk.how,
                "clock": one.clock.how,
                **({"network": one.network.how} if one.broker else {}),
            },
        }

    def _say(self, text: str) -> None:
        sys.stderr.write(f"{datetime.now(UTC):%H:%M:%S} {text}\n")
        sys.stderr.flush()


def run(folder: Path, engine: str, seed: int, kills: int) -> dict[str, Any]:
    """One run in an installation of its own under `folder`."""
    with Installation(folder, engine) as installation:
        return Run(installation, seed, kills).execute()
