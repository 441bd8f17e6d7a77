"""The author answers what the executor asked: the answer is kept, the clocks go on."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import streams
from models.events import Stream
from models.refusal import Refused
from resolution.planning import author_answered
from resolution.verdicts import store
from streams.contract import Connection

MOST_ANSWER = 4000


def answer(connection: Connection, region: str, problem: UUID, plan: UUID, words: str, *, now: datetime) -> None:
    """Keep the author's answer to the question of this plan, in the caller's transaction.

    Raises LookupError where no such question waits, Refused where the answer is none or the second one.
    """
    found = store.question_of(connection, region, problem, plan)
    if found is None:
        raise LookupError(plan)
    told_words = words.strip()
    if found[1]:
        raise Refused("Вы уже ответили на этот вопрос: исполнитель видит ваш ответ.")
    if not told_words:
        raise Refused("Напишите ответ.")
    if len(told_words) > MOST_ANSWER:
        raise Refused(f"Слишком длинно: можно до {MOST_ANSWER} знаков.")
    told = author_answered(connection, region, problem, now=now)  # it looks whether anybody waits for an answer
    store.write_answer(connection, region, problem, plan, told_words, now)
    streams.append(connection, Stream.PROBLEMS, told)
