"""Why somebody other than the rule proposes leads a case."""

from enum import StrEnum


class OverrideReason(StrEnum):
    """A coded reason. HANDED_OVER is given by a handover itself; whoever chooses OTHER says what it was."""

    PERSONS_CHOICE = "persons_choice"
    KNOWS_PERSON = "knows_person"
    OTHER_NEED = "other_need"
    NOBODY_AVAILABLE = "nobody_available"
    NO_CAPACITY = "no_capacity"
    MEETING_DECIDED = "meeting_decided"
    CONFLICT_OF_INTEREST = "conflict_of_interest"
    OTHER = "other"
    HANDED_OVER = "handed_over"


OVERRIDE_WORDS: dict[OverrideReason, str] = {
    OverrideReason.PERSONS_CHOICE: "The person chose this professional",
    OverrideReason.KNOWS_PERSON: "This professional knows the person well",
    OverrideReason.OTHER_NEED: "Another need matters more than the rule can see",
    OverrideReason.NOBODY_AVAILABLE: "Nobody whom the rule proposes is available",
    OverrideReason.NO_CAPACITY: "Nobody whom the rule proposes has capacity",
    OverrideReason.MEETING_DECIDED: "A multidisciplinary team meeting decided it",
    OverrideReason.CONFLICT_OF_INTEREST: "The professional proposed should not lead this person",
    OverrideReason.OTHER: "Another reason",
    OverrideReason.HANDED_OVER: "Taken over in a handover",
}

CHOICES: tuple[OverrideReason, ...] = tuple(
    reason for reason in OverrideReason if reason is not OverrideReason.HANDED_OVER
)
"""The reasons somebody can choose."""


def why_not_a_reason(code: str | None, note: str) -> str | None:
    """The sentence for a reason that cannot stand; None for a good one."""
    if code not in {reason.value for reason in CHOICES}:
        return "Choose a reason for naming somebody other than the rule proposes."
    if code == OverrideReason.OTHER and not note.strip():
        return "Say in words what the reason is."
    return None
