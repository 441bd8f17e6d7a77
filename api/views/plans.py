"""Plans and proofs in the words of those who work with them: what stands, whose turn it is, what to do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from api.views.words import until
from models.resolution import CheckResult, FileRole, ProofState, Variant
from models.russian import day_in_words
from models.states import ProblemState
from resolution.plans import VARIANT_NAMES
from resolution.reports import ROLE_NAMES

Row = Mapping[str, Any]

PROOF_STATES: Mapping[str, str] = {
    ProofState.SUBMITTED: "проверяется",
    ProofState.CHECKED: "ждёт оператора",
    ProofState.ACCEPTED: "принят",
    ProofState.RETURNED: "возвращён",
}
CHECK_RESULTS: Mapping[str, str] = {
    CheckResult.PASSED: "в порядке",
    CheckResult.FLAGGED: "есть вопрос",
    CheckResult.UNKNOWN: "не проверить",
}
GROUNDS: Mapping[str, str] = {
    Variant.PROGRAMME: "программа",
    Variant.NOT_OURS: "орган",
    Variant.MORE_INFO: "вопрос автору",
    Variant.REFUSED: "норма",
}


def plan_title(plan: Row) -> str:
    """«Сделаем к 9 марта 2026 года», «Стоит в программе до 31 декабря 2027 года»."""
    variant, due = Variant(plan["variant"]), plan["due_on"]
    if variant is Variant.BY_DATE and due:
        return f"Сделаем к {day_in_words(due)}"
    if variant is Variant.PROGRAMME and due:
        return f"Стоит в программе, срок — до {day_in_words(due)}"
    return VARIANT_NAMES[variant]


def agreement(plan: Row) -> str:
    """What was decided on an explanation; empty where nobody has to decide."""
    if plan["variant"] not in (Variant.PROGRAMME, Variant.NOT_OURS, Variant.REFUSED):
        return ""
    if plan["agreed"] is None:
        return "оператор ещё не решил"
    return "оператор согласен" if plan["agreed"] else "оператор не согласен"


def next_step(row: Row, plans: Sequence[Row], proofs: Sequence[Row], zone: ZoneInfo, now: datetime) -> str:
    """What the executor who leads does next with a problem, as one sentence."""
    state, by = row["state"], f" {until(row['deadline_at'], zone, now)}" if row["deadline_at"] else ""
    last = plans[-1] if plans else None
    if state == ProblemState.REPORTED:
        looks = proofs and proofs[-1]["state"] == ProofState.CHECKED
        return "Отчёт смотрит оператор." if looks else "Отчёт проверяется."
    if state == ProblemState.SOLVED:
        return "Решено."
    if state == ProblemState.ANSWERED:
        return "Закрыто с разъяснением."
    if state == ProblemState.PLANNED and last is not None:
        return _planned(last, proofs, by)
    if last is not None and last["agreed"] is False and last["executor_id"] == row["executor_id"]:
        explained = last["variant"] in (Variant.PROGRAMME, Variant.NOT_OURS, Variant.REFUSED)
        what = "не согласен с разъяснением" if explained else "вернул план"
        return f"Оператор {what}. Назовите другой план{by}."
    if any(proof["state"] == ProofState.ACCEPTED for proof in proofs) or (last is not None and last["agreed"]):
        who = "Автор пишет, что не решено" if row["reopened"] else "Оператор вернул вам ответ, автору он не отправлен"
        return f"{who}. Назовите новый план{by}."
    return f"Назовите план{by}."


def _planned(plan: Row, proofs: Sequence[Row], by: str) -> str:
    if plan["variant"] == Variant.MORE_INFO:
        return f"Автор ответил. Назовите план{by}." if plan["answered_at"] else "Ждём ответа автора."
    if plan["agreed"] is None and plan["variant"] in (Variant.PROGRAMME, Variant.NOT_OURS, Variant.REFUSED):
        return "Разъяснение читает оператор."
    if proofs and proofs[-1]["state"] == ProofState.RETURNED and proofs[-1]["decided_at"] >= plan["planned_at"]:
        return f"Отчёт вернули: {proofs[-1]['decision'].rstrip('.')}. Отправьте новый{by}."
    if plan["variant"] == Variant.BY_DATE and plan["due_on"]:
        return f"По плану — до {day_in_words(plan['due_on'])}: сделайте и отправьте отчёт."
    return f"Сделайте и отправьте отчёт{by}."


def role_name(role: str) -> str:
    return ROLE_NAMES[FileRole(role)]


def size_words(size: int) -> str:
    """«3,4 МБ», «120 КБ»."""
    if size >= 1_000_000:
        return f"{size / 1_000_000:.1f} МБ".replace(".", ",")
    return f"{max(1, size // 1000)} КБ"
