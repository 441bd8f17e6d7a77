"""The beginning of the letter in words: three to five sentences that a head reads aloud. Pure."""

from __future__ import annotations

from datetime import date

from indicators.reports.letter import Ahead, Flow, Letter, Verdicts
from models.russian import MONTHS, day_in_words, plural, plural_form

CLEAR = 0.05
"""A change below this share is «столько же»."""
NAMED = 2
"""Growing topics that are named."""


def sentences(letter: Letter) -> tuple[str, ...]:
    """What happened, what was done, what grows, what people say, what comes; first of all that it is late."""
    told = [late(letter), came(letter), done(letter), growth(letter), judged(letter.verdicts), ahead(letter.ahead)]
    return tuple(sentence for sentence in told if sentence)


def late(letter: Letter) -> str:
    """What is open is known for now alone: an honest letter about a week long gone says so."""
    if not letter.late_on:
        return ""
    day = day_in_words(date.fromisoformat(letter.late_on))
    return f"Письмо составлено с опозданием, {day}: сколько проблем в работе и просрочено, сказано на этот день."


def came(letter: Letter) -> str:
    number = plural(letter.came.week, "проблема", "проблемы", "проблем")
    verb = plural_form(letter.came.week, "поступила", "поступили", "поступило")
    start = f"За неделю {period(letter.first_day, letter.last_day)} {verb} {number}"
    return f"{start}{_compared(letter.came)}."


def _compared(flow: Flow) -> str:
    before = f" — {change(flow.week, flow.previous)}, чем неделей раньше" if flow.previous else ""
    if flow.last_year is None:
        return before.replace("столько же, чем", "столько же, сколько")
    year = f"{change(flow.week, flow.last_year)}, чем на той же неделе прошлого года"
    joined = f"{before}, и {year}" if before else f" — {year}"
    return joined.replace("столько же, чем", "столько же, сколько")


def change(now: float, before: float) -> str:
    """«на 12 % больше», «вдвое больше», «столько же»."""
    if before == 0:
        return "больше" if now else "столько же"
    share = now / before - 1
    if abs(share) < CLEAR:
        return "столько же"
    if share >= 1:
        times = now / before
        return "вдвое больше" if times < 2.5 else f"в {decimal(times)} раза больше"
    return f"на {round(abs(share) * 100)}\u00a0% {'больше' if share > 0 else 'меньше'}"


def done(letter: Letter) -> str:
    verb = plural_form(letter.solved.week, "Решена", "Решены", "Решено")
    first = f"{verb} {plural(letter.solved.week, 'проблема', 'проблемы', 'проблем')}"
    if letter.solved.week == 0:
        first = "Решённых за неделю нет"
    if letter.answered:
        first += f", ещё {letter.answered} {plural_form(letter.answered, 'закрыта', 'закрыты', 'закрыто')} разъяснением"
    left = f"в работе {plural_form(letter.open, 'остаётся', 'остаются', 'остаётся')} {letter.open}"
    if letter.overdue:
        return f"{first}; {left}, у {letter.overdue} из них срок истёк."
    return f"{first}; {left}, просроченных нет."


def growth(letter: Letter) -> str:
    if not letter.grown and not letter.came.previous:
        return ""  # there is nothing to compare with
    if not letter.grown:
        return "Тем, которые выросли бы больше обычного, на этой неделе нет."
    named = [f"«{line.name}» ({line.now} против обычных {decimal(line.usual)})" for line in letter.grown[:NAMED]]
    more = len(letter.grown) - len(named)
    rest = f" и ещё {plural(more, 'тема', 'темы', 'тем')}" if more else ""
    verb = "выросла тема" if len(letter.grown) == 1 else "выросли темы"
    return f"Заметно {verb} {(', ' if more else ' и ').join(named)}{rest}."


def judged(verdicts: Verdicts) -> str:
    if not verdicts.given or verdicts.score is None:
        return ""
    number = plural(verdicts.given, "решение", "решения", "решений")
    words = f"Жители оценили {number}, средний балл — {decimal(verdicts.score)}"
    if not verdicts.not_solved:
        return f"{words}; несогласных не было."
    times = plural(verdicts.not_solved, "раз", "раза", "раз")
    return f"{words}; «не решено» ответили {times}."


def ahead(told: Ahead | None) -> str:
    if told is None:
        return ""
    compared = change(told.problems, told.last_four)
    if compared == "столько же":
        compared = "столько же, сколько"
    else:
        compared += ", чем"
    number = plural(round(told.problems), "проблема", "проблемы", "проблем")
    return f"На ближайшие четыре недели ожидается {about(told)}{number}: {compared} за прошедшие четыре."


def about(told: Ahead) -> str:
    return "" if told.method == "model" else "(по прошлым неделям, без модели) "


def decimal(value: float) -> str:
    """«4,1», «12»."""
    return f"{value:.0f}" if value >= 10 or value == int(value) else f"{value:.1f}".replace(".", ",")


def period(first: str, last: str) -> str:
    """«с 9 по 15 ноября», «с 28 декабря по 3 января»."""
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    month = "" if start.month == end.month else f"\u00a0{MONTHS[start.month - 1]}"
    return f"с\u00a0{start.day}{month} по\u00a0{end.day}\u00a0{MONTHS[end.month - 1]}"
