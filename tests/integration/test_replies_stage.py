"""The drafting stage on a real database: every step is told once, whatever comes again."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.events import EventType, event
from models.resolution import Variant
from resolution.policy import DEFAULT, NAME
from tests.integration.reply_cases import GOOD, PIECES, Case
from tests.town import REGION, Town


def kinds(case: Case) -> list[tuple[str, str]]:
    return [(reply["kind"], reply["state"]) for reply in case.replies()]


def test_an_appeal_is_acknowledged_once_with_all_its_problems(place: Town) -> None:
    case = Case(place)
    first, second = case.found()
    case.handle(first)
    case.handle(first, second)
    [reply] = case.replies()
    assert (reply["kind"], reply["state"], reply["try_at"]) == ("acknowledgement", "approved", case.now)
    assert reply["text"].startswith("Уважаемая Анна Ивановна!\n\nВаше сообщение получено 2 марта 2026 года")
    assert "1. «На Речной яма у дома 5» — в Городке, на улице Речной, дом 5." in reply["text"]
    assert "2. «Ещё не вывозят мусор во дворе»" in reply["text"]
    assert "до 12 марта 2026 года" in reply["text"]
    assert case.told() == ["drafted", "approved"]


def test_thanks_are_answered_and_spam_is_not(place: Town) -> None:
    for dismissal, expected in (("thanks", ["Спасибо за добрые слова"]), ("spam", [])):
        case = Case(place, pieces=())
        case.change("UPDATE appeals SET state = 'dismissed', dismissal = %s WHERE id = %s", dismissal, case.appeal_id)
        told = event(EventType.APPEAL_DISMISSED, REGION, case.appeal_id, case.now, reason=dismissal, probability=0.99)
        case.handle(told)
        case.handle(told)
        assert [word for word in expected if word in case.replies()[0]["text"]] == expected
        assert len(case.replies()) == len(expected)


def test_a_plan_is_told_at_once_and_another_plan_takes_its_place(place: Town) -> None:
    case = Case(place)
    first = case.plan(0, Variant.BY_DATE, due=date(2026, 3, 20))
    case.handle(first)
    second = case.plan(0, Variant.MORE_INFO, "Вы не назвали подъезд.", ground="у какого подъезда яма")
    case.handle(second, first)
    assert kinds(case) == [("interim", "cancelled"), ("question", "approved")]
    interim, question = case.replies()
    assert "Вопрос будет решён до 20 марта 2026 года. Яму на улице Речной у дома 5 засыпали" in interim["text"]
    assert "Пожалуйста, уточните: у какого подъезда яма." in question["text"]
    assert case.told() == ["drafted", "approved", "drafted", "approved", "cancelled"]


def test_one_answer_is_given_when_nothing_of_the_appeal_is_open(place: Town) -> None:
    case = Case(place)
    done = case.solve(0)
    case.handle(done)
    assert case.replies() == []
    refused = case.answer(1, Variant.REFUSED, "Контейнер стоит на земле дома 7.", ground="пункт 4 договора")
    case.handle(refused)
    case.handle(done, refused)
    [reply] = case.replies()
    assert (reply["kind"], reply["subject"].startswith("Ответ на Ваше обращение № ГО-2026-")) == ("final", True)
    assert "1. Вы сообщили: «На Речной яма у дома 5»" in reply["text"]
    assert "Вопрос решён 5 марта 2026 года." in reply["text"]
    assert "Работу выполнил Департамент транспорта." in reply["text"]
    assert "Основание: пункт 4 договора." in reply["text"]


def test_a_region_may_want_an_answer_to_each_problem_at_once(place: Town) -> None:
    policy = json.loads(DEFAULT.read_text(encoding="utf-8"))
    policy["replies"]["per"] = "problem"
    place.pack.path(NAME).write_text(json.dumps(policy), encoding="utf-8")
    case = Case(place)
    first = case.solve(0)
    case.handle(first)
    second = case.solve(1, "Контейнеры у дома 5 вывезли")
    case.handle(first, second)
    assert kinds(case) == [("final", "approved"), ("final", "approved")]
    assert [GOOD in reply["text"] for reply in case.replies()] == [True, False]


def test_an_interim_reply_that_was_not_sent_gives_way_to_the_answer(place: Town) -> None:
    case = Case(place, pieces=("На Речной яма у дома 5",))
    case.handle(case.plan(0, Variant.BY_DATE, due=date(2026, 3, 20)))
    case.handle(case.solve(0))
    assert kinds(case) == [("interim", "cancelled"), ("final", "approved")]


def test_what_was_told_is_not_told_again_after_a_reopening(place: Town) -> None:
    case = Case(place)
    case.handle(case.solve(0), case.solve(1))
    case.change("UPDATE replies SET state = 'sent'")
    case.put(0, "assigned")
    case.now += timedelta(hours=1)
    reopened = case.event(EventType.PROBLEM_REOPENED, case.problems[0], by="citizen")
    case.handle(reopened)
    case.handle(reopened)
    case.now += timedelta(hours=1)
    case.handle(case.solve(0, "Яму на Речной, 5, переделали 8 марта: положили новый асфальт"))
    first, back, second = case.replies()
    assert (first["kind"], back["kind"], second["kind"]) == ("final", "interim", "final")
    assert "Мы вернули его в работу. Отвечает за это снова Департамент транспорта" in back["text"]
    assert "17 марта 2026 года" in back["text"]
    assert "переделали 8 марта" in second["text"]
    assert "мусор" not in second["text"]


def back_at_work(place: Town, case: Case, **said: str) -> list[dict[str, Any]]:
    """What the case's author is told when his problem, solved and answered, is open again."""
    case.handle(case.solve(0))
    case.change("UPDATE replies SET state = 'sent'")
    case.put(0, "assigned")
    case.now += timedelta(hours=1)
    case.handle(case.event(EventType.PROBLEM_REOPENED, case.problems[0], **said))
    return [reply for reply in case.replies() if reply["kind"] == "interim"]


