"""Who inside a body does the work: the unit or the person of the decision table, the load shared among equals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from routing.competence import Competence
from routing.executors import PERSON, Body, least_loaded


def handler_of(
    competence: Competence,
    body: Body,
    topic: str,
    municipality: str,
    properties: Sequence[str],
    loads: Mapping[str, float],
    day: date,
) -> Body | None:
    """The unit or person of `body` for a problem; None where the table names none: the body decides by itself.

    A row that names a unit leads to the least loaded of its persons who are there on the day; where all are away, to
    who stands in for the first of them, then to the unit's head, then to the unit as such. A row that names a person
    leads to him or to who stands in for him. `loads` as of least_loaded.
    """
    answer = competence.inside(body.code, topic, municipality, properties)
    if answer is None or answer.body is None:
        return None
    structure = competence.structure
    if answer.body.kind == PERSON:
        return structure.standing_in(answer.body.code, day)
    persons = list(structure.persons(answer.body.code))
    here = [person for person in persons if structure.standing_in(person.code, day) == person]
    # the head gives work away; he takes it himself only where nobody else is there
    workers = [person for person in here if person.code != answer.body.head] or here
    if workers:
        return least_loaded(workers, loads)
    deputies = (structure.standing_in(person.code, day) for person in persons)
    return next((deputy for deputy in deputies if deputy is not None), answer.body)
