"""What must be true after everything died: asked of the tables, the log, and those who were told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import psycopg

from streams import lag, quarantined
from tests.faults.audit_replies import UNDER_WAY
from tests.faults.schedule import STAGES
from tests.faults.traffic import Sender

Connection = psycopg.Connection[Any]


def everything_done(url: str) -> bool:
    """Whether every group took every event and nothing waits for analysis, its checks, to be sent or in quarantine."""
    try:
        with psycopg.connect(url) as connection:
            groups = {group.consumer_group: group.events for group in lag(connection)}
            waiting = connection.execute("SELECT count(*) FROM appeals WHERE state = 'accepted'").fetchone()
            aside = quarantined(connection)
            under_way = connection.execute(UNDER_WAY).fetchone()
    except psycopg.OperationalError:
        return False
    done = groups.keys() >= set(STAGES) and not any(groups.values())
    return done and waiting == under_way == (0,) and not aside


def differences(connection: Connection, senders: Sequence[Sender]) -> dict[str, list[str]]:
    """By what was promised, what is not so; empty lists where all is well."""
    told = {id: text for sender in senders for id, text in sender.told.items()}
    numbers = {id: number for sender in senders for id, number in sender.numbers.items()}
    problems = [id for (id,) in connection.execute("SELECT id::text FROM problems")]
    happened = _happened(connection)
    return {
        "every number given is in the table": list(_lost(connection, told, numbers)),
        "nothing is there twice or unasked": list(_surplus(connection, told)),
        "every appeal is analysed once": list(_analysed(connection)),
        "every problem is found once": [id for id in problems if happened[id, "problem.found"] != 1],
        "every problem is decided on, and assigned once at most": [id for id in problems if not _decided(happened, id)],
        "every problem has one clock of routing, stopped where it is assigned": list(_clocks(connection)),
        "every event came to the witness once": list(_witnessed(connection)),
        "the order of every appeal is kept": list(_order(connection)),
    }


def _decided(happened: Counter[tuple[str, str]], id: str) -> bool:
    """One that was put before an operator may be assigned later, with the incident that it joined."""
    assigned, queued = happened[id, "problem.assigned"], happened[id, "problem.queued"]
    return assigned + queued >= 1 and assigned <= 1 and queued <= 1 and happened[id, "problem.joined"] <= 1


def _lost(connection: Connection, told: Mapping[str, str], numbers: Mapping[str, str]) -> Iterator[str]:
    rows = connection.execute("SELECT external_id, number, text FROM appeals").fetchall()
    there = {id: (number, text) for id, number, text in rows}
    for id, text in told.items():
        number, kept = there.get(id, ("", ""))
        if kept != text or numbers.get(id, number) != number:
            yield id


def _surplus(connection: Connection, told: Mapping[str, str]) -> Iterator[str]:
    ids = Counter(id for (id,) in connection.execute("SELECT external_id FROM appeals"))
    texts = Counter(text for (text,) in connection.execute("SELECT text FROM appeals"))
    yield from (id for id, count in ids.items() if count > 1 or id not in told)
    yield from (text for text, count in texts.items() if count > 1)


def _analysed(connection: Connection) -> Iterator[str]:
    """Each is dismissed by one event and has no problem, or has as many problems as events of one analysis."""
    rows = connection.execute(
        """SELECT a.external_id FROM appeals a
           LEFT JOIN (SELECT appeal_id, count(*) AS n FROM problems GROUP BY 1) p ON p.appeal_id = a.id
           LEFT JOIN (SELECT key, count(*) FILTER (WHERE event ->> 'type' = 'appeal.dismissed') AS dismissed,
                             count(*) FILTER (WHERE event ->> 'type' = 'problem.found') AS found
                      FROM stream_events WHERE stream = 'problems' GROUP BY 1) e ON e.key = a.id::text
           WHERE (a.state, coalesce(p.n, 0), coalesce(e.dismissed, 0)) NOT IN (('dismissed', 0, 1))
             AND NOT (a.state = 'analysed' AND p.n > 0 AND p.n = e.found AND e.dismissed = 0)"""
    )
    return (id for (id,) in rows)


def _happened(connection: Connection) -> Counter[tuple[str, str]]:
    rows = connection.execute(
        "SELECT event #>> '{data,problem_id}', event ->> 'type' FROM stream_events WHERE stream = 'problems'"
    )
    return Counter((problem, kind) for problem, kind in rows if problem)


def _clocks(connection: Connection) -> Iterator[str]:
    rows = connection.execute(
        """SELECT p.id::text FROM problems p LEFT JOIN clocks c ON c.problem_id = p.id AND c.kind = 'route'
           GROUP BY p.id
           HAVING count(c.id) <> 1 OR (p.state IN ('found', 'queued')) = bool_and(c.stopped_at IS NOT NULL)"""
    )
    return (id for (id,) in rows)


def _witnessed(connection: Connection) -> Iterator[str]:
    rows = connection.execute(
        """SELECT coalesce(e.id, w.id) FROM
           (SELECT event ->> 'id' AS id FROM stream_events WHERE stream = 'problems') e
           FULL JOIN (SELECT event_id::text AS id, count(*) AS n FROM effects GROUP BY 1) w USING (id)
           WHERE w.n IS DISTINCT FROM 1 OR e.id IS NULL"""
    )
    return (id for (id,) in rows)


def _order(connection: Connection) -> Iterator[str]:
    """Appeals whose events the witness saw in another order than they were committed in."""
    rows = connection.execute(
        """SELECT DISTINCT key FROM (
               SELECT e.key, e.position < lag(e.position) OVER (PARTITION BY e.key ORDER BY w.n) AS back
               FROM effects w JOIN stream_events e ON e.stream = 'problems' AND e.event ->> 'id' = w.event_id::text) o
           WHERE back"""
    )
    return (key for (key,) in rows)
