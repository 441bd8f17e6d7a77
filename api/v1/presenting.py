"""From a row to what the JSON API shows of it to this person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.security.users import Role, User
from api.v1.schemas import Problem, SimilarProblem
from api.views.text import masked, pairs, personal_spans

FULL_SIGHT = frozenset({Role.OPERATOR, Role.ADMIN})
"""Who sees personal data: the operator, who must understand the appeal, and the administrator."""


def sees_personal(user: User) -> bool:
    return user.role in FULL_SIGHT


def problem_shown(row: Mapping[str, Any], user: User) -> Problem:
    spans = pairs(row["spans"])
    personal = personal_spans(row["privacy"])
    full = sees_personal(user)
    parts = [
        row["text"][start:end] if full else _masked_part(row["text"], start, end, personal) for start, end in spans
    ]
    shown = {name: row[name] for name in Problem.model_fields if name in row} | {
        "spans": spans,
        "text": " … ".join(parts),
        "facts": row["facts"] if full else public_facts(row["facts"], personal),
    }
    return Problem.model_validate(shown)


def similar_shown(row: Mapping[str, Any]) -> SimilarProblem:
    return SimilarProblem(
        problem_id=row["other_id"],
        appeal_id=row["appeal_id"],
        number=row["number"],
        sent_at=row["sent_at"],
        state=row["state"],
        kind=row["kind"],
        is_earlier=row["other_is_earlier"],
        score=round(row["score"], 4),
        reason=row["reason"],
    )


def public_facts(facts: list[dict[str, Any]], personal: list[tuple[int, int]]) -> list[dict[str, Any]]:
    """The facts that touch no personal data."""
    return [
        fact for fact in facts if not any(start < fact["span"][1] and fact["span"][0] < end for start, end in personal)
    ]


def _masked_part(text: str, start: int, end: int, personal: list[tuple[int, int]]) -> str:
    inside = [(max(a, start) - start, min(b, end) - start) for a, b in personal if a < end and start < b]
    return masked(text[start:end], inside)
