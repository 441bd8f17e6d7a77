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

from resolution.sending import resend
from streams import ask_replay, quarantined
from tests.faults import audit, audit_replies
from tests.faults.installation import Installation, stopped, wait
from tests.faults.officials import REGION, Officials
from tests.faults.points import DEADLY, POISON
from tests.faults.schedule import OTHERS_EVERY, Fault, Kind, digest, schedule
from tests.faults.traffic import Actor, Citizen, Connector, Importer, Sender, accepted_since
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
JUMPED_SECONDS = 4.0
AFTERWARDS = 4 * 3600
"""Seconds that the clock is ahead in the end: what was put off while it had jumped forward comes due."""
REFUSED_SECONDS = 4.0
SENDING = frozenset({"sender", "mail", "postmaster", "backend", "starter", "whoever appends"})
"""Whose death may come between a letter and its mark."""
FULL_LETTERS = 10
"""Letters at most that the database takes down while it is full, going up and down, and cannot note as sent."""
THERE_SECONDS = 10.0
"""For a victim to be started again after what came before."""


@dataclass
class Run:
    """`happened`: by name of a fault how often it was tried and how often it struck. `cuts`: after how many letters at
    most a sender died, or its database did, before the letter was noted as sent."""

    installation: Installation
    seed: int
    kills: int
    senders: list[Sender] = field(default_factory=list)
    happened: dict[str, Counter[str]] = field(default_factory=dict)
    aside: Counter[str] = field(default_factory=Counter)
    cuts: int = 0

    def execute(self) -> dict[str, Any]:
        """The result as it is printed."""
        engine = self.installation.engine
        faults = schedule(self.seed, self.kills, engine)
        self._say(f"engine {engine}, seed {self.seed}, {self.kills} kills, schedule {digest(faults)}")
        began = time.monotonic()
        chance = self._chance = random.Random(self.seed)
        self._begin()
        missed = faults
        for _ in range(ROUNDS if self.kills >= OTHERS_EVERY else 1):
            missed = [fault for number, fault in enumerate(missed, 1) if not self._happens(fault, number, chance)]
        self._end()
        return self._result(engine, digest(faults), time.monotonic() - began)

    def _happens(self, fault: Fault, number: int, chance: random.Random) -> bool:
        time.sleep(fault.delay)
        accepted, before = accepted_since(self.senders), self.installation.product.process
        struck = self._strike(fault, chance)
        self.happened.setdefault(fault.name, Counter()).update(tried=1, struck=int(struck))
        self.cuts += letters_cut(fault) * struck
        self._say(f"{number} {fault.name}{'' if struck else ': not reached'}")
        if fault.target == "starter":
            # appeals may be accepted without it: an import that found nothing running brings up a database of its own
            self._expect(lambda: self.installation.started_after(before), ACCEPTED_SECONDS, "it did not start again")
        if not fault.hurry:
            self._expect(accepted, ACCEPTED_SECONDS, f"nothing was accepted after: {fault.name}")
        return struck

    def _begin(self) -> None:
        one = self.installation
        files = one.folder / "files"
        files.mkdir()
        self._importer = Importer(one.product, 0.5, "import", folder=files, environment=one.environment)
        self.senders = [
            Citizen(one.product, 0.05, "citizen"),
            Connector(one.product, 0.05, "connector"),
            self._importer,
        ]
        self.officials = Officials(one.product, 0.4, one.clock, self.seed)
        with psycopg.connect(one.product.url()) as connection:
            # as an import of officials leaves them: the start renews what a pack says
            connection.execute("UPDATE executors SET email = code || '@officials.example', origin = 'import'")
        self._actors: list[Actor] = [*self.senders, self.officials]
        self._threads = [each.start() for each in self._actors]

    def _end(self) -> None:
        """Let every sender have its last word, mend what was poisoned, replay what was put aside, wait for the rest."""
        one = self.installation
        one.clock.jump(AFTERWARDS)
        one.mend()
        for each in self._actors:
            each.stop.set()
        for thread in self._threads:
            self._expect(lambda: not thread.is_alive(), ACCEPTED_SECONDS, "a sender cannot have its last word")  # noqa: B023
        self._expect(self._all_done, DONE_SECONDS, "not everything was done")

    def _all_done(self) -> bool:
        one = self.installation
        with suppress(psycopg.OperationalError), psycopg.connect(one.product.url()) as connection:
            aside = [row for row in quarantined(connection) if row.replay_asked_at is None]
            self.aside.update(f"{row.consumer_group}: {row.reason.partition(' in ')[0]}" for row in aside)
            ask_replay(connection, [row.id for row in aside], datetime.now(UTC))
            for (reply,) in connection.execute("SELECT id FROM replies WHERE state = 'failed'").fetchall():
                resend(connection, REGION, reply, by="operator", now=datetime.now(UTC))
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
                victim = self._victim(fault.target, chance)
                return victim is not None and self._at(fault.point, victim)
            case Kind.STOP:
                hang = HANG_SECONDS["embedded" if fault.target == "sender" else one.engine]
                return stopped(self._victim(fault.target, chance), hang)
            case Kind.REFUSE:
                one.post_office.close_for(REFUSED_SECONDS)
                return True
            case Kind.CUT:
                return self._cut(chance)
            case Kind.FULL:
                return self._fill()
            case Kind.CLOCK:
                one.clock.jump(JUMP_SECONDS[fault.target])
                time.sleep(JUMPED_SECONDS)
                one.clock.jump(0)
                return one.clock.here
            case Kind.POISON | Kind.DEADLY:
                self.senders[0].specials.append(POISON if fault.kind is Kind.POISON else DEADLY)
                return True

    def _kill(self, target: str, chance: random.Random) -> bool:
        if target == "import":
            return self._awaited(self._import_under_way) and self._kill_import()
        victim = self._victim(target, chance)
        if victim is None:
            return False
        with suppress(psutil.NoSuchProcess):
            victim.kill()
        return True

    def _victim(self, who: str, chance: random.Random) -> psutil.Process | None:
        """A process by its part in the product, once it runs; None where it does not come."""
        found: list[psutil.Process] = []

        def there() -> bool:
            process = self.installation.process_of(who, chance)
            found.extend([process] if process is not None else [])
            return bool(found)

        return found[0] if self._awaited(there) else None

    def _awaited(self, true: Callable[[], bool], seconds: float = THERE_SECONDS) -> bool:
        """Whether it came true in time, with the starter kept up."""

        def kept_and_true() -> bool:
            self.installation.keep_starter()
            return true()

        return wait(kept_and_true, seconds)

    def _import_under_way(self) -> bool:
        process = self._importer.process
        return process is not None and process.poll() is None

    def _kill_import(self) -> bool:
        assert self._importer.process is not None
        self._importer.process.kill()
        return True

    def _at(self, place: str, victim: psutil.Process | None) -> bool:
        one = self.installation
        one.arm(place, victim)
        if place.startswith(("timers", "mail")):  # clocks warn and breach when their time comes
            one.clock.jump(JUMP_SECONDS["forward"])
        if place.startswith("reports"):  # they look when they begin, and once a minute
            self._kill("reports", self._chance)
        self._awaited((one.points / "hit" / place).exists, REACHED_SECONDS)
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
        assert self._awaited(true, seconds), f"{otherwise}, seed {self.seed}, engine {self.installation.engine}"

    def _result(self, engine: str, schedule: str, seconds: float) -> dict[str, Any]:
        one = self.installation
        with psycopg.connect(one.product.url()) as connection:
            found = audit.differences(connection, self.senders)
            found |= audit_replies.differences(connection, one.post_office.letters, self.cuts, self.officials)
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
            "reports": len(self.officials.proofs),
            "approvals": len(self.officials.approved),
            "letters": len(one.post_office.letters),
            "letters that came again": len(one.post_office.letters)
            - len({name for name, _ in one.post_office.letters}),
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


def letters_cut(fault: Fault) -> int:
    """How many letters at most may come again by it: one of replies and one of notices under way."""
    if fault.kind is Kind.FULL:
        return FULL_LETTERS
    return 2 if fault.target in SENDING and fault.kind in (Kind.KILL, Kind.POINT, Kind.POINT_KILL) else 0


def run(folder: Path, engine: str, seed: int, kills: int) -> dict[str, Any]:
    """One run in an installation of its own under `folder`."""
    with Installation(folder, engine) as installation:
        return Run(installation, seed, kills).execute()
