"""One appeal for the operator: the text with its problems in colour, facts, place, guesses with reasons, history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from psycopg import Connection

import sla.store
from api.context import Context, Here
from api.geography import address_list
from api.reading import appeals, directory, incidents, instructions, problems, rerouting, similar
from api.reading import resolution as reading
from api.rendering import render
from api.security.access import Operator
from api.security.users import User
from api.views.terms import regime_told, with_source
from api.views.text import own_facts, pairs, personal_spans, pieces, quote
from api.views.words import address
from routing.actions import ActionKind

router = APIRouter(include_in_schema=False)
INLINE = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
UNDOABLE = frozenset(ActionKind) - {ActionKind.RESTORE_APPEAL}


def appeal_page(
    request: Request, context: Context, user: User, appeal_id: UUID, *, error: str = "", status: int = 200
) -> Response:
    """The page; with `error`, what became of an action that could not be done."""
    now = context.now()
    with context.transaction() as connection:
        appeal = appeals.one(connection, user.region, appeal_id)
        if appeal is None:
            raise LookupError(appeal_id)
        found = problems.of_appeal(connection, user.region, appeal_id, now=now)
        values: dict[str, Any] = {
            "attachments": appeals.attachments(connection, appeal_id),
            "history": appeals.history(connection, appeal_id),
            "executors": directory.executors(connection, user.region),
            "topics": directory.topics(connection, user.region),
        }
        clocks = appeals.clocks(connection, appeal_id)
        counted = sla.store.clocks_of(connection, [row["id"] for row in found])
        beside = _beside(connection, context, user, appeal_id, [row["id"] for row in found])
    pack = context.packs[user.region]
    clocks = [with_source(clock, counted[clock["problem_id"]], pack) for clock in clocks]
    addresses = address_list(pack)
    standing = [row for row in found if row["state"] not in ("merged", "dismissed")]
    return render(
        request,
        "appeal.html",
        status=status,
        error=error,
        appeal=appeal,
        author={name: appeal["author"].get(name, "") for name in ("name", "phone", "email")},
        stated=stated_address(appeal["stated"]),
        pieces=pieces(
            appeal["text"],
            {row["ordinal"]: pairs(row["spans"]) for row in standing},
            personal_spans(appeal["privacy"]),
            hide=False,
        ),
        problems=[
            _shown(row, standing, clocks, values["history"])
            | {name: there.get(row["id"], []) for name, there in beside.items()}
            for row in found
        ],
        regime=regime_told(pack, appeal["regime"], appeal["accepted_at"]),
        inline=INLINE,
        points=_points(standing),
        municipalities=addresses.municipalities,
        settlements=sorted(addresses.settlements),
        **values,
    )


def _beside(
    connection: Connection[Any], context: Context, user: User, appeal_id: UUID, ids: list[UUID]
) -> dict[str, Mapping[UUID, list[dict[str, Any]]]]:
    """What stands beside each problem: what is like it, who refused it, who helps, what was asked and planned."""
    return {
        "similar": similar.of_appeal(connection, user.region, appeal_id),
        "hops": rerouting.hops(connection, context.packs[user.region], ids),
        "parts": rerouting.parts(connection, ids, context.now()),
        "instructions": instructions.of_problems(connection, ids),
        "incidents": incidents.of_appeal(connection, appeal_id),
        "plans": reading.plans(connection, ids),
        "proofs": reading.proofs(connection, ids),
    }


def stated_address(stated: dict[str, str]) -> str:
    """The place that the sender stated beside the text; empty where he stated none."""
    return address(stated) if any(stated.get(name) for name in ("settlement", "street", "municipality")) else ""


def _points(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Marks for the map: problems at one place share a mark with all their numbers."""
    numbers: dict[tuple[float, float], list[str]] = {}
    for row in rows:
        if row["latitude"] is not None:
            numbers.setdefault((row["latitude"], row["longitude"]), []).append(str(row["ordinal"] + 1))
    return [
        {"number": ", ".join(there), "latitude": latitude, "longitude": longitude}
        for (latitude, longitude), there in numbers.items()
    ]


def _shown(
    row: dict[str, Any], standing: list[dict[str, Any]], clocks: list[dict[str, Any]], history: list[dict[str, Any]]
) -> dict[str, Any]:
    others = [span for other in standing if other["id"] != row["id"] for span in pairs(other["spans"])]
    done = [action for action in history if action["problem_id"] == row["id"] and action["undone_at"] is None]
    last = done[-1] if done else None
    return dict(row) | {
        "quote": quote(row["text"], pairs(row["spans"]), []),
        "facts": own_facts(row["facts"], pairs(row["spans"]), others),
        "clocks": [clock for clock in clocks if clock["problem_id"] == row["id"]],
        "undoable": last if last is not None and last["kind"] in UNDOABLE else None,
    }


@router.get("/appeals/{appeal_id}")
def show_appeal(request: Request, context: Here, user: Operator, appeal_id: UUID) -> Response:
    return appeal_page(request, context, user, appeal_id)


@router.get("/appeals/{appeal_id}/attachments/{attachment_id}")
def show_attachment(context: Here, user: Operator, appeal_id: UUID, attachment_id: UUID) -> Response:
    """An attached file: pictures open in the page, everything else is only downloaded."""
    with context.transaction() as connection:
        row = appeals.attachment(connection, user.region, appeal_id, attachment_id)
    if row is None:
        raise LookupError(attachment_id)
    shown = row["media_type"] in INLINE
    headers = {
        "Content-Disposition": "inline" if shown else "attachment",
        "Cache-Control": "private, max-age=3600",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    media_type = row["media_type"] if shown else "application/octet-stream"
    return Response(context.files.read(row["sha256"]), media_type=media_type, headers=headers)
