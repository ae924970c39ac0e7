"""Why an agenda that was locked is opened again."""

from enum import StrEnum


class UnlockReason(StrEnum):
    """What the chair says when they unlock an agenda."""

    SOMEBODY_MISSING = "somebody_missing"
    SOMEBODY_WRONGLY_ON = "somebody_wrongly_on"
    DAY_CHANGES = "day_changes"
    LOCKED_BY_MISTAKE = "locked_by_mistake"


UNLOCK_WORDS: dict[UnlockReason, str] = {
    UnlockReason.SOMEBODY_MISSING: "Somebody has to be added",
    UnlockReason.SOMEBODY_WRONGLY_ON: "Somebody should not be on it",
    UnlockReason.DAY_CHANGES: "The day changes, or the meeting does not take place",
    UnlockReason.LOCKED_BY_MISTAKE: "It was locked by mistake",
}
"""What each says on a page."""
