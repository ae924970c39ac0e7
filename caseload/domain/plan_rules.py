"""What can become of a version of a care plan, what it takes, and what an answer to it sets off.

draft  → ready       complete enough to be agreed; from then on its words never change
       → withdrawn
ready  → active      signed off by the accountable lead and agreed; the version before is superseded in that moment
       → withdrawn   to change it: withdraw it, and start a new draft based on the active version or from the start
active → superseded  by a later version
       → withdrawn
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from caseload.domain.joint_plan import AGREES
from caseload.domain.plan_entries import name_of
from caseload.domain.plan_headings import FIELDS, Contents
from caseload.domain.plan_words import AgreementState, PlanHeading, PlanState
from caseload.domain.words import Tier

MOVES: Mapping[PlanState, frozenset[PlanState]] = {
    PlanState.DRAFT: frozenset({PlanState.READY, PlanState.WITHDRAWN}),
    PlanState.READY: frozenset({PlanState.ACTIVE, PlanState.WITHDRAWN}),
    PlanState.ACTIVE: frozenset({PlanState.SUPERSEDED, PlanState.WITHDRAWN}),
    PlanState.SUPERSEDED: frozenset(),
    PlanState.WITHDRAWN: frozenset(),
}
"""From each state, those that can follow."""

WRITTEN = (PlanState.DRAFT, PlanState.READY)
"""A version that is on its way; a case has one at most."""

ANSWERED = (PlanState.READY, PlanState.ACTIVE)
"""A version the person can be asked about: its words do not change any more and it has not ended."""

_STANDS: Mapping[PlanState, str] = {
    PlanState.DRAFT: "This version is still a draft.",
    PlanState.READY: "This version is ready to be agreed, and its words do not change any more.",
    PlanState.ACTIVE: "This version is active, and its words do not change any more.",
    PlanState.SUPERSEDED: "A later version has replaced this one.",
    PlanState.WITHDRAWN: "This version was withdrawn.",
}

_READY_FIRST = "Mark the draft as ready first."


@dataclass(frozen=True, slots=True)
class PlanRules:
    """The days the rules count with. `review_days` is the longest time between reviews, by tier."""

    version: str
    review_days: Mapping[Tier, int]
    action_days: int
    agreement_days: int
    after_discharge_days: int

    def review_on(self, tier: Tier | None, today: date) -> date:
        """When a version that becomes active today is to be reviewed; somebody without a tier as one in none."""
        return today + timedelta(days=self.review_days[tier or Tier.NONE])


@dataclass(frozen=True, slots=True)
class FollowUp:
    """The task an answer sets. `tells` says that the lead and the navigators hear of it."""

    title: str
    tells: bool


FOLLOW_UPS: Mapping[AgreementState, FollowUp] = {
    AgreementState.DOES_NOT_AGREE: FollowUp("Talk about the plan again: the person does not agree with it", True),
    AgreementState.COULD_NOT_ANSWER: FollowUp("Ask about the plan again: the person could not answer", True),
    AgreementState.BY_REPRESENTATIVE: FollowUp(
        "Ask the person about the plan themselves: a representative agreed for them", False
    ),
}
"""Every answer but the person's own yes."""


def why_not_moved(state: PlanState, to: PlanState) -> str | None:
    """The sentence for a move that the state forbids; None where it may be made."""
    return None if to in MOVES[state] else _STANDS[state]


def why_not_written(state: PlanState) -> str | None:
    """The sentence for words that cannot be changed any more; None for a draft."""
    if state is PlanState.DRAFT:
        return None
    return f"{_STANDS[state]} Start a new draft to change the plan."


def why_not_signed(state: PlanState) -> str | None:
    """The sentence for a version that cannot be signed off; None for one that is ready."""
    if state is PlanState.READY:
        return None
    return _READY_FIRST if state is PlanState.DRAFT else _STANDS[state]


def why_not_answered(state: PlanState) -> str | None:
    """The sentence for a version nobody can be asked about; None where they can."""
    if state in ANSWERED:
        return None
    return _READY_FIRST if state is PlanState.DRAFT else _STANDS[state]


def why_not_ready(contents: Contents) -> list[str]:
    """What is missing before anybody can be asked to agree, a sentence each; empty where nothing is."""
    missing = []
    if not contents.get(PlanHeading.NEEDS) and not contents.get(PlanHeading.GOALS):
        missing.append("Write at least one need or one goal.")
    if not contents.get(PlanHeading.ACTIONS):
        missing.append("Write at least one action.")
    for heading, part in FIELDS.items():
        for number, entry in enumerate(contents.get(heading, ()), start=1):
            lacking = [field.label for field in part.fields if field.required and not entry.get(field.name)]
            which = name_of(heading, entry) or str(number)
            missing += [f"{part.entry} “{which}”: “{label}” is not filled in." for label in lacking]
    return missing


def why_not_active(state: PlanState, *, signed: bool, answer: AgreementState | None) -> str | None:
    """The sentence for a version that cannot become active; `signed` is by whoever leads now, `answer` the last one."""
    if refusal := why_not_moved(state, PlanState.ACTIVE):
        return _READY_FIRST if state is PlanState.DRAFT else refusal
    if not signed:
        return "The accountable lead has not signed off this version."
    if answer is None:
        return "Nobody has recorded yet what the person says to this version."
    if answer not in AGREES:
        return "The person has not agreed to this version, and nobody with authority has for them."
    return None
