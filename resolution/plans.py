"""The rules of plans: what each variant must say, how far its date may go, when it closes the problem."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from models.events import EventType
from models.refusal import Refused
from models.resolution import Variant
from models.russian import day_in_words, plural
from models.states import PROBLEM_TRANSITIONS, NotAllowed, ProblemState, Who, next_state
from resolution.policy import CLOSING_VARIANTS, ResolutionPolicy
from resolution.records import Plan, Problem, Wish

STATE_NAMES: Mapping[ProblemState, str] = {
    ProblemState.FOUND: "ещё распределяется",
    ProblemState.QUEUED: "ждёт оператора",
    ProblemState.ASSIGNED: "передана исполнителю, плана ещё нет",
    ProblemState.PLANNED: "в плане исполнителя",
    ProblemState.REPORTED: "ждёт проверки отчёта",
    ProblemState.SOLVED: "уже решена",
    ProblemState.ANSWERED: "уже закрыта с разъяснением",
    ProblemState.MERGED: "объединена с другой",
    ProblemState.DISMISSED: "снята",
}
VARIANT_NAMES: Mapping[Variant, str] = {
    Variant.DONE: "Уже сделано",
    Variant.BY_DATE: "Сделаем к дате",
    Variant.PROGRAMME: "Стоит в программе",
    Variant.NOT_OURS: "Не наша, другой орган",
    Variant.MORE_INFO: "Нужны сведения от автора",
    Variant.REFUSED: "Отказ",
}


@dataclass(frozen=True, slots=True)
class Needs:
    """What a variant must say; `ground` names it in Russian, empty: nothing."""

    words: bool = False
    due: bool = False
    ground: str = ""


NEEDS: Mapping[Variant, Needs] = {
    Variant.DONE: Needs(),
    Variant.BY_DATE: Needs(words=True, due=True),
    Variant.PROGRAMME: Needs(due=True, ground="программу и её строку: мероприятие, объект, год"),
    Variant.NOT_OURS: Needs(ground="орган, который должен ответить"),
    Variant.MORE_INFO: Needs(ground="что спросить у автора"),
    Variant.REFUSED: Needs(words=True, ground="норму, по которой отказываете"),
}
MOST_WORDS = 4000
MOST_GROUND = 1000
NORM = re.compile(
    r"закон|кодекс|фз|правил|постановлени|приказ|порядок|порядк|регламент|устав|решени|гост|снип|санпин|\bсп\b", re.I
)


def moved(problem: Problem, event: EventType, who: Who) -> ProblemState:
    """The state that `event` leads to. Raises Refused where the table of states has no such step."""
    try:
        return next_state(PROBLEM_TRANSITIONS, problem.state, event, who)
    except NotAllowed as refusal:
        raise Refused(f"Так сделать нельзя: проблема {STATE_NAMES[problem.state]}.") from refusal


def checked(wish: Wish, topic: str, policy: ResolutionPolicy, today: date) -> Wish:
    """The wish without what its variant does not have. Raises Refused where it lacks something or goes too far."""
    needs = NEEDS[wish.variant]
    words, ground = wish.words.strip(), wish.ground.strip() if needs.ground else ""
    if needs.words and not words:
        what = "почему отказываете" if wish.variant is Variant.REFUSED else "что будет сделано"
        raise Refused(f"Напишите для автора, {what}.")
    if needs.ground and not ground:
        raise Refused(f"Укажите {needs.ground}.")
    if len(words) > MOST_WORDS or len(ground) > MOST_GROUND:
        raise Refused(f"Слишком длинно: можно до {MOST_WORDS} знаков пояснения и до {MOST_GROUND} знаков основания.")
    if wish.variant is Variant.REFUSED and not (NORM.search(ground) and re.search(r"\d", ground)):
        raise Refused("Назовите норму с номером: «Жилищный кодекс РФ, ст. 36», «ГОСТ Р 50597-2017, п. 8.1».")
    due = wish.due_on if needs.due else today if wish.variant is Variant.DONE else None
    if needs.due:
        _in_time(wish.variant, due, topic, policy, today)
    return replace(wish, words=words, ground=ground, due_on=due)


def _in_time(variant: Variant, due: date | None, topic: str, policy: ResolutionPolicy, today: date) -> None:
    if due is None:
        raise Refused("Укажите дату, к которой будет сделано.")
    if due < today:
        raise Refused("Эта дата уже прошла. Если всё сделано, отправьте отчёт.")
    if variant is Variant.PROGRAMME:
        if due.year > policy.last_year(today):
            raise Refused(f"Программу можно назвать не дальше {policy.last_year(today)} года.")
        return
    latest, limit = policy.latest(topic, today), policy.limit(topic)
    if due > latest:
        days = plural(limit.most_days, "день", "дня", "дней")
        raise Refused(
            f"По этой теме план — не дальше чем на {days}, до {day_in_words(latest)}: {limit.why}. "
            "Если раньше нельзя, назовите программу или норму."
        )


def closes_at_once(variant: Variant, topic: str, policy: ResolutionPolicy) -> bool:
    """Whether the plan closes the problem by itself.

    A topic whose solution must be seen on a photo is never closed so: an operator reads the explanation first.
    """
    return variant in CLOSING_VARIANTS and variant not in policy.close_by_approval and not policy.needs_photo(topic)


def awaits_operator(plan: Plan | None, state: ProblemState) -> bool:
    """Whether the problem stands at an explanation on which an operator has not decided."""
    return (
        plan is not None and state is ProblemState.PLANNED and plan.variant in CLOSING_VARIANTS and plan.agreed is None
    )


def leads_to_report(plan: Plan | None) -> bool:
    """Whether a report follows from the plan; one that follows from none is planned as done by itself."""
    return plan is not None and plan.variant in (Variant.DONE, Variant.BY_DATE, Variant.PROGRAMME)


def awaits_author(plan: Plan | None) -> bool:
    """Whether the author was asked and has not answered yet."""
    return plan is not None and plan.variant is Variant.MORE_INFO and not plan.answered
