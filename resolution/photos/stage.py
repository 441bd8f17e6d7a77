"""Two stages over photos: `proofs` checks what executors hand in, `photos` indexes what citizens send.

Apart, because a wave of citizens' photos must not keep proofs waiting; apart from all the others, because a photo takes
a good part of a second. Photos are looked at before anything is locked.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

import cv2

import streams
from models.events import Event, EventType, Stream
from models.pack import RegionPack
from models.present import Now, present
from models.resolution import FileRole
from resolution.photos import store
from resolution.photos.circumstances import check_place, check_time
from resolution.photos.examine import Examined, Shape, examine, points_in
from resolution.photos.finding import Check, Finding, flagged, unknown
from resolution.photos.limits import Limits
from resolution.photos.prints import Points, keys_of
from resolution.photos.same import overlay
from resolution.photos.scene import check_scene
from resolution.photos.uses import Likeness, judge
from resolution.policy import ResolutionPolicy
from resolution.reporting import checked
from streams.contract import Connection, Stage

log = logging.getLogger(__name__)

PROOFS_AT_ONCE = 4
PHOTOS_AT_ONCE = 16
"""Of one transaction: a photo takes a good part of a second, and a stop waits for the batch under way."""
LEAST_KEYS = 2
MOST_CANDIDATES = 5
"""Of a shape: among a million photos some strangers share two keys, and each costs a twentieth of a second."""
KEPT = 24
"""Files kept in memory: a report of an incident proves many problems by the same files."""


class Files(Protocol):
    """Where files stand, by digest."""

    def put(self, content: bytes) -> str:
        """Store `content` and return its SHA-256 in hexadecimal."""

    def read(self, digest: str) -> bytes:
        """The bytes of a stored file. Raises FileNotFoundError when there is none."""


PackOf = Callable[[str], RegionPack]


def proofs_stage(pack_of: PackOf, files: Files, now: Now = present) -> Stage:
    """The stage that checks proofs, given where to find the pack of a region and the files."""

    cv2.setNumThreads(1)  # processes are what we scale by

    def handle(connection: Connection, told_of: Sequence[Event]) -> int:
        events = told_of[:PROOFS_AT_ONCE]
        by_region: dict[str, Checker] = {}
        found: dict[tuple[UUID, UUID], tuple[Checker, Sequence[str]]] = {}
        for each in events:
            checker = by_region.setdefault(each.region, Checker(connection, files, pack_of(each.region), now))
            flags = checker.check(UUID(each.data["proof_id"]))
            if flags is not None:
                found[UUID(each.data["problem_id"]), UUID(each.data["proof_id"])] = checker, flags
        told: list[Event] = []
        # in the order in which pages lock the problems of an incident, so that none waits for the other for ever
        for (_, proof), (checker, flags) in sorted(found.items(), key=lambda one: one[0]):
            told += checker.conclude(proof, flags)
        if told:
            streams.append(connection, Stream.PROBLEMS, told)
        return len(events)

    return Stage("proofs", Stream.PROBLEMS, frozenset({EventType.PROOF_SUBMITTED}), handle)


def photos_stage(pack_of: PackOf, files: Files, now: Now = present) -> Stage:
    """The stage that indexes the photos of appeals and verdicts."""

    cv2.setNumThreads(1)

    def handle(connection: Connection, events: Sequence[Event]) -> int:
        done, taken = 0, defaultdict[str, set[str]](set)
        for each, digests in zip(events, _photos(connection, events), strict=True):
            if digests and sum(map(len, taken.values())) >= PHOTOS_AT_ONCE:
                break
            taken[each.region].update(digests)
            done += 1
        for region, wanted in sorted(taken.items()):
            limits = Limits.of_pack(pack_of(region))
            for digest in store.not_indexed(connection, region, wanted) if wanted else ():
                _index(connection, region, digest, files, limits, now())
        return done

    told = frozenset({EventType.PROBLEM_FOUND, EventType.APPEAL_DISMISSED, EventType.VERDICT_GIVEN})
    return Stage("photos", Stream.PROBLEMS, told, handle)


def _photos(connection: Connection, events: Sequence[Event]) -> list[Sequence[str]]:
    """Digests of the photos of each event's appeal or verdict: most came without any."""
    verdicts = [UUID(each.data["verdict_id"]) for each in events if each.type is EventType.VERDICT_GIVEN]
    by_verdict = store.verdict_photos(connection, verdicts) if verdicts else {}
    by_appeal = store.citizens_photos(connection, {each.key for each in events})
    return [
        by_verdict.get(UUID(each.data["verdict_id"]), [])
        if each.type is EventType.VERDICT_GIVEN
        else by_appeal.get(each.key, [])
        for each in events
    ]


