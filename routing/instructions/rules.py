"""The rules of instructions: who may give, take, report, return and close; what a part may be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from models.events import EventType
from models.refusal import Refused
from models.states import INSTRUCTION_TRANSITIONS, InstructionState, NotAllowed, Who, next_state
from routing.instructions.records import OPEN, RUNNING, Instruction, Person, Point, Step, Wish

STATE_NAMES: Mapping[InstructionState, str] = {
    InstructionState.GIVEN: "ещё не принято исполнителем",
    InstructionState.ACCEPTED: "принято исполнителем",
    InstructionState.IN_WORK: "в работе",
    InstructionState.REPORTED: "ждёт проверки отчёта",
    InstructionState.RETURNED: "возвращено на доработку",
    InstructionState.CLOSED: "снято с контроля",
}
MOST_POINTS = 20
"""Control points of one instruction: more is a plan, not control."""


def parts(person: Person, instruction: Instruction) -> frozenset[Who]:
    """Who the person is to the instruction: its head, its executor, both or nobody."""
    found = set()
    handed_on = instruction.given_by_executor_id
    if (person.governor and handed_on is None) or (handed_on is not None and person.executor_id == handed_on):
        found.add(Who.HEAD)
    if person.executor_id == instruction.executor.id:
        found.add(Who.EXECUTOR)
    return frozenset(found)


def sees(person: Person, instruction: Instruction) -> bool:
    """Whether the instruction may be shown to the person."""
    return person.governor or person.reader or bool(parts(person, instruction))


def may_give(person: Person, parent: Instruction | None) -> None:
    """Raises Refused where the person may not give such an instruction."""
    if parent is None:
        if not person.governor:
            raise Refused("Давать поручения может руководитель. Исполнитель поручает часть своего поручения.")
        return
    if Who.EXECUTOR not in parts(person, parent):
        raise Refused("Поручить часть может только исполнитель этого поручения.")
    if parent.state not in RUNNING:
        raise Refused(f"Поручить часть нельзя: поручение {STATE_NAMES[parent.state]}.")


def checked(wish: Wish, parent: Instruction | None, now: datetime) -> None:
    """Raises Refused where what is asked makes no sense."""
    if not wish.text:
        raise Refused("Напишите, что нужно сделать.")
    if wish.deadline <= now:
        raise Refused("Срок уже прошёл. Назначьте срок в будущем.")
    if parent is not None and wish.executor.id == parent.executor.id:
        raise Refused("Это поручение и так у вас. Выберите того, кто исполнит часть.")
    if parent is not None and wish.deadline > parent.deadline:
        raise Refused("Срок части не может быть позже срока всего поручения.")
    # an instruction shows its problem: by naming another's, an executor would read what is not his
    if parent is not None and wish.problem_id not in (None, parent.problem_id):
        raise Refused("Часть поручения может быть только о том обращении, о котором всё поручение.")
    if len(wish.points) > MOST_POINTS:
        raise Refused(f"Контрольных точек не больше {MOST_POINTS}: остальное дайте частями поручения.")
    for name, deadline in wish.points:
        if not name:
            raise Refused("Назовите каждую контрольную точку.")
        if not now < deadline <= wish.deadline:
            raise Refused(f"Контрольная точка «{name}» должна быть не позже срока поручения и не в прошлом.")


def stepped(
    instruction: Instruction, event: EventType, person: Person, note: str, children: Sequence[InstructionState]
) -> Step:
    """The change of state, if the person may make it now. `children` are the states of the parts handed on."""
    targets = []
    for who in sorted(parts(person, instruction)):
        try:
            targets.append(next_state(INSTRUCTION_TRANSITIONS, instruction.state, event, who))
        except NotAllowed:
            continue
    if not targets:
        raise Refused(_why_not(instruction, event, person))
    target = targets[0]
    _must_be_said(instruction, event, note)
    if event in (EventType.INSTRUCTION_REPORTED, EventType.INSTRUCTION_CLOSED) and OPEN & set(children):
        raise Refused("Сначала закройте части этого поручения: они ещё исполняются.")
    report = note if event is EventType.INSTRUCTION_REPORTED else None
    return Step(event, instruction.state, target, note, report)


def _why_not(instruction: Instruction, event: EventType, person: Person) -> str:
    who = {each for row in INSTRUCTION_TRANSITIONS if row.event is event for each in row.who}
    if not who & parts(person, instruction):
        return (
            "Это может сделать только тот, кто дал поручение."
            if Who.HEAD in who
            else ("Это может сделать только исполнитель поручения.")
        )
    return f"Так сделать нельзя: поручение {STATE_NAMES[instruction.state]}."


def _must_be_said(instruction: Instruction, event: EventType, note: str) -> None:
    if note:
        return
    if event is EventType.INSTRUCTION_REPORTED:
        raise Refused("Напишите отчёт: что сделано.")
    if event is EventType.INSTRUCTION_RETURNED:
        raise Refused("Напишите, что доработать.")
    if event is EventType.INSTRUCTION_CLOSED and instruction.state is not InstructionState.REPORTED:
        raise Refused("Отчёта ещё нет. Напишите, почему поручение снимается с контроля.")


def may_move(
    instruction: Instruction,
    person: Person,
    deadline: datetime,
    parent: Instruction | None,
    latest_part: datetime | None,
    now: datetime,
) -> None:
    """Raises Refused where the person may not give the instruction this deadline: only who gave it moves it.

    `latest_part` is the last deadline of the parts that are at work, if there are any.
    """
    if Who.HEAD not in parts(person, instruction):
        raise Refused("Срок меняет только тот, кто дал поручение.")
    if instruction.state not in RUNNING:
        raise Refused(f"Срок менять поздно: поручение {STATE_NAMES[instruction.state]}.")
    if deadline <= now:
        raise Refused("Срок уже прошёл. Назначьте срок в будущем.")
    if parent is not None and deadline > parent.deadline:
        raise Refused("Срок части не может быть позже срока всего поручения.")
    if latest_part is not None and deadline < latest_part:
        raise Refused("У частей этого поручения срок позже. Сначала исполнитель должен приблизить их сроки.")


def may_reach(instruction: Instruction, person: Person, point: Point) -> None:
    """Raises Refused where the person may not say that a control point is reached."""
    if Who.EXECUTOR not in parts(person, instruction):
        raise Refused("Отметить контрольную точку может только исполнитель поручения.")
    if instruction.state not in RUNNING:
        raise Refused(f"Отмечать нечего: поручение {STATE_NAMES[instruction.state]}.")
    if point.done:
        raise Refused("Эта контрольная точка уже отмечена.")
