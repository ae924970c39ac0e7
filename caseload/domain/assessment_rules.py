"""What can become of an assessment and of its sections, and when it is joint. Joint is worked out, never ticked."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from caseload.domain.plan_words import AssessmentState, Discipline, SectionState

MOVES: dict[AssessmentState, frozenset[AssessmentState]] = {
    AssessmentState.OPEN: frozenset({AssessmentState.COMPLETED, AssessmentState.ABANDONED}),
    AssessmentState.COMPLETED: frozenset(),
    AssessmentState.ABANDONED: frozenset(),
}
"""From each state, those that can follow. A later assessment is a new one."""

EVENTS: dict[AssessmentState, str] = {
    AssessmentState.OPEN: "assessment_started",
    AssessmentState.COMPLETED: "assessment_completed",
    AssessmentState.ABANDONED: "assessment_abandoned",
}
"""What the case's history calls it."""


class SectionStep(StrEnum):
    """What can be done to a section."""

    SAVE = "save"
    COMPLETE = "complete"
    REOPEN = "reopen"


STEPS: dict[SectionStep, Mapping[SectionState, SectionState]] = {
    SectionStep.SAVE: {SectionState.DRAFT: SectionState.DRAFT},
    SectionStep.COMPLETE: {SectionState.DRAFT: SectionState.COMPLETE},
    SectionStep.REOPEN: {SectionState.COMPLETE: SectionState.DRAFT},
}
"""For each step, the states it can be taken in, each with the one that follows. A section begins as a draft."""

HEALTH_SIDE = frozenset({Discipline.HEALTH, Discipline.MENTAL_HEALTH, Discipline.THERAPY})
"""The disciplines of which one stands for health in a joint assessment."""


def why_not_moved(state: AssessmentState, to: AssessmentState) -> str | None:
    """The sentence for a move that the state forbids; None where it may be made."""
    if to in MOVES[state]:
        return None
    return f"This assessment was {state.value} already." if state is not AssessmentState.OPEN else "It is under way."


def why_not_written(state: AssessmentState) -> str | None:
    """The sentence for writing in an assessment that has ended; None while it is under way."""
    if state is AssessmentState.OPEN:
        return None
    return f"This assessment was {state.value}. What it says stays as it was; start a new one to assess again."


def why_not_stepped(step: SectionStep, state: SectionState) -> str | None:
    """The sentence for a step that the section's state forbids; None where it may be taken."""
    if state in STEPS[step]:
        return None
    if state is SectionState.COMPLETE:
        return "This section is complete. Reopen it to change it."
    return "This section is being written already."


def joint(sections: Iterable[tuple[Discipline, SectionState]]) -> bool:
    """Whether health and social care have both finished a part: the definition of a joint assessment here."""
    return not missing_for_joint(sections)


def missing_for_joint(sections: Iterable[tuple[Discipline, SectionState]]) -> tuple[str, ...]:
    """What still has to be complete for the assessment to be joint, in words."""
    complete = {discipline for discipline, state in sections if state is SectionState.COMPLETE}
    missing = []
    if not complete & HEALTH_SIDE:
        missing.append("a health section (health, mental health or therapy)")
    if Discipline.SOCIAL_CARE not in complete:
        missing.append("the social care section")
    return tuple(missing)
