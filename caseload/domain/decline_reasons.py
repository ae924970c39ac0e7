"""Why a practice declines somebody for care coordination: a closed list, so that it can be counted."""

from enum import StrEnum


class DeclineReason(StrEnum):
    """One cause each; whoever chooses OTHER says what it was."""

    OTHER_SERVICE = "other_service"
    NEEDS_MET = "needs_met"
    PERSON_SAID_NO = "person_said_no"
    END_OF_LIFE = "end_of_life"
    PASSING = "passing"
    RECORD_WRONG = "record_wrong"
    NOT_OURS = "not_ours"
    OTHER = "other"


DECLINE_WORDS: dict[DeclineReason, str] = {
    DeclineReason.OTHER_SERVICE: "Another service already coordinates their care",
    DeclineReason.NEEDS_MET: "Their needs are met as things are",
    DeclineReason.PERSON_SAID_NO: "The person does not want it",
    DeclineReason.END_OF_LIFE: "They are on an end-of-life pathway",
    DeclineReason.PASSING: "What raised the risk is over, or was planned",
    DeclineReason.RECORD_WRONG: "The record behind the score is wrong",
    DeclineReason.NOT_OURS: "They have died, or are not our patient any more",
    DeclineReason.OTHER: "Another reason",
}

NOTE_NEEDED = frozenset({DeclineReason.OTHER, DeclineReason.RECORD_WRONG})
"""The reasons that say nothing without a note."""


def why_not_declined_for(code: str | None, note: str) -> str | None:
    """The sentence for a reason that will not do; None for a good one."""
    if code is None or code not in set(DeclineReason):
        return "Select why they are not taken into care coordination"
    if DeclineReason(code) in NOTE_NEEDED and not note.strip():
        return "Say what it was in the note"
    return None
