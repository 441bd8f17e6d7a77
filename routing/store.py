"""The SQL of routing: problems as found, and what the stage decides of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from psycopg.rows import dict_row

from models.arrays import Value, columns
from models.facts import FactKind
from models.identifiers import derived_id
from models.states import ProblemState
from models.topics import TopicDecision, TopicGuess
from routing.executors import Body
from routing.properties import Site
from routing.suggest import ExecutorGuess, Suggestion, municipality_of, streets_with_houses
from streams.contract import Connection


@dataclass(frozen=True, slots=True)
class FoundProblem:
    """A problem nobody answers for yet. `places` are (municipality, confidence) of its place and the alternatives."""

    id: UUID
    region: str
    appeal_id: UUID
    topic: TopicDecision
    places: tuple[tuple[str, float], ...]
    streets: int
    """On how many streets it names a house."""
    urgency: int
    site: Site = field(default_factory=Site)
    """Its address, institutions and words, where its properties are read from."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What routing decided of one problem; `handler` is the unit or person of the executor who does it."""

    problem: FoundProblem
    state: ProblemState
    suggestion: Suggestion
    assignment_id: UUID
    handler: Body | None = None


def found_problems(connection: Connection, ids: Sequence[UUID]) -> list[FoundProblem]:
    """Those of the problems that still wait for routing, locked until the commit.

    The lock lets others refer to them: whoever joins a problem to one of these, or finds it alike, would wait for this
    transaction with locks in hand that it may want.
    """
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            """SELECT p.id, p.region_id, p.appeal_id, p.topic_code, p.topic_probability, p.group_name,
                      p.group_probability, p.decided, p.topic_guesses, p.place, p.more_places, p.urgency, p.facts,
                      p.spans, a.text
               FROM problems p JOIN appeals a ON a.id = p.appeal_id
               WHERE p.id = ANY(%s) AND p.state = 'found' ORDER BY p.id FOR NO KEY UPDATE OF p""",
            [list(ids)],
        )
        return [_problem(row) for row in rows]


def _problem(row: Mapping[str, Any]) -> FoundProblem:
    return FoundProblem(
        id=row["id"],
        region=row["region_id"],
        appeal_id=row["appeal_id"],
        topic=_topic(row),
        places=tuple(places_of(row["place"])),
        streets=streets_of(row),
        urgency=row["urgency"],
        site=site_of(row),
    )


def site_of(row: Mapping[str, Any]) -> Site:
    """What a stored problem, with the text of its appeal, can tell of its properties."""
    place = row["place"]
    return Site(
        settlement=place.get("settlement", ""),
        street=place.get("street", ""),
        house=place.get("house", ""),
        institutions=tuple(fact["value"] for fact in row["facts"] if fact["kind"] == FactKind.INSTITUTION),
        text="\n".join(row["text"][start:end] for start, end in row["spans"]),
    )


def loads_of(connection: Connection, region: str) -> dict[str, float]:
    """Open problems of each person of a region, each weighted by its urgency, by the person's code."""
    found = connection.execute(
        """SELECT e.code, sum(p.urgency)
           FROM assignments s JOIN executors e ON e.id = s.handler_id JOIN problems p ON p.id = s.problem_id
           WHERE s.region_id = %s AND s.handler_id IS NOT NULL AND s.ended_at IS NULL AND e.kind = 'person'
               AND p.state IN ('assigned', 'planned', 'reported')
           GROUP BY e.code""",
        (region,),
    )
    return {code: float(load) for code, load in found}


def _topic(row: Mapping[str, Any]) -> TopicDecision:
    """The decision as stored. The topic of the row goes first: an operator's choice stands above the old guesses.

    Its name is left as the code: the decision table knows the names.
    """
    stored = [
        TopicGuess(each["code"], each["name"], each["group"], each["probability"]) for each in row["topic_guesses"]
    ]
    chosen = TopicGuess(row["topic_code"], row["topic_code"], row["group_name"], row["topic_probability"])
    left = 1.0 - chosen.probability
    others = [guess for guess in stored if guess.code != chosen.code and guess.probability <= left]
    return TopicDecision((chosen, *others), row["group_name"], row["group_probability"], row["decided"])


def places_of(place: Mapping[str, Any]) -> Iterable[tuple[str, float]]:
    """(municipality, confidence) of a stored place and its alternatives."""
    for each in (place, *place.get("alternatives", ())):
        yield (
            municipality_of(each.get("settlement", ""), each.get("municipality", "")),
            float(each.get("confidence", 0.0)),
        )


def streets_of(row: Mapping[str, Any]) -> int:
    """On how many streets a stored problem names a house."""
    places = (row["place"], *row["more_places"])
    return streets_with_houses((each.get("street", ""), each.get("house", "")) for each in places)


def executor_id(region: str, code: str) -> UUID:
    """The id under which the pack's executor stands in the table."""
    return derived_id(region, "executor", code)


def guess_json(region: str, guess: ExecutorGuess) -> dict[str, Any]:
    """A guess as problems.executor_guesses keeps it."""
    return {
        "executor_id": str(executor_id(region, guess.body.code)),
        "code": guess.body.code,
        "name": guess.body.name,
        "probability": round(guess.probability, 4),
        "reason": guess.reason,
    }


MOVED = """
UPDATE problems SET state = moved.state, executor_guesses = moved.guesses, doubt = moved.doubt, version = version + 1
FROM unnest(%s::text[], %s::jsonb[], %s::text[], %s::uuid[]) AS moved (state, guesses, doubt, id)
WHERE problems.id = moved.id"""
GIVEN = """
INSERT INTO assignments
    (id, region_id, problem_id, executor_id, handler_id, assigned_by, reason, probability, assigned_at)
SELECT id, region, problem, executor, handler, 'machine', reason, probability, at
FROM unnest(%s::uuid[], %s::text[], %s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::real[], %s::timestamptz[])
    AS given (id, region, problem, executor, handler, reason, probability, at)"""


def write(connection: Connection, decisions: Sequence[Decided], now: datetime) -> None:
    """Write the states, the guesses and the machine's assignments of one or more problems."""
    moved = [_moved(each) for each in decisions]
    given = [_assignment(each, now) for each in decisions if each.suggestion.executor is not None]
    connection.execute(MOVED, columns(moved))
    if given:
        connection.execute(GIVEN, columns(given))


def _moved(each: Decided) -> tuple[Value, ...]:
    guesses = [guess_json(each.problem.region, guess) for guess in each.suggestion.guesses]
    return (each.state, orjson.dumps(guesses).decode(), each.suggestion.doubt or "", each.problem.id)


def _assignment(each: Decided, now: datetime) -> tuple[Value, ...]:
    body = each.suggestion.executor
    assert body is not None
    problem, guess = each.problem, each.suggestion.guesses[0]
    executor = executor_id(problem.region, body.code)
    handler = executor_id(problem.region, each.handler.code) if each.handler is not None else None
    reason = f"{guess.reason}; исполняет: {each.handler.name}" if each.handler is not None else guess.reason
    return (each.assignment_id, problem.region, problem.id, executor, handler, reason, guess.probability, now)
