"""The filters of the templates."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from api.views import plans, replies, words
from api.views.forecast import day_words, share
from models.resolution import Variant
from models.russian import day_in_words as full_day
from models.russian import plural, plural_form
from resolution.plans import VARIANT_NAMES
from routing import DOUBTS, Doubt


def static_version(folder: Path) -> str:
    """A short digest of the static files, so that browsers keep them until they change."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


FILTERS: dict[str, Callable[..., Any]] = {
    "action_name": lambda kind: words.ACTIONS.get(kind, kind),
    "address": words.address,
    "as_read": replies.as_read,
    "appeal_state": lambda state: words.APPEAL_STATES[state],
    "at": words.at,
    "check_result": lambda result: plans.CHECK_RESULTS[result],
    "channel": lambda name: words.CHANNELS.get(name, name),
    "doubt": lambda code: DOUBTS[Doubt(code)],
    "clock_name": lambda kind: words.CLOCKS[kind],
    "clock_words": words.clock_words,
    "co_role": lambda role: words.CO_ROLES[role],
    "day_words": day_words,
    "full_day": full_day,
    "dismissal": lambda reason: words.DISMISSALS.get(reason, reason),
    "fact_value": words.fact_value,
    "fact_name": lambda kind: words.FACTS.get(kind, kind),
    "instruction_state": lambda state: words.INSTRUCTION_STATES[state],
    "instruction_step": lambda kind: words.INSTRUCTION_STEPS.get(kind, kind),
    "percent": words.percent,
    "place_level": lambda level: words.PLACE_LEVELS.get(level, level),
    "plan_agreement": plans.agreement,
    "plan_ground": lambda variant: plans.GROUNDS.get(variant, ""),
    "plan_title": plans.plan_title,
    "plural": plural,
    "plural_form": plural_form,
    "problem_state": lambda state: words.PROBLEM_STATES[state],
    "share": share,
    "proof_state": lambda state: plans.PROOF_STATES[state],
    "regime": lambda regime: replies.REGIMES.get(regime, regime),
    "reply_kind": lambda kind: replies.KINDS[kind],
    "reply_state": lambda state: replies.STATES[state],
    "role_name": plans.role_name,
    "similarity": words.similarity,
    "size_words": plans.size_words,
    "until": words.until,
    "urgency": lambda level: words.URGENCIES[level],
    "variant_name": lambda variant: VARIANT_NAMES[Variant(variant)],
}