@pytest.mark.parametrize(
    ("by", "himself", "words"),
    [
        ("citizen", True, "Вы написали, что вопрос не решён. Мы вернули его в работу."),
        ("oper", True, "От Вас мы узнали, что вопрос не решён. Мы вернули его в работу."),
        ("oper", False, "Мы ещё раз проверили наш ответ: вопрос закрывать рано. Мы вернули его в работу."),
    ],
)
def test_who_opened_the_problem_again_is_told_as_it_was(place: Town, by: str, himself: bool, words: str) -> None:
    case = Case(place, pieces=("На Речной яма у дома 5",))
    said = {"said_by": str(case.problems[0])} if himself else {}
    [reply] = back_at_work(place, case, by=by, **said)
    assert words in reply["text"]
    assert ("знает и руководитель" in reply["text"]) is himself


def test_both_authors_hear_that_it_is_open_again_and_who_said_so(place: Town) -> None:
    case, other = (Case(place, pieces=("На Речной яма у дома 5",), name=name) for name in ("", "Ким Алексей Ильич"))
    other.put(0, "merged", case.problems[0])
    [own] = back_at_work(place, case, by="citizen", said_by=str(other.problems[0]))
    [said] = [reply for reply in other.replies() if reply["kind"] == "interim"]
    assert "О том же писал ещё один житель, и он сообщил, что вопрос не решён." in own["text"]
    assert "Вы написали, что вопрос не решён." in said["text"]


def test_a_reopening_takes_back_the_answer_that_waits_and_the_rest_is_told_later(place: Town) -> None:
    case = Case(place, regime="fz59")
    case.handle(case.solve(0), case.solve(1))
    case.put(0, "assigned")
    case.handle(case.event(EventType.PROBLEM_REOPENED, case.problems[0], by="operator"))
    assert kinds(case) == [("final", "cancelled")]
    case.handle(case.solve(0, "Яму на Речной, 5, переделали: положили новый асфальт"))
    assert kinds(case) == [("final", "cancelled"), ("final", "drafted")]
    assert "2. Вы сообщили: «Ещё не вывозят мусор во дворе»" in case.replies()[1]["text"]


def test_a_problem_merged_into_anothers_is_answered_when_that_one_is_solved(place: Town) -> None:
    case, other = Case(place, pieces=("На Речной яма у дома 5",)), Case(place, name="Ким Алексей Ильич")
    other.put(0, "merged", case.problems[0])
    other.put(1, "dismissed")
    solved = case.solve(0)
    case.handle(solved)
    case.handle(solved)
    [reply] = other.replies()
    assert reply["text"].startswith("Уважаемый Алексей Ильич!")
    assert GOOD in reply["text"]
    assert len(case.replies()) == 1


