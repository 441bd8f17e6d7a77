"""Keyset cursors: where a page of a list ended, as an opaque string that a client hands back."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from api.problem_details import Failure


def encoded(values: Sequence[Any]) -> str:
    """A cursor of the values by which the list is ordered."""
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    plain = [str(value) if isinstance(value, UUID) else value for value in plain]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def decoded(cursor: str, *types: type) -> tuple[Any, ...]:
    """The values of a cursor, each of its type. Raises Failure 422 where it is none of ours."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return tuple(_of_type(value, kind) for value, kind in zip(values, types, strict=True))
    except (ValueError, TypeError) as error:
        raise Failure(422, "Неверный указатель страницы: начните список сначала.") from error


def _of_type(value: Any, kind: type) -> Any:
    if kind is datetime:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError("no time zone")
        return moment
    return kind(value)
