"""Plans and reports as rules: what a variant must say, how far it may go, what no walk can close."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.events import EventType
from models.pack import load_pack
from models.refusal import Refused
from models.regimes import Regime
from models.resolution import FileRole, ProofState, ReplyKind, Variant
from models.states import PROBLEM_TRANSITIONS, ProblemState, Who
from resolution import plans, reports
from resolution.kinds import kind_of
from resolution.policy import CLOSING_VARIANTS, MEGABYTE, ResolutionPolicy
from resolution.records import Plan, Problem, Proof, Upload, Wish
from tests.proof_files import HEIC, PDF, VIDEO, picture, policy_json, word_document

TODAY = date(2026, 3, 2)
POLICY = ResolutionPolicy.of_json(policy_json())
ROAD, LIGHT = "01.001", "03.001"
PROBLEM = Problem(
    UUID(int=1), "gorod", UUID(int=2), ProblemState.ASSIGNED, 1, ROAD, Regime.PORTAL, UUID(int=3), "roads"
)
PROOF = Proof(UUID(int=4), PROBLEM.id, ProofState.SUBMITTED, UUID(int=3), "roads", frozenset({FileRole.AFTER}))
GOOD = {
    Variant.DONE: Wish(Variant.DONE),
    Variant.BY_DATE: Wish(Variant.BY_DATE, "Засыплем", TODAY + timedelta(days=5)),
    Variant.PROGRAMME: Wish(Variant.PROGRAMME, "", date(2027, 12, 31), "Дороги, строка 12"),
    Variant.NOT_OURS: Wish(Variant.NOT_OURS, "", None, "Росавтодор"),
    Variant.MORE_INFO: Wish(Variant.MORE_INFO, "", None, "Какой дом?"),
    Variant.REFUSED: Wish(Variant.REFUSED, "Не положено", None, "Жилищный кодекс РФ, ст. 36"),
}


def checked(wish: Wish, topic: str = ROAD) -> Wish:
    return plans.checked(wish, topic, POLICY, TODAY)


@pytest.mark.parametrize("variant", Variant)
def test_a_whole_wish_is_taken_as_it_is(variant: Variant) -> None:
    due = TODAY if variant is Variant.DONE else GOOD[variant].due_on
    assert checked(GOOD[variant]) == replace(GOOD[variant], due_on=due)


@pytest.mark.parametrize(
    ("variant", "lacks", "told"),
    [
        (Variant.BY_DATE, {"words": " "}, "что будет сделано"),
        (Variant.BY_DATE, {"due_on": None}, "Укажите дату"),
        (Variant.BY_DATE, {"due_on": TODAY - timedelta(days=1)}, "уже прошла"),
        (Variant.BY_DATE, {"due_on": TODAY + timedelta(days=11)}, "до 12 марта 2026 года: яма не ждёт"),
        (Variant.PROGRAMME, {"ground": ""}, "программу и её строку"),
        (Variant.PROGRAMME, {"due_on": date(2032, 1, 1)}, "не дальше 2031 года"),
        (Variant.NOT_OURS, {"ground": ""}, "орган"),
        (Variant.MORE_INFO, {"ground": ""}, "что спросить"),
        (Variant.REFUSED, {"ground": ""}, "норму"),
        (Variant.REFUSED, {"ground": "по закону"}, "с номером"),
        (Variant.REFUSED, {"ground": "позвоните по номеру 12"}, "с номером"),
        (Variant.REFUSED, {"words": ""}, "почему отказываете"),
    ],
)
def test_what_a_wish_lacks_is_said(variant: Variant, lacks: dict[str, Any], told: str) -> None:
    with pytest.raises(Refused, match=told):
        checked(replace(GOOD[variant], **lacks))


def test_the_last_day_is_that_of_the_topic_its_group_or_of_all() -> None:
    assert POLICY.latest(ROAD, TODAY) == date(2026, 3, 12)
    assert POLICY.latest("01.002", TODAY) == POLICY.latest(LIGHT, TODAY) == TODAY + timedelta(days=60)
    assert checked(replace(GOOD[Variant.BY_DATE], due_on=POLICY.latest(ROAD, TODAY))).due_on == date(2026, 3, 12)


def test_what_must_be_seen_is_never_closed_by_an_explanation_alone() -> None:
    lax = replace(POLICY, close_by_approval=frozenset())
    assert [plans.closes_at_once(variant, LIGHT, lax) for variant in Variant] == [
        variant in CLOSING_VARIANTS for variant in Variant
    ]
    assert not any(plans.closes_at_once(variant, ROAD, lax) for variant in Variant)
    assert not any(plans.closes_at_once(variant, LIGHT, POLICY) for variant in Variant)


def test_a_plan_waits_for_an_operator_or_for_the_author_until_he_speaks() -> None:
    refused = Plan(UUID(int=5), Variant.REFUSED, UUID(int=3), "roads")
    assert plans.awaits_operator(refused, ProblemState.PLANNED)
    assert not plans.awaits_operator(replace(refused, agreed=False), ProblemState.PLANNED)
    assert not plans.awaits_operator(refused, ProblemState.ANSWERED)
    asked = replace(refused, variant=Variant.MORE_INFO)
    assert plans.awaits_author(asked) and not plans.awaits_author(replace(asked, answered=True))
    assert not plans.awaits_author(None)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (picture("JPEG"), "image/jpeg"),
        (picture("PNG"), "image/png"),
        (picture("WEBP"), "image/webp"),
        (PDF, "application/pdf"),
        (VIDEO, "video/mp4"),
        (b"\x1a\x45\xdf\xa3webm", "video/webm"),
        (word_document(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ],
)
def test_a_file_is_known_by_its_content(content: bytes, media_type: str) -> None:
    found = kind_of(content)
    assert found is not None and found.media_type == media_type


@given(st.binary(max_size=200))
def test_anything_can_be_handed_in_and_nothing_breaks(content: bytes) -> None:
    found = kind_of(content)
    assert found is None or found.roles


@pytest.mark.parametrize(
    ("uploads", "told"),
    [
        ([Upload(FileRole.AFTER, "a.jpg", HEIC)], "HEIC"),
        ([Upload(FileRole.AFTER, "a.jpg", PDF)], "JPEG, PNG или WebP"),
        ([Upload(FileRole.DOCUMENT, "a.pdf", b"PK\x03\x04 broken")], "PDF, DOCX"),
        ([Upload(FileRole.VIDEO, "a.mp4", picture())], "MP4, MOV или WebM"),
        ([Upload(FileRole.AFTER, "a.jpg", b"")], "пуст"),
        ([Upload(FileRole.AFTER, "a.jpg", picture())] * 16, "не больше 15"),
        ([Upload(FileRole.AFTER, "a.jpg", b"\xff\xd8\xff" + bytes(20 * MEGABYTE))], "не больше 20 МБ"),
        ([Upload(FileRole.VIDEO, "a.mp4", VIDEO + bytes(80 * MEGABYTE))] * 2, "вместе"),
    ],
)
def test_what_a_proof_may_not_hold_is_refused_with_its_name(uploads: list[Upload], told: str) -> None:
    with pytest.raises(Refused, match=told):
        reports.kinds_of(uploads, POLICY.files)


def test_a_report_needs_words_a_past_day_a_file_and_a_photo_where_the_topic_wants_it() -> None:
    after, document = {FileRole.AFTER}, {FileRole.DOCUMENT}
    assert reports.complete(" Засыпали ", TODAY, after, [ROAD, LIGHT], POLICY, TODAY) == "Засыпали"
    assert reports.complete("Починили", TODAY, document, [LIGHT], POLICY, TODAY) == "Починили"
    for words, day, roles, topics in (
        ("", TODAY, after, [ROAD]),
        ("Засыпали", TODAY + timedelta(days=1), after, [ROAD]),
        ("Засыпали", TODAY, document, [LIGHT, ROAD]),
        ("Починили", TODAY, set[FileRole](), [LIGHT]),
    ):
        with pytest.raises(Refused):
            reports.complete(words, day, roles, topics, POLICY, TODAY)


def test_the_machine_solves_only_what_has_no_flags_where_policy_lets_it() -> None:
    assert reports.after_checks(PROOF, ROAD, [], POLICY).outcome is reports.Outcome.SOLVED
    assert reports.after_checks(PROOF, ROAD, ["far", "far"], POLICY).flags == ("far",)
    assert reports.after_checks(PROOF, ROAD, ["far"], POLICY).outcome is reports.Outcome.OPERATOR
    careful = replace(POLICY, machine_accepts=False)
    assert reports.after_checks(PROOF, ROAD, [], careful) == reports.Checked(reports.Outcome.OPERATOR, ())


PROOFS = (frozenset({FileRole.DOCUMENT}), frozenset({FileRole.AFTER}), frozenset({FileRole.BEFORE}))
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["report", "correct", "check", "accept", "plan", "agree", "return", "disagree", "reopen"]),
        st.sampled_from([Variant.DONE, Variant.BY_DATE, *sorted(CLOSING_VARIANTS), Variant.MORE_INFO]),
        st.sampled_from(PROOFS),
        st.sampled_from([(), ("far",)]),
    ),
    min_size=10,
    max_size=60,
)


class Walk:
    """One problem that anybody does anything to, by the same rules in the same order as the services ask them."""

    def __init__(self, policy: ResolutionPolicy) -> None:
        self.policy, self.problem = policy, replace(PROBLEM, topic=LIGHT)
        self.plan: Plan | None = None
        self.proof: Proof | None = None

    def go(self, event: EventType, who: Who) -> None:
        self.problem = replace(self.problem, state=plans.moved(self.problem, event, who))

    def do(self, step: str, variant: Variant, roles: frozenset[FileRole], flags: Sequence[str]) -> None:
        getattr(self, f"do_{step}")(variant, roles, flags)

    def do_plan(self, variant: Variant, _roles: frozenset[FileRole], _flags: Sequence[str]) -> None:
        plans.checked(GOOD[variant], self.problem.topic, self.policy, TODAY)
        self.go(EventType.SOLUTION_PLANNED, Who.EXECUTOR)
        self.plan = Plan(UUID(int=5), variant, UUID(int=3), "roads")
        if plans.closes_at_once(variant, self.problem.topic, self.policy):
            self.go(EventType.PROBLEM_ANSWERED, Who.MACHINE)

    def do_report(self, _variant: Variant, roles: frozenset[FileRole], _flags: Sequence[str]) -> None:
        reports.complete("Сделано", TODAY, roles, [self.problem.topic], self.policy, TODAY)
        if self.problem.state is not ProblemState.PLANNED or not plans.leads_to_report(self.plan):
            self.go(EventType.SOLUTION_PLANNED, Who.EXECUTOR)
            self.plan = Plan(UUID(int=5), Variant.DONE, UUID(int=3), "roads")
        self.go(EventType.PROOF_SUBMITTED, Who.EXECUTOR)
        self.proof = replace(PROOF, roles=roles)

    def do_check(self, _variant: Variant, _roles: frozenset[FileRole], flags: Sequence[str]) -> None:
        if self.proof is None or self.proof.state is not ProofState.SUBMITTED:
            return
        found = reports.after_checks(self.proof, self.problem.topic, flags, self.policy)
        solved = found.outcome is reports.Outcome.SOLVED
        self.go(EventType.PROBLEM_SOLVED if solved else EventType.PROOF_CHECKED, Who.MACHINE)
        self.proof = replace(self.proof, state=ProofState.ACCEPTED if solved else ProofState.CHECKED)

    def do_accept(self, _variant: Variant, _roles: frozenset[FileRole], _flags: Sequence[str]) -> None:
        if self.proof is not None:
            reports.acceptable(self.proof, self.problem.topic, self.policy)
            self.go(EventType.PROBLEM_SOLVED, Who.OPERATOR)
            self.proof = replace(self.proof, state=ProofState.ACCEPTED)

    def do_return(self, _variant: Variant, _roles: frozenset[FileRole], _flags: Sequence[str]) -> None:
        if self.proof is not None:
            reports.returnable(self.proof, "Не то место")
            self.go(EventType.PROOF_RETURNED, Who.OPERATOR)
            self.proof = replace(self.proof, state=ProofState.RETURNED)

    def do_agree(self, _variant: Variant, _roles: frozenset[FileRole], _flags: Sequence[str]) -> None:
        if self.plan is not None and plans.awaits_operator(self.plan, self.problem.state):
            self.go(EventType.PROBLEM_ANSWERED, Who.OPERATOR)
            self.plan = replace(self.plan, agreed=True)

    def do_disagree(self, _variant: Variant, _roles: frozenset[FileRole], _flags: Sequence[str]) -> None:
        if self.plan is not None and plans.awaits_operator(self.plan, self.problem.state):
            self.go(EventType.PLAN_RETURNED, Who.OPERATOR)
            self.plan = replace(self.plan, agreed=False)

    def do_reopen(self, _variant: Variant, _roles: frozenset[FileRole], _flags: Sequence[str]) -> None:
        self.go(EventType.PROBLEM_REOPENED, Who.CITIZEN)

    def do_correct(self, _variant: Variant, _roles: frozenset[FileRole], _flags: Sequence[str]) -> None:
        self.problem = replace(self.problem, topic=ROAD if self.problem.topic == LIGHT else LIGHT)


@settings(max_examples=300)
@given(STEPS, st.booleans(), st.booleans())
def test_no_walk_solves_what_must_be_seen_without_an_accepted_photo(
    steps: Sequence[tuple[str, Variant, frozenset[FileRole], Sequence[str]]], machine: bool, lax: bool
) -> None:
    policy = replace(
        POLICY, machine_accepts=machine, close_by_approval=frozenset() if lax else POLICY.close_by_approval
    )
    walk = Walk(policy)
    for step in steps:
        before = walk.problem
        try:
            walk.do(*step)
        except Refused:
            assert walk.problem == before or step[0] == "report"
        if before.state is walk.problem.state or not policy.needs_photo(walk.problem.topic):
            continue
        if walk.problem.state is ProblemState.SOLVED:
            assert walk.proof is not None and walk.proof.state is ProofState.ACCEPTED
            assert FileRole.AFTER in walk.proof.roles
        if walk.problem.state is ProblemState.ANSWERED:
            assert walk.plan is not None and walk.plan.agreed  # an operator has read the explanation


def test_every_way_into_a_closed_state_goes_through_a_proof_or_a_plan() -> None:
    closed = (ProblemState.SOLVED, ProblemState.ANSWERED)
    assert {(row.source, row.event) for row in PROBLEM_TRANSITIONS if row.target in closed} == {
        (ProblemState.REPORTED, EventType.PROBLEM_SOLVED),
        (ProblemState.PLANNED, EventType.PROBLEM_ANSWERED),
    }


@pytest.mark.parametrize("region", ["omsk", "murmansk"])
def test_the_packs_say_what_the_other_rooms_ask(region: str) -> None:
    policy = ResolutionPolicy.of_pack(load_pack(region))
    assert policy.reply_per == "appeal" and policy.verdict_days == 15 and policy.machine_accepts
    assert policy.close_by_approval == CLOSING_VARIANTS
    assert policy.needs_photo("05.007") and not policy.needs_photo("12.005")
    assert policy.needs_approval(ReplyKind.REFUSAL, Regime.PORTAL)
    assert policy.needs_approval(ReplyKind.FINAL, Regime.FZ59)
    assert not policy.needs_approval(ReplyKind.FINAL, Regime.PORTAL)
    assert policy.limit("02.008").most_days < policy.limit("05.007").most_days


@pytest.mark.parametrize(
    ("section", "broken"),
    [
        ("dates", [{"topics": ["01"], "most_days": 3, "why": "", "source": ""}]),
        ("close_by_approval", {"variants": ["by_date"]}),
        ("replies", {"per": "house", "approval": []}),
        ("verdict", {"days": 0}),
        ("programme", {}),
    ],
)
def test_a_broken_policy_is_refused(section: str, broken: Any) -> None:
    with pytest.raises((ValueError, KeyError)):
        ResolutionPolicy.of_json(policy_json(**{section: broken}))


def archive(told: bytes, packed: int) -> bytearray:
    made = BytesIO()
    with ZipFile(made, "w", packed) as opened:
        opened.writestr("mimetype", told)
    return bytearray(made.getvalue())


def test_an_archive_that_lies_about_itself_is_no_document() -> None:
    assert kind_of(bytes(archive(b"application/vnd.oasis.opendocument.text", ZIP_STORED))) is not None
    assert kind_of(bytes(archive(b"application/vnd.oasis.opendocument.\x00\r\nX-Header: 1", ZIP_STORED))) is None
    broken = archive(b"application/vnd.oasis.opendocument.text", ZIP_DEFLATED)
    begin = broken.index(b"mimetype") + len(b"mimetype")
    broken[begin : begin + 6] = b"\xff" * 6
    assert kind_of(bytes(broken)) is None