def test_the_other_author_reads_nothing_of_the_first_one(place: Town) -> None:
    case = Case(place, pieces=("На Речной яма у дома 5",), name="Петрова Анна Сергеевна")
    other = Case(place, name="Ким Алексей Ильич")
    other.put(0, "merged", case.problems[0])
    other.put(1, "dismissed")
    case.handle(case.solve(0, "Яму засыпали 5 марта, Петровой об этом сказали по телефону 8 913 123-45-67"))
    [own], [reply] = case.replies(), other.replies()
    assert "Петровой" in own["text"] and "123-45-67" in own["text"]
    assert "Яму засыпали 5 марта" in reply["text"]
    assert "Петров" not in reply["text"] and "123-45-67" not in reply["text"]


def test_whoever_stands_at_the_end_of_a_chain_of_merges_is_answered_too(place: Town) -> None:
    last, middle, first = (Case(place, pieces=("На Речной яма у дома 5",)) for _ in range(3))
    first.put(0, "merged", middle.problems[0])
    middle.put(0, "merged", last.problems[0])
    last.handle(last.solve(0))
    assert [kinds(case) for case in (first, middle, last)] == [[("final", "approved")]] * 3


def test_the_answer_about_a_merged_problem_waits_no_more_when_the_other_one_is_reopened(place: Town) -> None:
    case, other = (Case(place, regime="fz59", pieces=("На Речной яма у дома 5",)) for _ in range(2))
    other.put(0, "merged", case.problems[0])
    case.handle(case.solve(0))
    case.put(0, "assigned")
    case.handle(case.event(EventType.PROBLEM_REOPENED, case.problems[0], by="oper"))
    assert kinds(other) == [("final", "cancelled")]
    case.handle(case.solve(0))
    assert kinds(other) == [("final", "cancelled"), ("final", "drafted")]


def test_a_merge_that_is_undone_takes_back_the_answer_that_waits(place: Town) -> None:
    case, other = (Case(place, regime="fz59", pieces=("На Речной яма у дома 5",)) for _ in range(2))
    other.put(0, "merged", case.problems[0])
    case.handle(case.solve(0))
    other.put(0, "queued")
    other.handle(other.event(EventType.PROBLEM_RESTORED, other.problems[0], by="oper"))
    assert kinds(other) == [("final", "cancelled")]


def test_a_merge_that_is_made_anew_owes_the_answer_anew(place: Town) -> None:
    case, other = (Case(place, regime="fz59", pieces=("На Речной яма у дома 5",)) for _ in range(2))
    into = case.problems[0]
    other.put(0, "merged", into)
    case.handle(case.solve(0))
    other.put(0, "queued")
    other.handle(other.event(EventType.PROBLEM_RESTORED, other.problems[0], by="oper"))
    other.put(0, "merged", into)
    other.now += timedelta(minutes=5)
    again = other.event(EventType.PROBLEM_MERGED, other.problems[0], into=str(into), by="oper")
    other.handle(again)
    other.handle(again)
    assert kinds(other) == [("final", "cancelled"), ("final", "drafted")]


def test_a_reopening_that_is_read_after_the_next_end_takes_nothing_back(place: Town) -> None:
    case = Case(place, regime="fz59", pieces=("На Речной яма у дома 5",))
    first = case.solve(0)
    reopened = case.event(EventType.PROBLEM_REOPENED, case.problems[0], by="oper")
    second = case.solve(0)
    for each in (first, reopened, second):
        case.handle(each)
    assert kinds(case) == [("final", "drafted")]


def test_what_stood_in_an_answer_that_was_taken_back_is_told_with_the_next_one(place: Town) -> None:
    """Reopened and solved again before the stage came to it: the other problem of the same letter is not forgotten."""
    case = Case(place, regime="fz59")
    case.handle(case.solve(0), case.solve(1))
    reopened = case.event(EventType.PROBLEM_REOPENED, case.problems[0], by="oper")
    case.handle(reopened, case.solve(0))
    assert kinds(case) == [("final", "cancelled"), ("final", "drafted")]
    assert all(f"{number}. Вы сообщили" in case.replies()[-1]["text"] for number in (1, 2))