def _index(connection: Connection, region: str, digest: str, files: Files, limits: Limits, now: datetime) -> None:
    points = _points(files, digest, limits)
    store.index(connection, region, digest, keys_of(region, points) if points else [], now)


def _points(files: Files, digest: str, limits: Limits) -> Points | None:
    try:
        return points_in(files.read(digest), limits)
    except FileNotFoundError:
        return None


class Checker:
    """Checks proofs of one region in one transaction; keeps what it knows of files meanwhile."""

    def __init__(self, connection: Connection, files: Files, pack: RegionPack, now: Now) -> None:
        self._connection, self._files, self._pack, self._now = connection, files, pack, now
        self._limits = Limits.of_pack(pack)
        self._policy = ResolutionPolicy.of_pack(pack)
        self._examined: dict[tuple[str, FileRole], Examined] = {}
        self._points: dict[str, Points | None] = {}

    def check(self, proof: UUID) -> Sequence[str] | None:
        """Check every file of a proof and write what was found: the flags. None where it waits for no checks."""
        case = store.case_of(self._connection, proof)
        if case is None:
            return None
        for digest in store.not_indexed(self._connection, case.region, case.before):
            _index(self._connection, case.region, digest, self._files, self._limits, self._now())
        flags: list[str] = []
        for file in case.files:
            examined = self._examine(file)
            findings = [*examined.findings, *self._findings(case, file, examined)]
            store.write_findings(self._connection, case, file, findings, self._now())
            if examined.copy is not None:
                store.write_public_copy(self._connection, file, self._files.put(examined.copy.content))
            flags += [each.check.value for each in findings if each.for_operator]
        return flags

    def conclude(self, proof: UUID, flags: Sequence[str]) -> list[Event]:
        """What follows from the flags of a proof, to be told; its problem stays locked.

        At this moment and not when the looking began: clocks leave out what is older than what else happened meanwhile.
        """
        return checked(self._connection, proof, flags, now=self._now(), policy=self._policy)

    def _examine(self, file: store.File) -> Examined:
        known = self._examined.get((file.sha256, file.role))
        if known is None:
            try:
                known = examine(self._files.read(file.sha256), file.role, self._limits)
            except FileNotFoundError:
                known = Examined([flagged(Check.READABLE, "файла нет в хранилище")])
            if len(self._examined) >= KEPT:
                self._examined.clear()
            self._examined[file.sha256, file.role] = known
        return known

    def _findings(self, case: store.Case, file: store.File, examined: Examined) -> list[Finding]:
        same_file = store.uses(self._connection, case, file, [file.sha256])
        findings = [judge(Check.SAME_FILE, file.role, [(use, Likeness()) for use in same_file])]
        if not examined.shapes:
            return findings
        findings.append(self._same_photo(case, file, examined.shapes))
        if file.role is not FileRole.VIDEO:
            findings.append(check_time(examined.camera, file.role, case.times, self._pack.zone, self._limits))
            findings.append(check_place(examined.camera, case.sites, self._limits))
        if file.role is not FileRole.BEFORE:
            findings.append(check_scene(self._before(case, file), examined.shapes[0].points, self._limits))
        return findings

    def _before(self, case: store.Case, file: store.File) -> list[Points]:
        own = [each.sha256 for each in case.files if each.role is FileRole.BEFORE]
        found = [self._known_points(digest) for digest in {*own, *case.before} - {file.sha256}]
        return [each for each in found if each is not None]

    def _known_points(self, digest: str) -> Points | None:
        if digest not in self._points:
            if len(self._points) >= KEPT:
                self._points.clear()
            self._points[digest] = _points(self._files, digest, self._limits)
        return self._points[digest]

    def _same_photo(self, case: store.Case, file: store.File, shapes: Sequence[Shape]) -> Finding:
        """Look the photo up in the index in all its shapes, lay what comes over it, put the photo itself in."""
        found: dict[str, Likeness] = {}
        for shape in shapes:
            keys = keys_of(case.region, shape.points)
            for digest, _ in store.candidates(self._connection, case.region, keys, LEAST_KEYS, MOST_CANDIDATES):
                other = None if digest == file.sha256 or digest in found else self._known_points(digest)
                if other is None:
                    continue
                laid = overlay(shape.points, other, self._limits)
                if laid.share >= self._limits["same_share"]:
                    found[digest] = Likeness(min(laid.share, 0.99), shape.mirrored, laid.points)
        itself = shapes[0].points
        store.index(self._connection, case.region, file.sha256, keys_of(case.region, itself), self._now())
        if len(itself) < LEAST_KEYS:
            return unknown(Check.SAME_PHOTO, "на снимке нет деталей, по которым его можно узнать")
        earlier = store.uses(self._connection, case, file, list(found))
        return judge(Check.SAME_PHOTO, file.role, [(use, found[use.sha256]) for use in earlier])
