"""The SQL of the checks: the proof in hand with its surroundings, the index of photos, where a photo was used."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from models.identifiers import derived_id
from models.places import PlaceLevel
from models.resolution import FileRole
from resolution.photos.circumstances import Site, Times
from resolution.photos.finding import Finding
from resolution.photos.uses import Kin, Use
from streams.contract import Connection


@dataclass(frozen=True, slots=True)
class File:
    """One row of proof_files."""

    id: UUID
    role: FileRole
    sha256: str


@dataclass(frozen=True, slots=True)
class Case:
    """A proof that waits for its checks. `problems`: the one it proves and the others of its incident; `appeals`:
    theirs; `before`: digests of the photos that the appeal of the problem came with."""

    id: UUID
    region: str
    problem_id: UUID
    problems: Sequence[UUID]
    appeals: Sequence[UUID]
    sites: Sequence[Site]
    times: Times
    files: Sequence[File]
    before: Sequence[str]


def case_of(connection: Connection, proof: UUID) -> Case | None:
    """None where the proof waits for no checks (any more)."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            """
            SELECT proof.region_id, proof.problem_id, proof.submitted_at, p.appeal_id,
                   (SELECT max(given_at) FROM verdicts v
                    WHERE v.problem_id = p.id AND NOT v.solved AND v.given_at < proof.submitted_at) AS reopened
            FROM proofs proof JOIN problems p ON p.id = proof.problem_id
            WHERE proof.id = %s AND proof.state = 'submitted'
            """,
            (proof,),
        ).fetchone()
        if row is None:
            return None
        near = cursor.execute(
            """
            SELECT p.id, p.appeal_id, a.accepted_at, p.latitude, p.longitude, p.place_level,
                   coalesce((p.place ->> 'confidence')::float, 0) AS confidence
            FROM problems p JOIN appeals a ON a.id = p.appeal_id
            WHERE p.id = %(problem)s OR p.id IN (
                SELECT other.problem_id FROM incident_problems own
                JOIN incident_problems other ON other.incident_id = own.incident_id AND other.left_at IS NULL
                WHERE own.problem_id = %(problem)s AND own.left_at IS NULL)
            """,
            {"problem": row["problem_id"]},
        ).fetchall()
    files = connection.execute(
        "SELECT id, role, sha256 FROM proof_files WHERE proof_id = %s ORDER BY ordinal", (proof,)
    ).fetchall()
    return Case(
        id=proof,
        region=row["region_id"],
        problem_id=row["problem_id"],
        problems=[each["id"] for each in near],
        appeals=sorted({each["appeal_id"] for each in near}),
        sites=[
            Site(each["latitude"], each["longitude"], PlaceLevel(each["place_level"]), each["confidence"])
            for each in near
            if each["latitude"] is not None and each["longitude"] is not None
        ],
        times=Times(min(each["accepted_at"] for each in near), row["reopened"], row["submitted_at"]),
        files=[File(id, FileRole(role), sha256) for id, role, sha256 in files],
        before=citizens_photos(connection, [row["appeal_id"]]).get(row["appeal_id"], []),
    )


def citizens_photos(connection: Connection, appeals: Collection[UUID]) -> dict[UUID, list[str]]:
    """Digests of the photos that came with appeals, by appeal."""
    return _by_owner(
        connection.execute(
            """SELECT DISTINCT appeal_id, sha256 FROM attachments
               WHERE appeal_id = ANY(%s) AND media_type LIKE 'image/%%' ORDER BY sha256""",
            [list(appeals)],
        )
    )


def verdict_photos(connection: Connection, verdicts: Collection[UUID]) -> dict[UUID, list[str]]:
    """Digests of the photos that came with verdicts, by verdict."""
    return _by_owner(
        connection.execute(
            "SELECT id, photo_sha256 FROM verdicts WHERE id = ANY(%s) AND photo_sha256 <> ''", [list(verdicts)]
        )
    )


def _by_owner(rows: Iterable[tuple[UUID, str]]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    for owner, digest in rows:
        found.setdefault(owner, []).append(digest)
    return found


def not_indexed(connection: Connection, region: str, digests: Collection[str]) -> list[str]:
    rows = connection.execute(
        "SELECT sha256 FROM photo_prints WHERE region_id = %s AND sha256 = ANY(%s)", (region, list(digests))
    )
    return sorted(set(digests) - {sha256 for (sha256,) in rows})


def index(connection: Connection, region: str, sha256: str, keys: Sequence[int], now: datetime) -> None:
    connection.execute(
        "INSERT INTO photo_prints (region_id, sha256, keys, made_at) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
        (region, sha256, list(keys), now),
    )


def candidates(
    connection: Connection, region: str, keys: Sequence[int], least: int, most: int
) -> list[tuple[str, int]]:
    """Digests of the photos that share at least `least` keys with these, with how many, the most alike first."""
    rows = connection.execute(
        """
        SELECT print.sha256, count(*) AS shared
        FROM unnest(%(keys)s::integer[]) AS key
        JOIN photo_prints print ON print.keys @> ARRAY[key] AND print.region_id = %(region)s
        GROUP BY print.sha256 HAVING count(*) >= %(least)s
        ORDER BY shared DESC, print.sha256 LIMIT %(most)s
        """,
        {"keys": list(keys), "region": region, "least": least, "most": most},
    )
    return [(sha256, shared) for sha256, shared in rows]


def uses(connection: Connection, case: Case, file: File, digests: Sequence[str]) -> list[Use]:
    """Where files of these digests were used before this file was handed in."""
    rows = connection.execute(
        """
        SELECT f.sha256, f.role, a.number, proof.submitted_at,
               CASE WHEN f.proof_id = %(proof)s THEN 'proof'
                    WHEN proof.report_id = (SELECT report_id FROM proofs WHERE id = %(proof)s) THEN 'report'
                    WHEN proof.problem_id = %(problem)s THEN 'problem'
                    WHEN proof.problem_id = ANY(%(problems)s) THEN 'incident'
                    ELSE 'foreign' END
        FROM proof_files f
        JOIN proofs proof ON proof.id = f.proof_id
        JOIN problems p ON p.id = proof.problem_id
        JOIN appeals a ON a.id = p.appeal_id
        WHERE f.region_id = %(region)s AND f.sha256 = ANY(%(digests)s) AND f.id <> %(file)s
            AND proof.submitted_at <= %(submitted)s
        UNION ALL
        SELECT t.sha256, NULL, a.number, a.accepted_at,
               CASE WHEN t.appeal_id = ANY(%(appeals)s) THEN 'appeal' ELSE 'foreign' END
        FROM attachments t JOIN appeals a ON a.id = t.appeal_id
        WHERE t.region_id = %(region)s AND t.sha256 = ANY(%(digests)s) AND a.accepted_at <= %(submitted)s
        UNION ALL
        SELECT v.photo_sha256, NULL, a.number, v.given_at,
               CASE WHEN p.appeal_id = ANY(%(appeals)s) THEN 'appeal' ELSE 'foreign' END
        FROM verdicts v JOIN problems p ON p.id = v.problem_id JOIN appeals a ON a.id = p.appeal_id
        WHERE v.region_id = %(region)s AND v.photo_sha256 = ANY(%(digests)s) AND v.photo_sha256 <> ''
            AND v.given_at <= %(submitted)s
        """,
        {
            "proof": case.id,
            "problem": case.problem_id,
            "problems": list(case.problems),
            "appeals": list(case.appeals),
            "region": case.region,
            "digests": list(digests),
            "file": file.id,
            "submitted": case.times.submitted,
        },
    )
    return [
        Use(sha256, Kin(kin), FileRole(role) if role else None, number, at) for sha256, role, number, at, kin in rows
    ]


def write_findings(connection: Connection, case: Case, file: File, findings: Sequence[Finding], now: datetime) -> None:
    """Again for the same file: the same rows."""
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            INSERT INTO proof_checks (id, region_id, proof_id, file_id, code, result, reason, measured, checked_at)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING
            """,
            [
                (
                    derived_id(file.id, "check", each.check),
                    case.region,
                    case.id,
                    file.id,
                    each.check,
                    each.result,
                    each.reason,
                    Jsonb(dict(each.measured)),
                    now,
                )
                for each in findings
            ],
        )


def write_public_copy(connection: Connection, file: File, sha256: str) -> None:
    connection.execute("UPDATE proof_files SET public_sha256 = %s WHERE id = %s", (sha256, file.id))
