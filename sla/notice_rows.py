"""What a notice is about, read from the tables: a clock of a problem, a task, or a problem that was opened again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.tasks import TaskKind
from sla.escalation import Kind, Level
from sla.escalation_text import TASKS, TERM, Told
from sla.record import ClockKind

ABOUT = """
    FROM notices n LEFT JOIN clocks c ON c.id = n.clock_id LEFT JOIN timers ON timers.clock_id = n.clock_id
        LEFT JOIN task_clocks k ON k.id = n.task_id
        LEFT JOIN co_assignments o ON k.kind = 'co_answer' AND o.id = k.subject_id
        LEFT JOIN control_points g ON k.kind = 'control_point' AND g.id = k.subject_id
        LEFT JOIN instructions i
            ON i.id = CASE k.kind WHEN 'instruction' THEN k.subject_id WHEN 'control_point' THEN g.instruction_id END
        LEFT JOIN problems p ON p.id = coalesce(c.problem_id, n.problem_id, o.problem_id)
        LEFT JOIN appeals a ON a.id = p.appeal_id
        LEFT JOIN topics t ON t.region_id = p.region_id AND t.code = p.topic_code
        LEFT JOIN executors away ON away.id = n.instead_of"""

COLUMNS = """n.kind, n.share, n.level, n.deadline_at, n.danger, c.kind AS clock, k.kind AS task, p.id AS problem_id,
    p.appeal_id, a.number, coalesce(t.name, p.group_name) AS topic, i.id AS instruction_id,
    i.number AS instruction_number, coalesce(g.name, '') AS point, coalesce(away.name, '') AS instead_of"""

HOLDS = """CASE WHEN n.clock_id IS NOT NULL THEN timers.course = n.course AND c.stopped_at IS NULL
    WHEN n.task_id IS NOT NULL THEN k.stopped_at IS NULL AND k.deadline_at = n.deadline_at
    WHEN n.kind = 'returned' THEN p.state IN ('assigned', 'planned')
    ELSE p.state NOT IN ('solved', 'answered', 'merged', 'dismissed') END"""
"""Whether what the notice tells is still so: its clock runs, by the same deadline; the problem is still open, what
was returned was not handed in again."""

UNTOLD = """EXISTS (SELECT FROM steps_ahead s JOIN step_portions b ON b.id = s.portion_id
    WHERE s.clock_id = n.clock_id AND s.step = n.step)"""
"""Whether the notice was made ahead and its step has not come, or is not told yet."""

MOOT = """(EXISTS (
        SELECT FROM clocks mine JOIN assignments s ON s.problem_id = mine.problem_id AND s.ended_at IS NULL
        WHERE mine.id = n.clock_id AND s.assigned_at > n.made_at AND n.level IN ('person', 'head', 'operators'))
    OR EXISTS (SELECT FROM assignments s WHERE s.problem_id = n.problem_id AND s.ended_at IS NULL
               AND s.assigned_at > n.made_at)
    OR EXISTS (SELECT FROM task_clocks mine WHERE mine.id = n.task_id
               AND (mine.stopped_at IS NOT NULL OR mine.deadline_at <> n.deadline_at)))"""
"""Whether a notice that waits is for a person of a problem given to somebody else since, or of a task that is done."""

SHOWN = f"""(n.state IN ('delivered', 'read')
    OR n.state = 'waiting' AND n.delivered_at <= %(now)s AND NOT {UNTOLD} AND NOT {MOOT})"""
"""Whether its reader sees the notice: from its time on, also before its delivery is noted down."""


def told(row: Mapping[str, Any]) -> Told:
    """What the notice of a row of COLUMNS says."""
    if row["clock"] is not None:
        term = TERM[ClockKind(row["clock"])]
    else:
        term = TASKS[TaskKind(row["task"])] if row["task"] is not None else ""
    return Told(
        kind=Kind(row["kind"]),
        share=row["share"],
        level=Level(row["level"]),
        term=term,
        subject=_subject(row),
        deadline_at=row["deadline_at"],
        danger=row["danger"],
        number=row["number"] or f"№ {row['instruction_number']}",
        instead_of=row["instead_of"],
    )


def _subject(row: Mapping[str, Any]) -> str:
    if row["number"] is not None:
        return f"«{row['topic']}», обращение {row['number']}"
    instruction = f"поручение № {row['instruction_number']}"
    return f"{instruction}, «{row['point']}»" if row["point"] else instruction
