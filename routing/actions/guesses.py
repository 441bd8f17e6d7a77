"""After a correction the machine guesses the executors anew: another topic or place is another competence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from models.topics import TopicDecision, TopicGuess
from routing.competence import Competence
from routing.store import guess_json, places_of, site_of, streets_of
from routing.suggest import municipality_odds, suggest_at
from streams.contract import Connection


def guess_anew(connection: Connection, problem_id: UUID, competence: Competence) -> None:
    """Write the guesses, and the doubt, that the problem's topic and place give now.

    The problem's version stays: the caller has raised it.
    """
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            """
            SELECT p.region_id, p.topic_code, p.topic_probability, p.group_name, p.group_probability, p.decided,
                p.topic_guesses, p.place, p.more_places, p.facts, p.spans, a.text
            FROM problems p JOIN appeals a ON a.id = p.appeal_id WHERE p.id = %s
            """,
            (problem_id,),
        ).fetchone()
    if row is None:
        raise LookupError(problem_id)
    odds, properties = municipality_odds(places_of(row["place"])), competence.properties.of(site_of(row))
    suggestion = suggest_at(competence, _topic(row), odds, streets_of(row), properties)
    guesses = [guess_json(row["region_id"], guess) for guess in suggestion.guesses]
    connection.execute(
        "UPDATE problems SET executor_guesses = %s, doubt = %s WHERE id = %s",
        (Jsonb(guesses), suggestion.doubt or "", problem_id),
    )


def _topic(row: Mapping[str, Any]) -> TopicDecision:
    """The topic as it stands: alone where a person chose it, with the machine's guesses beside it otherwise."""
    chosen = TopicGuess(row["topic_code"], row["topic_code"], row["group_name"], row["topic_probability"])
    stored = [
        TopicGuess(one["code"], one["name"], one["group"], one["probability"])
        for one in row["topic_guesses"]
        if one["code"] != chosen.code and chosen.probability < 1
    ]
    return TopicDecision((chosen, *stored), row["group_name"], row["group_probability"], row["decided"])
