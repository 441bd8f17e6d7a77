"""What is wrong in bodies.csv and competence.csv of a region pack."""

from __future__ import annotations

from collections.abc import Iterator

from models.finding import Finding
from models.pack import RegionPack
from routing.competence import ANY, OWN, Body, Row, aliases_of, bodies_of, rows_of

KINDS = frozenset({"body", "unit", "person"})
BODIES, COMPETENCE = "bodies.csv", "competence.csv"


def findings(pack: RegionPack) -> Iterator[Finding]:
    """Everything wrong in both files. Raises PackError or KeyError where a file or a column is missing."""
    municipalities = set(aliases_of(pack.about.get("municipalities", ())).values())
    bodies = list(bodies_of(pack.rows(BODIES)))
    rows = list(rows_of(pack.rows(COMPETENCE)))
    yield from _bodies(bodies, municipalities)
    yield from _ties(rows)
    codes = {body.code for body in bodies} | {OWN}
    for row in rows:
        for message in _row(pack, row, codes, municipalities):
            yield Finding(COMPETENCE, row.line, message)
    for line, raw in enumerate(pack.rows(COMPETENCE), start=2):
        if raw["machine"] not in ("yes", "no"):
            yield Finding(COMPETENCE, line, f"machine must be yes or no, not {raw['machine']!r}")
    yield from _gaps(pack, rows)
    if any(row.body == OWN for row in rows):
        for name in sorted(municipalities - {body.municipality for body in bodies}):
            yield Finding(BODIES, 0, f"no administration for {name!r}, to which the body 'own' may lead")


def _bodies(bodies: list[Body], municipalities: set[str]) -> Iterator[Finding]:
    seen: dict[str, int] = {}
    administrations: dict[str, int] = {}
    for line, body in enumerate(bodies, start=2):
        if body.code in seen:
            yield Finding(BODIES, line, f"code {body.code!r} stands in line {seen[body.code]} too")
        seen.setdefault(body.code, line)
        if not body.name or not body.code or body.code == OWN:
            yield Finding(BODIES, line, "a body needs a name and a code other than 'own'")
        if body.kind not in KINDS:
            yield Finding(BODIES, line, f"kind {body.kind!r} is none of {', '.join(sorted(KINDS))}")
        if not body.municipality:
            continue
        if body.municipality not in municipalities:
            yield Finding(BODIES, line, f"region.json has no municipality {body.municipality!r}")
        if body.municipality in administrations:
            first = administrations[body.municipality]
            yield Finding(BODIES, line, f"{body.municipality!r} has its administration in line {first} already")
        administrations.setdefault(body.municipality, line)


def _ties(rows: list[Row]) -> Iterator[Finding]:
    first: dict[tuple[str, str], Row] = {}
    for row in rows:
        before = first.setdefault((row.topic, row.municipality), row)
        if before is not row:
            where = f"topic {row.topic!r} and municipality {row.municipality!r}"
            yield Finding(COMPETENCE, row.line, f"a tie: line {before.line} decides for {where} too")


def _row(pack: RegionPack, row: Row, bodies: set[str], municipalities: set[str]) -> Iterator[str]:
    groups = {topic.code.partition(".")[0]: topic.group for topic in pack.topics}
    topic = pack.topic_by_code.get(row.topic)
    known = topic.name if topic else groups.get(row.topic)
    if row.topic != ANY and known is None:
        yield f"no topic or group {row.topic!r}"
    elif known is not None and row.name != known:
        yield f"{row.topic!r} is {known!r}, not {row.name!r}"
    if row.municipality != ANY and row.municipality not in municipalities:
        yield f"region.json has no municipality {row.municipality!r}"
    if row.body not in bodies:
        yield f"bodies.csv has no body {row.body!r}"
    if not row.basis:
        yield "no basis: say by what table, law or practice"


def _gaps(pack: RegionPack, rows: list[Row]) -> Iterator[Finding]:
    everywhere = {row.topic for row in rows if row.municipality == ANY}
    if ANY in everywhere:
        return
    for topic in pack.topics:
        if not {topic.code, topic.code.partition(".")[0]} & everywhere:
            yield Finding(COMPETENCE, 0, f"no row for topic {topic.code} «{topic.name}» in every municipality")
