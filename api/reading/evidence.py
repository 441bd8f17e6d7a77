"""Reading what happened to the failed problems of an executor, for the evidence file of a claim."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

from api.views.evidence import hidden
from api.views.text import pairs, personal_spans, quote
from api.views.words import address
from indicators.reports.evidence import Case, Evidence, FileDigest, Photo, Step
from indicators.reports.failures import BACK_DAYS, REOPENED, Failed, failed_of
from models.pack import RegionPack
from models.resolution import Variant
from models.russian import day_in_words as full_day
from models.russian import plural
from resolution.plans import VARIANT_NAMES

MOST_CASES = 60
MOST_PHOTOS = 6
LONGEST_WORDS = 600
PNG = b"\x89PNG"
REPLIES = {
    "acknowledgement": "уведомление о регистрации",
    "interim": "промежуточный ответ",
    "question": "вопрос автору",
    "final": "ответ о решении",
    "extension": "уведомление о продлении срока",
    "forwarding": "уведомление о переадресации",
    "refusal": "мотивированный отказ",
}
TERMS = {"plan": "назвать план", "solve": "решить проблему", "work": "решить проблему (новому исполнителю)"}
ROLES = {"before": "до", "after": "после", "video": "видео", "document": "документ"}
Row = dict[str, Any]
Files = Callable[[str], bytes]
"""Reads a stored file by its digest. Raises FileNotFoundError."""

PROBLEM = """
    SELECT p.id, p.spans, p.place, a.number, a.text, a.privacy, a.accepted_at,
        coalesce(a.author->>'name', '') AS author, coalesce(t.name, p.group_name) AS topic
    FROM problems p JOIN appeals a ON a.id = p.appeal_id
        LEFT JOIN topics t ON t.region_id = p.region_id AND t.code = p.topic_code
    WHERE p.region_id = %s AND p.id = %s"""
ASSIGNED = """
    SELECT s.assigned_at, s.ended_at, e.name FROM assignments s JOIN executors e ON e.id = s.executor_id
    WHERE s.region_id = %s AND s.problem_id = %s"""
TERM_ENDS = """
    SELECT clock, deadline_at, stopped_at, breached_at, late FROM problem_terms
    WHERE region_id = %s AND problem_id = %s"""
PLANNED = "SELECT planned_at, variant, due_on, words FROM plans WHERE region_id = %s AND problem_id = %s"
PROVED = """
    SELECT id, submitted_at, words, state, decided_at, decision FROM proofs WHERE region_id = %s AND problem_id = %s"""
REPLIED = """
    SELECT r.kind, r.sent_at, r.text FROM replies r JOIN reply_problems l ON l.reply_id = r.id
    WHERE r.region_id = %s AND l.problem_id = %s AND r.state = 'sent' AND r.sent_at IS NOT NULL"""
JUDGED = """
    SELECT v.score, v.solved, v.words, v.given_at, p.state = 'merged' AS other,
        coalesce(a.author->>'name', '') AS author
    FROM verdicts v JOIN problems p ON p.id = v.problem_id JOIN appeals a ON a.id = p.appeal_id
    WHERE v.region_id = %s AND v.problem_id IN (
        SELECT same.id FROM (SELECT %s::uuid AS id) AS asked
            JOIN problems same ON same.id = asked.id OR same.merged_into = asked.id AND same.state = 'merged')"""
FILES = """
    SELECT f.proof_id, f.ordinal, f.role, f.media_type, f.sha256, f.public_sha256, x.submitted_at
    FROM proof_files f JOIN proofs x ON x.id = f.proof_id WHERE f.region_id = %s AND x.problem_id = %s
    ORDER BY x.submitted_at, f.ordinal"""


@dataclass(frozen=True)
class Source:
    """Where evidence is read from: one region of a database, and its files."""

    connection: Connection[Any]
    pack: RegionPack
    files: Files

    def rows(self, query: str, problem: UUID) -> list[Row]:
        with self.connection.cursor(row_factory=dict_row) as reader:
            return reader.execute(query.encode(), [self.pack.id, problem]).fetchall()

    def day(self, moment: datetime) -> date:
        """The region's own day."""
        return moment.astimezone(self.pack.zone).date()


def evidence(source: Source, code: str, since: date, until: date) -> Evidence | None:
    """The evidence against the executor of a code; None where no such executor is there."""
    connection, region = source.connection, source.pack.id
    who = connection.execute("SELECT name FROM executors WHERE region_id = %s AND code = %s", [region, code]).fetchone()
    if who is None:
        return None
    closed = connection.execute(
        "SELECT count(*) FROM problem_facts WHERE region_id = %s AND closed_by = %s AND closed_day BETWEEN %s AND %s",
        [region, code, since, until],
    ).fetchone()
    failed = failed_of(connection, region, code, since, until)
    cases = [case for one in failed[:MOST_CASES] if (case := _case(source, one)) is not None]
    count = closed[0] if closed else 0
    return Evidence(source.pack.name, who[0], since, until, count, cases, max(0, len(failed) - MOST_CASES))


def _case(source: Source, failed: Failed) -> Case | None:
    found = source.rows(PROBLEM, failed.problem)
    if not found:
        return None  # erased since
    problem = found[0]
    said = quote(problem["text"], pairs(problem["spans"]), personal_spans(problem["privacy"]), LONGEST_WORDS)
    return Case(
        number=problem["number"],
        topic=problem["topic"],
        place=address(problem["place"]),
        words=hidden(said, problem["author"]),
        why=list(_why(source, failed)),
        steps=list(_steps(source, problem)),
        photos=list(_photos(source, failed.problem)),
        files=[_digest(source, row) for row in source.rows(FILES, failed.problem)],
    )