def test_two_workers_that_come_to_one_appeal_answer_it_once(place: Town) -> None:
    case, first, second = Case(place), Case(place, pieces=PIECES[:1]), Case(place, pieces=PIECES[1:])
    case.put(0, "merged", first.problems[0])
    case.put(1, "merged", second.problems[0])
    solved = [first.solve(0), second.solve(0)]
    with ThreadPoolExecutor() as threads:
        list(threads.map(lambda each: each[0].handle(each[1]), zip((first, second), solved, strict=True)))
    [reply] = case.replies()
    assert ("1. Вы сообщили" in reply["text"], "2. Вы сообщили" in reply["text"]) == (True, True)
    assert case.told() == ["drafted", "approved"]


@given(st.permutations(range(6)), st.lists(st.integers(0, 5), max_size=4), st.integers(1, 4))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_in_whatever_batches_events_come_the_same_replies_are_drafted(
    place: Town, order: list[int], again: list[int], batch: int
) -> None:
    """Events that are late find the tables as they stand: what is owed at the end is drafted, once."""
    case = Case(place)
    events = [
        *case.found(),
        case.plan(0, Variant.BY_DATE, due=date(2026, 3, 20)),
        case.plan(1, Variant.MORE_INFO, ground="Где контейнеры?"),
        case.solve(0),
        case.solve(1, "Контейнеры у дома 5 вывезли"),
    ]
    mixed = [events[at] for at in (*order, *again)]
    for start in range(0, len(mixed), batch):
        case.handle(*mixed[start : start + batch])
    assert kinds(case) == [("acknowledgement", "approved"), ("final", "approved")]


def test_an_answer_that_says_nothing_waits_for_a_person(place: Town) -> None:
    case = Case(place, pieces=("На Речной яма у дома 5",))
    case.handle(case.solve(0, "Ваше обращение рассмотрено, меры приняты в рабочем порядке."))
    [reply] = case.replies()
    assert (reply["state"], reply["try_at"]) == ("drafted", None)
    assert {flag["code"] for flag in reply["flags"]} == {"stock", "no_fact"}


def test_the_same_words_for_many_problems_are_found(place: Town) -> None:
    words = "Выполнены работы по ямочному ремонту, покрытие восстановлено, дефекты ямы ликвидированы полностью."
    flagged = []
    for _ in range(5):
        case = Case(place, pieces=("На Речной яма у дома 5",))
        case.handle(case.solve(0, words))
        flagged.append([flag["code"] for flag in case.replies()[0]["flags"]])
    assert flagged == [[], [], [], ["same_text"], ["same_text"]]


def test_an_extension_and_a_forwarding_are_told_once_an_appeal(place: Town) -> None:
    case = Case(place, regime="fz59")
    extended = [case.event(EventType.TERM_EXTENDED, one, notice="12-34", by="operator") for one in case.problems]
    forwarded = [
        case.event(EventType.APPEAL_FORWARDED, one, to="Министерство спорта", notice="12-35", by="operator")
        for one in case.problems
    ]
    case.handle(extended[0])
    case.handle(*extended, *forwarded)
    assert kinds(case) == [("extension", "drafted"), ("forwarding", "drafted")]
    extension, forwarding = case.replies()
    assert "часть 2 статьи 12" in extension["text"]
    assert "17 марта 2026 года" in extension["text"]
    assert "Министерство спорта" in forwarding["text"]


def test_a_notice_of_one_problem_says_nothing_of_the_others(place: Town) -> None:
    case = Case(place, regime="fz59")
    case.handle(case.event(EventType.TERM_EXTENDED, case.problems[0], notice="12-34", by="operator"))
    about = place.rows("SELECT problem_id FROM reply_problems")
    assert (kinds(case), about) == ([("extension", "drafted")], [(case.problems[0],)])


def test_nobody_who_was_erased_is_written_to(place: Town) -> None:
    case = Case(place)
    case.change("UPDATE appeals SET erased_at = now() WHERE id = %s", case.appeal_id)
    case.handle(*case.found(), case.plan(0, Variant.BY_DATE, due=date(2026, 3, 20)))
    assert case.replies() == []


def test_a_reply_names_its_problems_and_what_it_speaks_of(place: Town) -> None:
    case = Case(place)
    planned = case.plan(1, Variant.BY_DATE, due=date(2026, 3, 20))
    case.handle(planned)
    rows = place.rows("SELECT problem_id, source FROM reply_problems")
    assert rows == [(case.problems[1], UUID(planned.data["plan_id"]))]
