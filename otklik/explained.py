"""One text through the language engine, the executor's suggestion and the clocks, with nothing stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from models.analysis import Analysis, ProblemDraft, SourceText
from models.events import EventType, event
from models.facts import FactKind
from models.identifiers import new_id
from models.pack import RegionPack, load_pack
from models.regimes import Regime
from otklik.wiring import language_engine_of
from routing import DOUBTS, Competence, Suggestion, suggest
from routing.properties import Site
from sla import Clock, Rules, derive_clocks
from sla.regime_terms import RegimeTerms


@dataclass(frozen=True)
class ExplainedProblem:
    """A problem, who should get it, and by when what must be done if the appeal is accepted now."""

    draft: ProblemDraft
    executors: Suggestion
    clocks: Sequence[Clock]
    rules: Rules

    @property
    def zone(self) -> ZoneInfo:
        return self.rules.zone

    @property
    def regime(self) -> RegimeTerms:
        """By which order it would be considered, with its source of law."""
        clock = self.clocks[0]
        return self.rules.policy(clock.policy_version).regime(clock.regime)

    @property
    def doubt(self) -> str:
        """Why the machine does not assign by itself, in Russian; empty where it does."""
        return DOUBTS[self.executors.doubt] if self.executors.doubt is not None else ""


@dataclass(frozen=True)
class Explained:
    text: str
    region: str
    analysis: Analysis
    problems: tuple[ExplainedProblem, ...]

    def to_json(self) -> dict[str, Any]:
        analysis = self.analysis
        return {
            "text": self.text,
            "region": self.region,
            "model_version": analysis.model_version,
            "dismissal": analysis.dismissal,
            "dismissal_probability": analysis.dismissal_probability,
            "privacy": [asdict(mark) for mark in analysis.privacy],
            "problems": [problem_json(problem) for problem in self.problems],
        }


def problem_json(problem: ExplainedProblem) -> dict[str, Any]:
    executor = problem.executors.executor
    return asdict(problem.draft) | {
        "executor": executor.code if executor is not None else None,
        "doubt": problem.executors.doubt,
        "executors": [
            {"code": guess.body.code, "name": guess.body.name, "probability": guess.probability, "reason": guess.reason}
            for guess in problem.executors.guesses
        ],
        "regime": problem.clocks[0].regime,
        "regime_name": problem.regime.name,
        "regime_source": problem.regime.source,
        "clocks": [clock_json(clock, problem.rules) for clock in problem.clocks],
    }


def clock_json(clock: Clock, rules: Rules) -> dict[str, Any]:
    """When it runs out, and by what right."""
    term = rules.term(clock)
    return {
        "kind": clock.kind,
        "deadline": clock.deadline_at.astimezone(rules.zone).isoformat(),
        "term": f"{term.amount} {term.unit.value}",
        "basis": term.basis,
        "source": term.source,
    }


def explain_text(text: str, region: str, now: datetime, regime: Regime = Regime.PORTAL) -> Explained:
    """Analyse a text as sent and accepted at `now` under a regime. Raises PackError, ModelError, OSError."""
    pack = load_pack(region)
    [analysis] = language_engine_of(region).analyse([SourceText(text, now)])
    competence, rules = Competence.of_pack(pack), Rules.of_pack(pack)
    problems = []
    for draft in analysis.problems:
        properties = competence.properties.of(_site(draft, text))
        executors = suggest(competence, draft.topic, draft.place, draft.more_places, properties)
        clocks = clocks_of(draft, pack, rules, now, regime, assigned=executors.executor is not None)
        problems.append(ExplainedProblem(draft, executors, clocks, rules))
    return Explained(text, region, analysis, tuple(problems))


def _site(draft: ProblemDraft, text: str) -> Site:
    return Site(
        settlement=draft.place.settlement,
        street=draft.place.street,
        house=draft.place.house,
        institutions=tuple(fact.value for fact in draft.facts if fact.kind is FactKind.INSTITUTION),
        text="\n".join(text[span.start : span.end] for span in draft.spans),
    )


def clocks_of(
    draft: ProblemDraft, pack: RegionPack, rules: Rules, now: datetime, regime: Regime, *, assigned: bool
) -> list[Clock]:
    """The clocks of the problem, found at `now` and assigned at once where the machine does it."""
    appeal, problem = new_id(), str(new_id())
    found = event(
        EventType.PROBLEM_FOUND,
        pack.id,
        appeal,
        now,
        problem_id=problem,
        topic=draft.topic.best.code,
        decided=draft.topic.decided,
        municipality=draft.place.municipality,
        urgency=draft.urgency.level,
        accepted_at=now.isoformat(),
        regime=regime,
    )
    given = event(EventType.PROBLEM_ASSIGNED, pack.id, appeal, now, problem_id=problem, executor="", by="machine")
    return derive_clocks([found, given] if assigned else [found], rules.calendar, rules.policies, rules.zone)
