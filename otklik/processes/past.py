"""A made-up past for the demonstration: weeks of appeals, plans, reports and verdicts under a fake clock.

Everything goes the way that real work goes, by the same functions and stages; only the people are made up, each body
with habits of its own. So ratings, the map, the forecast and the letters have something to tell on the first evening.
"""

from __future__ import annotations

import io
import json
import math
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import psycopg
from PIL import Image

import ingest
import resolution
import streams
from ingest import FileStore
from models.events import Stream
from models.message import Author, Channel, Message
from models.pack import RegionPack
from models.refusal import Refused
from models.resolution import FileRole, Variant
from otklik import wiring
from otklik.processes.demonstration import PAST
from otklik.rehearsal import Rehearsal, rehearsal
from otklik.settings import Settings
from resolution import ResolutionPolicy, Upload, Wish
from resolution.replies import approval, mark
from resolution.verdicts import Judged, Term, Via, give
from routing import actions

Connection = psycopg.Connection[Any]
SEED = 20261122
A_DAY = 6
"""Appeals on an ordinary working day."""
WORDS = Path(__file__).with_name("past.json")
OPERATOR, EXECUTOR = "operator", "executor"
SLOW = frozenset({"proofs", "photos"})
"""Stages that look at photos, a second each: they do it when the product runs, in a process of their own."""
PEOPLE = 250
BURST_DAYS, BURST = 8, 4
"""In the last days one street writes of one thing so often a day, for the hot spots to find."""
LEFT_DAYS = 2
"""What came in the last days waits for the operator: proofs to look at, drafts to approve."""
OLD_PHOTO = 0.2
"""How often somebody proves a second work by the photo of the first."""
DANGER = 5
"""The urgency of danger to life: it is done at once."""


@dataclass(frozen=True, slots=True)
class Habits:
    """How a body works, each a share: in time, honestly, so that it is really solved."""

    punctual: float
    plain: float
    good: float