def _why(source: Source, failed: Failed) -> Iterator[str]:
    """Why the problem counts as failed."""
    if failed.reopenings >= REOPENED:
        yield opened_again(failed.reopenings, sum(not row["solved"] for row in source.rows(JUDGED, failed.problem)))
    if failed.returned:
        yield "Отчёт о решении был возвращён, или нарушения в нём подтвердил оператор."
    if failed.again is not None:
        for again in source.rows(PROBLEM, failed.again):
            yield (
                f"После решения та же проблема возникла в том же месте снова не позже чем через {BACK_DAYS} дней: "
                f"обращение {again['number']} принято {full_day(source.day(again['accepted_at']))}."
            )


def opened_again(times: int, by_authors: int) -> str:
    """How often it was opened again: an operator who did not let an answer go is no citizen who complained."""
    told = plural(times, "раз", "раза", "раз")
    if by_authors >= times:
        return f"Заявитель возвращал проблему как нерешённую {told}."
    if not by_authors:
        return f"Проблему открывали снова {told}: ответ о её решении возвращал оператор."
    by_operator = f"потому что оператор возвращал ответ — {times - by_authors}"
    return f"Проблему открывали снова {told}: по словам заявителей — {by_authors}, {by_operator}."


def _steps(source: Source, problem: Row) -> Iterator[Step]:
    """What happened, in no order."""
    yield Step(problem["accepted_at"], "Обращение принято")
    for row in source.rows(ASSIGNED, problem["id"]):
        yield Step(row["assigned_at"], f"Назначен исполнитель: {row['name']}")
        if row["ended_at"] is not None:
            yield Step(row["ended_at"], f"Исполнитель снят: {row['name']}")
    for row in source.rows(TERM_ENDS, problem["id"]):
        yield from _term(source, row)
    yield from _work(source, problem)
    yield from _said(source, problem)


def _work(source: Source, problem: Row) -> Iterator[Step]:
    """What the executor did."""
    author = problem["author"]
    for row in source.rows(PLANNED, problem["id"]):
        due = f", срок — {full_day(row['due_on'])}" if row["due_on"] else ""
        what = f"План исполнителя: {VARIANT_NAMES[Variant(row['variant'])].lower()}{due}"
        yield Step(row["planned_at"], what, _cut(hidden(row["words"], author)))
    for row in source.rows(PROVED, problem["id"]):
        yield Step(row["submitted_at"], "Исполнитель отчитался о решении", _cut(hidden(row["words"], author)))
        if row["decided_at"] is not None and row["state"] in ("returned", "accepted"):
            returned = row["state"] == "returned"
            what = "Отчёт возвращён" if returned else "Отчёт принят"
            yield Step(row["decided_at"], what, _cut(hidden(row["decision"], author)), bad=returned)


def _said(source: Source, problem: Row) -> Iterator[Step]:
    """What the author was told, and what he answered."""
    author = problem["author"]
    for row in source.rows(REPLIED, problem["id"]):
        yield Step(row["sent_at"], f"Заявителю: {REPLIES[row['kind']]}", _cut(hidden(row["text"], author)))
    for row in source.rows(JUDGED, problem["id"]):
        who = "Заявитель другого обращения о том же" if row["other"] else "Заявитель"
        what = f"{who}: «{'решено' if row['solved'] else 'не решено'}», оценка {row['score']} из 5"
        words = hidden(hidden(row["words"], author), row["author"])
        yield Step(row["given_at"], what, _cut(words), bad=not row["solved"])


def _term(source: Source, row: Mapping[str, Any]) -> Iterator[Step]:
    """How a term ended."""
    what = TERMS.get(row["clock"], row["clock"])
    deadline = f"{source.day(row['deadline_at']):%d.%m.%Y}"
    if row["breached_at"] is not None:
        yield Step(row["breached_at"], f"Истёк срок: {what} (до {deadline})", bad=True)
    if row["stopped_at"] is not None:
        late = "с опозданием" if row["late"] else "в срок"
        yield Step(row["stopped_at"], f"Срок «{what}» (до {deadline}) закрыт {late}", bad=row["late"])


def _photos(source: Source, problem: UUID) -> Iterator[Photo]:
    """Copies for citizens of the photos of all reports."""
    shown = 0
    for row in source.rows(FILES, problem):
        if shown == MOST_PHOTOS or row["role"] not in ("before", "after") or not row["public_sha256"]:
            continue
        try:
            content = source.files(row["public_sha256"])
        except FileNotFoundError:
            continue  # its digest still stands in the list
        shown += 1
        kind = "image/png" if content.startswith(PNG) else "image/jpeg"
        yield Photo(f"{ROLES[row['role']]}, отчёт от {source.day(row['submitted_at']):%d.%m.%Y}", content, kind)


def _digest(source: Source, row: Mapping[str, Any]) -> FileDigest:
    """A file of a report by its place in it: its own name may name a person."""
    day = f"{source.day(row['submitted_at']):%d.%m.%Y}"
    name = f"Отчёт от {day}, файл {row['ordinal'] + 1} ({ROLES[row['role']]})"
    return FileDigest(name, row["sha256"], row["public_sha256"])


def _cut(words: str) -> str:
    """One paragraph, not longer than a case bears."""
    joined = " ".join(words.split())
    return joined if len(joined) <= LONGEST_WORDS else joined[:LONGEST_WORDS].rsplit(" ", 1)[0] + "…"
