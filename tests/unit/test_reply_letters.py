"""Letters as their authors read them: whole texts, every kind under every regime, whatever others wrote into them."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2.exceptions import SecurityError

from models.message import Channel
from models.pack import PackError, RegionPack, load_pack
from models.places import PlaceLevel
from models.regimes import Regime
from models.reply import LINK
from models.resolution import ReplyKind
from resolution.replies import examples
from resolution.replies.check import findings
from resolution.replies.grammar import Spot
from resolution.replies.letters import closing_kind, spot
from resolution.replies.records import Letter, Outcome, Section
from resolution.replies.render import Templates, subject_of, templates_of, text_of
from tests.town import executor_id, make_pack

PACK = load_pack("omsk")
HOUSE = templates_of(PACK)
SPOT = Spot(PlaceLevel.HOUSE, "Омск г.о.", "Омск", "город", "улица Ленина", "5")
OF_KIND = {
    ReplyKind.ACKNOWLEDGEMENT: (Outcome.UNDERSTOOD,),
    ReplyKind.INTERIM: (Outcome.BY_DATE, Outcome.PROGRAMME, Outcome.REOPENED),
    ReplyKind.QUESTION: (Outcome.ASKED,),
    ReplyKind.FINAL: (Outcome.SOLVED, Outcome.PROGRAMME, Outcome.REFUSED, Outcome.NOT_OURS),
    ReplyKind.EXTENSION: (Outcome.EXTENDED,),
    ReplyKind.FORWARDING: (Outcome.NOT_OURS, Outcome.FORWARDED),
    ReplyKind.REFUSAL: (Outcome.REFUSED, Outcome.NOT_OURS),
}
BODIES = ["", *(row["name"] for row in PACK.rows("bodies.csv"))]
EVERY = [(regime, kind) for regime in Regime for kind in ReplyKind]


def section(outcome: Outcome, **about: Any) -> Section:
    given: dict[str, Any] = {
        "problem_id": UUID(int=1),
        "source": None,
        "outcome": outcome,
        "topic": "Вывоз мусора",
        "group": "Обращение с отходами",
        "spot": SPOT,
        "quote": "«Во дворе третью неделю не вывозят мусор»",
        "executor": "Департамент городского хозяйства",
        "words": "контейнеры вывезли, площадку помыли",
        "ground": "программа «Чистый двор», строка 14",
        "due": date(2026, 11, 27),
        "done_on": date(2026, 11, 25),
        "deadline": date(2026, 11, 28),
        "photos": 2,
    }
    return Section(**{**given, **about})


def letter(kind: ReplyKind, *sections: Section, regime: Regime = Regime.PORTAL, name: str = "Анна Петровна") -> Letter:
    return Letter(
        UUID(int=2), "omsk", kind, UUID(int=3), regime, Channel.FORM, "ОМ-2026-0000123", date(2026, 11, 22), name,
        tuple(sections),
    )  # fmt: skip


def text(one: Letter) -> str:
    return text_of(one, HOUSE)[0]


def test_an_answer_under_the_law_to_two_problems_reads_so() -> None:
    solved = section(Outcome.SOLVED)
    refused = section(
        Outcome.REFUSED,
        quote="«Яма у подъезда»",
        words="Двор принадлежит собственникам дома.",
        ground="статья 36 Жилищного кодекса",
        executor="Администрация города Омска",
    )
    rights = (
        "Если Вы не согласны с ответом, Вы вправе обратиться с жалобой на принятое решение или на действие "
        "(бездействие) при рассмотрении обращения к вышестоящему должностному лицу либо в суд (пункт 4 статьи 5 "
        "Федерального закона от 02.05.2006 № 59-ФЗ), а также требовать возмещения убытков и морального "
        "вреда, если они причинены незаконным действием (бездействием) при рассмотрении (статья 16)."
    )
    assert text(letter(ReplyKind.FINAL, solved, refused, regime=Regime.FZ59)).split("\n\n") == [
        "Уважаемая Анна Петровна!",
        "Ваше обращение № ОМ-2026-0000123 от 22 ноября 2026 года рассмотрено. Отвечаем на каждый вопрос.",
        "1. Вы сообщили: «Во дворе третью неделю не вывозят мусор» — в Омске, на улице Ленина, дом 5.\n"
        "Вопрос решён 25 ноября 2026 года. Контейнеры вывезли, площадку помыли. Работу выполнил Департамент городского "
        "хозяйства. Снимки приложены к ответу на странице обращения.",
        "2. Вы сообщили: «Яма у подъезда» — в Омске, на улице Ленина, дом 5.\n"
        "К сожалению, решить этот вопрос так, как Вы просите, не получится. Двор принадлежит собственникам дома. "
        "Основание: статья 36 Жилищного кодекса. Решение приняла Администрация города Омска.",
        "Пожалуйста, в течение 15 дней оцените, решён ли каждый вопрос: {ссылка}",
        "Если какой-то вопрос не решён, так и отметьте (можно приложить снимок): мы вернём его в работу.",
        rights,
        "С уважением,\nЗаместитель Губернатора Омской области (вымышленное лицо)\nП.О. Заместов",
        "Исполнитель: Приёмова Проба Образцовна, 8 (3812) 00-00-01",
    ]


def signed(pack: RegionPack, one: Letter) -> str:
    return text_of(one, Templates(pack))[0].rpartition("С уважением,\n")[2]


def test_the_official_of_the_body_that_answers_signs_and_the_phone_of_who_prepared_it_stands_below(
    tmp_path: Path,
) -> None:
    pack = make_pack(tmp_path / "pack")
    roads = {"position": "Директор Департамента транспорта", "name": "А. Б. Дорогин-Петров"}
    prepared = {"executing": {"name": "Письмова Анна Ивановна", "phone": "8 (38173) 2-15-40"}}
    pack.path("signatures.json").write_text(json.dumps({"bodies": {"roads": roads | prepared}}), encoding="utf-8")
    own = {"executor": "Департамент транспорта", "executor_id": executor_id("roads")}
    done = section(Outcome.SOLVED, **own)
    assert signed(pack, letter(ReplyKind.FINAL, done, done)) == (
        "Директор Департамента транспорта\nА.Б. Дорогин-Петров\n\n"
        "Исполнитель: Письмова Анна Ивановна, 8 (38173) 2-15-40"
    )
    elsewhere = section(Outcome.SOLVED, executor="Управление отходов", executor_id=executor_id("waste"))
    assert signed(pack, letter(ReplyKind.FINAL, elsewhere)) == "Управление отходов"  # no row: by the body's name
    office = "Городская область: работа с обращениями граждан"
    for kind, sections in (
        (ReplyKind.FINAL, (done, elsewhere)),
        (ReplyKind.ACKNOWLEDGEMENT, (section(Outcome.UNDERSTOOD),)),
        (ReplyKind.INTERIM, (section(Outcome.REOPENED, **own),)),
        (ReplyKind.EXTENSION, (section(Outcome.EXTENDED, executor=""),)),
    ):
        assert signed(pack, letter(kind, *sections)) == office


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ({"position": "", "name": "А.Б. Дорогин"}, "position"),
        ({"position": "Директор", "name": "Дорогин"}, "initials"),
        ({"position": "Директор", "name": "А.Б. Дорогин", "executing": {"name": "Письмова", "phone": "1"}}, "phone"),
    ],
)
def test_a_signature_that_is_not_official_is_refused(tmp_path: Path, row: dict[str, Any], wrong: str) -> None:
    pack = make_pack(tmp_path / "pack")
    pack.path("signatures.json").write_text(json.dumps({"bodies": {"roads": row}}), encoding="utf-8")
    with pytest.raises(PackError, match=wrong):
        list(findings(pack))


def test_a_signature_of_a_body_that_is_not_there_is_found(tmp_path: Path) -> None:
    pack = make_pack(tmp_path / "pack")
    row = {"position": "Директор", "name": "А.Б. Дорогин"}
    pack.path("signatures.json").write_text(json.dumps({"bodies": {"nobody": row}}), encoding="utf-8")
    assert [str(each) for each in findings(pack)] == ["signatures.json: no body 'nobody' in bodies.csv"]


def test_an_answer_to_a_post_is_short_and_warm() -> None:
    said = text(letter(ReplyKind.FINAL, section(Outcome.SOLVED), regime=Regime.OPEN_SOURCES))
    assert said == (
        "Здравствуйте, Анна Петровна!\n\n"
        "В Омске, на улице Ленина, дом 5: вопрос решён 25 ноября 2026 года. Контейнеры вывезли, площадку помыли. "
        "Работу выполнил Департамент городского хозяйства.\n"
        "Решён ли вопрос? Оцените в течение 15 дней: {ссылка}"
    )


@pytest.mark.parametrize(("regime", "kind"), EVERY)
def test_every_kind_has_a_text_under_every_regime(regime: Regime, kind: ReplyKind) -> None:
    for outcome in OF_KIND[kind]:
        one = letter(kind, section(outcome), regime=regime)
        said = text(one)
        assert "ОМ-2026-0000123" in said + subject_of(one)
        assert said.startswith(("Уважаемая Анна Петровна!", "Здравствуйте, Анна Петровна!"))
        assert_tidy(said)
        many = text(letter(kind, *[section(outcome)] * 3, regime=regime))
        assert "1. " in many
        assert "3. " in many


@pytest.mark.parametrize(("regime", "kind"), EVERY)
def test_a_letter_of_which_little_is_known_is_still_a_letter(regime: Regime, kind: ReplyKind) -> None:
    bare = {"quote": "", "executor": "", "words": "", "ground": "", "due": None, "done_on": None, "deadline": None}
    for outcome in OF_KIND[kind]:
        one = letter(kind, section(outcome, **bare, photos=0, spot=Spot(PlaceLevel.REGION)), regime=regime, name="")
        assert text(one).startswith("Здравствуйте!")
        assert_tidy(text(one))


ANY_WORDS = st.text(st.characters(codec="utf-8"), max_size=120) | st.text('«»"“„{}% \nабвАБВ.,;:!?-', max_size=60)
# hypothesis takes words out of this very file too: a street that is called None is no gap in a letter
WORDS = ANY_WORDS.filter(lambda said: "None" not in said and "Undefined" not in said)


@given(
    st.sampled_from(EVERY),
    WORDS,
    WORDS,
    st.sampled_from(BODIES),
    WORDS,
    st.booleans(),
    st.sampled_from(["", "Анна", "ООО «Ромашка»"]),
)
@settings(max_examples=150, deadline=None)
def test_whatever_others_wrote_the_letter_stays_tidy(
    chosen: tuple[Regime, ReplyKind], words: str, ground: str, executor: str, street: str, many: bool, name: str
) -> None:
    regime, kind = chosen
    place = {"level": "street", "settlement": "Омск", "street": street}
    about = [
        section(each, words=words, ground=ground, executor=executor, spot=spot(place, PACK)) for each in OF_KIND[kind]
    ]
    assert_tidy(text(letter(kind, *(about * (2 if many else 1)), regime=regime, name=name)))


def assert_tidy(said: str) -> None:
    bare = said.replace(LINK, "")
    for wrong in ("None", "{", "}", "  ", "..", " .", " ,", "\n\n\n", "Undefined"):
        assert wrong not in bare.replace("...", "…"), (wrong, said)
    assert bare.count("«") == bare.count("»")


def test_the_examples_in_the_documents_are_what_the_templates_give() -> None:
    page = Path(__file__).resolve().parents[2] / "docs" / "replies-examples.md"
    made = "python -m resolution.replies.examples > docs/replies-examples.md"
    assert page.read_text(encoding="utf-8") == "\n".join(examples.page()), f"run: {made}"


def test_danger_is_answered_with_the_number_to_call() -> None:
    said = text(letter(ReplyKind.ACKNOWLEDGEMENT, section(Outcome.UNDERSTOOD, urgency=5)))
    assert "позвоните по номеру 112" in said
    assert "112" not in text(letter(ReplyKind.ACKNOWLEDGEMENT, section(Outcome.UNDERSTOOD, urgency=2)))


def test_a_group_of_topics_has_a_sentence_of_its_own() -> None:
    assert "перерасчёт" in text(letter(ReplyKind.FINAL, section(Outcome.SOLVED, group="ЖКХ")))
    assert "перерасчёт" not in text(letter(ReplyKind.FINAL, section(Outcome.SOLVED, group="Дороги")))


def test_numbers_agree_with_their_words() -> None:
    for count, words in ((2, "2 вопроса"), (5, "5 вопросов"), (21, "21 вопрос:")):
        said = text(letter(ReplyKind.ACKNOWLEDGEMENT, *[section(Outcome.UNDERSTOOD)] * count))
        assert words in said


def test_a_letter_that_only_refuses_or_forwards_is_called_so() -> None:
    assert closing_kind([Outcome.SOLVED, Outcome.REFUSED]) is ReplyKind.FINAL
    assert closing_kind([Outcome.PROGRAMME]) is ReplyKind.FINAL
    assert closing_kind([Outcome.REFUSED, Outcome.NOT_OURS]) is ReplyKind.REFUSAL
    assert closing_kind([Outcome.NOT_OURS]) is ReplyKind.FORWARDING


@pytest.fixture
def own(tmp_path: Path) -> RegionPack:
    """A region with templates of its own, put there by the tests."""
    (tmp_path / "replies" / "any").mkdir(parents=True)
    (tmp_path / "region.json").write_text(json.dumps({"id": "own", "name": "Своя область"}), encoding="utf-8")
    return RegionPack(tmp_path)


def test_a_region_puts_its_own_template_in_place_of_the_houses(own: RegionPack) -> None:
    (own.folder / "replies" / "any" / "final.txt").write_text(
        '{% extends "house/any/final.txt" %}{% block signature %}Ваша приёмная{% endblock %}', encoding="utf-8"
    )
    said, name = text_of(letter(ReplyKind.FINAL, section(Outcome.SOLVED)), Templates(own))
    assert (said.endswith("\n\nВаша приёмная"), "Вопрос решён 25 ноября" in said, name) == (True, True, "any/final.txt")


def test_a_template_of_a_region_cannot_reach_out_of_its_sandbox(own: RegionPack) -> None:
    (own.folder / "replies" / "any" / "final.txt").write_text(
        "{{ letter.__class__.__mro__[1].__subclasses__() }}", encoding="utf-8"
    )
    with pytest.raises(SecurityError):
        text_of(letter(ReplyKind.FINAL, section(Outcome.SOLVED)), Templates(own))


def test_a_broken_template_of_a_region_is_found_before_a_reply_needs_it(own: RegionPack) -> None:
    for name, content in (
        ("final", "{% if %}"),
        ("finale", "Здравствуйте!"),
        ("section_solved.roads", "{{ it.words }}"),
    ):
        (own.folder / "replies" / "any" / f"{name}.txt").write_text(content, encoding="utf-8")
    found = [(finding.file, finding.line) for finding in findings(own)]
    assert found == [("replies/any/final.txt", 1), ("replies/any/finale.txt", 0)]