@dataclass
class Past:
    """One life of a region. `dice` decides everything: the same seed gives the same past."""

    product: Rehearsal
    pack: RegionPack
    files: FileStore
    dice: random.Random
    _deck: list[dict[str, Any]] = field(default_factory=list)
    _last_photo: bytes = b""

    @cached_property
    def words(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(WORDS.read_text(encoding="utf-8"))
        return content

    @cached_property
    def samples(self) -> list[dict[str, Any]]:
        lines = self.pack.path("samples.jsonl").read_text(encoding="utf-8").splitlines()
        return [sample for sample in map(json.loads, lines) if sample["expected"]["problems"]]

    @cached_property
    def policy(self) -> ResolutionPolicy:
        return ResolutionPolicy.of_pack(self.pack)

    def habits(self, executor: UUID) -> Habits:
        own = random.Random(str(executor))
        return Habits(own.uniform(0.5, 0.98), own.uniform(0.7, 1.0), own.uniform(0.55, 0.97))

    def live(self, until: datetime) -> None:
        """From the product's present until a moment, day by day."""
        while self.product.now < until:
            day = self.product.now
            self._write(day, (until - day).days)
            done = [self._assign, self._plan, self._report, self._judge]
            if until - day > timedelta(days=LEFT_DAYS):
                done += [self._decide, self._approve]
            with psycopg.connect(self.product.url) as connection:
                for step in done:
                    step(connection)
            self.product.settle()
            self.product.until(min(until, day + timedelta(days=1)), timedelta(days=1))

    def _write(self, day: datetime, left: int) -> None:
        """The appeals of a day: fewer at weekends, more in winter, more and more over the year."""
        local = day.astimezone(self.pack.zone)
        season = 1.25 + 0.35 * math.cos(2 * math.pi * (local.timetuple().tm_yday - 20) / 365)
        usual = A_DAY * season * (0.45 if local.weekday() >= 5 else 1.0)
        chosen = [self._next() for _ in range(round(self.dice.gauss(usual, math.sqrt(usual))))]
        if left < BURST_DAYS:
            chosen += self.dice.choices(self._burst, k=BURST)
        messages = [self._message(sample, day) for sample in chosen]
        with psycopg.connect(self.product.url) as connection:
            ingest.accept_many(connection, messages, now=day, files=self.files, pack=self.pack)

    def _next(self) -> dict[str, Any]:
        """The next sample of a shuffled deck: the same words come again when all others were said."""
        if not self._deck:
            self._deck = self.dice.sample(self.samples, k=len(self.samples))
        return self._deck.pop()

    @cached_property
    def _houses(self) -> dict[tuple[str, str], list[str]]:
        """Plain numbers of houses by municipality and street."""
        found: dict[tuple[str, str], list[str]] = {}
        for row in self.pack.rows("houses.csv"):
            numbers = (entry.partition("@")[0] for entry in row["houses"].split(";"))
            plain = [number for number in numbers if number.isdigit()]
            found.setdefault((row["municipality"], row["street"]), []).extend(plain)
        return found

    def _elsewhere(self, sample: dict[str, Any]) -> str:
        """The sample's text at another house of its street: the same words of one house would be one trouble again."""
        expected = sample["expected"]
        others = self._houses.get((sample["stated"].get("municipality", ""), expected["street"]), [])
        text = str(sample["text"])
        if not expected["house"] or not others:
            return text
        house = rf"(?<!\w){re.escape(expected['house'])}(?!\w)"
        return re.sub(house, self.dice.choice(others), text, count=1)

    @cached_property
    def _people(self) -> list[Author]:
        """Who writes: some of them again and again. No subscriber of Omsk has a number that begins with two zeros."""
        numbers = self.dice.sample(range(10_000), k=PEOPLE)
        names = self.words["names"]
        return [
            Author(name=self.dice.choice(names), phone=f"+7 3812 00-{number // 100:02d}-{number % 100:02d}")
            for number in numbers
        ]

    @cached_property
    def _burst(self) -> list[dict[str, Any]]:
        """The samples of the commonest group that name a street."""
        groups = [problem["group"] for sample in self.samples for problem in sample["expected"]["problems"]]
        commonest = max(set(groups), key=groups.count)
        named = [
            sample
            for sample in self.samples
            if sample["expected"]["street"] and sample["expected"]["problems"][0]["group"] == commonest
        ]
        return named[:1]

    def _message(self, sample: dict[str, Any], day: datetime) -> Message:
        stated = {name: value for name, value in sample["stated"].items() if name == "municipality"}
        return Message(
            self.pack.id,
            Channel.FORM,
            f"{PAST}{self.dice.getrandbits(64):016x}",
            self._elsewhere(sample),
            day,
            author=self.dice.choice(self._people),
            stated=stated,
        )

    def _assign(self, connection: Connection) -> None:
        """An operator agrees with the machine's first guess."""
        rows = connection.execute(
            """SELECT id, version FROM problems
               WHERE region_id = %s AND state = 'queued' AND jsonb_array_length(executor_guesses) > 0 ORDER BY id""",
            [self.pack.id],
        ).fetchall()
        for problem, version in rows:
            self._try(connection, lambda: actions.accept(
                connection, self.pack.id, problem, version, by=OPERATOR, now=self.product.now  # noqa: B023
            ))  # fmt: skip

    def _plan(self, connection: Connection) -> None:
        for problem, version, executor, group, topic, place, urgency in self._waiting(connection, "assigned"):
            if urgency < DANGER and self.dice.random() > 0.35 + 0.5 * self.habits(executor).punctual:
                continue
            most = min(self.policy.limit(topic).most_days, 14) if urgency < DANGER else 1
            due = self._today() + timedelta(days=self.dice.randint(1, most))
            wish = Wish(Variant.BY_DATE, self._said(group, executor, place)[0], due)
            self._try(connection, lambda: resolution.plan(
                connection, self.pack.id, problem, version, executor, wish, **self._step()  # noqa: B023
            ))  # fmt: skip

    def _report(self, connection: Connection) -> None:
        """On the day of the plan the punctual ones, the others some day after it."""
        due = {
            row[0]: row[1]
            for row in connection.execute(
                "SELECT DISTINCT ON (problem_id) problem_id, due_on FROM plans ORDER BY problem_id, planned_at DESC"
            )
        }
        for problem, version, executor, group, _, place, urgency in self._waiting(connection, "planned"):
            habits = self.habits(executor)
            late = (self._today() - due[problem]).days
            if urgency < DANGER and (late < -1 or self.dice.random() > (habits.punctual if late <= 0 else 0.25)):
                continue
            if not self._last_photo or self.dice.random() > OLD_PHOTO:
                self._last_photo = self._photo()
            uploads = [Upload(FileRole.AFTER, "после.jpg", self._last_photo)]
            done = self._said(group, executor, place)[1]
            self._try(connection, lambda: resolution.report(
                connection, self.pack.id, problem, version, executor,  # noqa: B023
                words=done, done_on=None, uploads=uploads, files=self.files, **self._step(),  # noqa: B023
            ))  # fmt: skip

    def _decide(self, connection: Connection) -> None:
        """Every proof holds; its photos are looked at when the product runs."""
        rows = connection.execute(
            "SELECT id FROM proofs WHERE region_id = %s AND state = 'submitted' ORDER BY id", [self.pack.id]
        ).fetchall()
        for (proof,) in rows:
            self._try(connection, lambda: streams.append(
                connection, Stream.PROBLEMS,
                resolution.checked(connection, proof, (), now=self.product.now, policy=self.policy),  # noqa: B023
            ))  # fmt: skip

    def _approve(self, connection: Connection) -> None:
        """Drafts that wait for a person: four of five are let go, the rest stay for whoever looks."""
        rows = connection.execute(
            "SELECT id, text FROM replies WHERE region_id = %s AND state = 'drafted' AND drafted_at < %s ORDER BY id",
            [self.pack.id, self.product.now],
        ).fetchall()
        for reply, text in rows:
            if self.dice.random() < 0.8:
                self._try(connection, lambda: approval.approve(
                    connection, self.pack.id, reply, mark(text), by=OPERATOR, now=self.product.now  # noqa: B023
                ))  # fmt: skip

    def _judge(self, connection: Connection) -> None:
        """A third of the authors answer, two days later."""
        rows = connection.execute(
            """SELECT DISTINCT p.id, a.executor_id FROM problems p JOIN assignments a ON a.problem_id = p.id
                   JOIN reply_problems rp ON rp.problem_id = p.id JOIN replies r ON r.id = rp.reply_id
               WHERE p.region_id = %s AND p.state = 'solved' AND a.ended_at IS NULL AND r.kind = 'final'
                   AND r.sent_at BETWEEN %s AND %s ORDER BY p.id""",
            [self.pack.id, self.product.now - timedelta(days=3), self.product.now - timedelta(days=2)],
        ).fetchall()
        for problem, executor in rows:
            if self.dice.random() > 0.35:
                continue
            good = self.dice.random() < self.habits(executor).good
            said = self.dice.choice(self.words["praise" if good else "blame"])
            judged = Judged(self.dice.choice((4, 5, 5) if good else (1, 1, 2)), good, said)
            now, term = self.product.now, Term(self.policy.verdict_days, self.pack.zone)
            self._try(connection, lambda: give(
                connection, self.pack.id, problem, judged, via=Via.LINK, by="", now=now, term=term  # noqa: B023
            ))  # fmt: skip

    def _waiting(self, connection: Connection, state: str) -> Sequence[tuple[UUID, int, UUID, str, str, str, int]]:
        """Problem, version, executor, group, topic, the place as an executor would write it, and the urgency."""
        return connection.execute(
            """SELECT p.id, p.version, a.executor_id, p.group_name, p.topic_code, concat_ws(', ',
                   coalesce(nullif(p.place->>'street', ''), nullif(p.place->>'settlement', ''), p.municipality),
                   nullif(p.place->>'house', '')), p.urgency
               FROM problems p JOIN assignments a ON a.problem_id = p.id AND a.ended_at IS NULL
               WHERE p.region_id = %s AND p.state = %s ORDER BY p.id""",
            [self.pack.id, state],
        ).fetchall()

    def _said(self, group: str, executor: UUID, place: str) -> tuple[str, str]:
        """What is planned and what was done: in plain words of this problem, or in words that say nothing."""
        if self.dice.random() > self.habits(executor).plain:
            empty = self.words["empty"]
            return empty, empty
        works = self.words["works"].get(group) or self.words["works"]["*"]
        numbers = {"few": self.dice.randint(2, 4), "many": self.dice.randint(5, 40), "place": place}
        planned, done = (self.dice.choice(works[name]).format_map(numbers) for name in ("planned", "done"))
        return planned, done

    def _step(self) -> dict[str, Any]:
        return {"by": EXECUTOR, "now": self.product.now, "today": self._today(), "policy": self.policy}

    def _today(self) -> Any:
        return self.product.now.astimezone(self.pack.zone).date()

    @staticmethod
    def _try(connection: Connection, act: Callable[[], object]) -> None:
        """What somebody else did meanwhile (another problem of the same incident, for one) is no trouble."""
        try:
            with connection.transaction():
                act()
        except (Refused, LookupError):
            return
        connection.commit()

    def _photo(self) -> bytes:
        """A picture like no other, small and sharp."""
        noise = np.random.default_rng(self.dice.getrandbits(32))
        coarse = noise.uniform(40, 210, (9, 12, 3))
        pixels = np.kron(coarse, np.ones((40, 40, 1))) + noise.normal(0, 14, (360, 480, 3))
        out = io.BytesIO()
        Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(out, "JPEG", quality=85)
        return out.getvalue()


def live_through(url: str, pack: RegionPack, chosen: Settings, weeks: int, now: datetime) -> bool:
    """Give the region a past of so many weeks; False where it has appeals already, and nothing is done."""
    with psycopg.connect(url) as connection:
        lived = connection.execute("SELECT FROM appeals WHERE region_id = %s LIMIT 1", [pack.id]).fetchone()
    if lived is not None:
        return False
    morning = datetime.combine(now.astimezone(pack.zone).date(), time(9, 30), pack.zone)
    quick = [name for name in wiring.STAGES if name not in SLOW]
    with rehearsal(url, silent(chosen), morning - timedelta(weeks=weeks), quick) as product:
        Past(product, pack, wiring.file_store(chosen), random.Random(SEED)).live(min(now, morning))
    return True


def silent(chosen: Settings) -> Settings:
    """The same without ways to the world: nobody gets a letter out of a made-up past."""
    return chosen.model_copy(update={"smtp": "", "vk_token": "", "telegram_token": ""})
