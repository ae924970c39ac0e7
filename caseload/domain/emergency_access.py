"""Opening a record in an emergency: the reasons somebody gives, and what a review of it finds."""

from enum import StrEnum


class EmergencyReason(StrEnum):
    """Why a record was opened without a relationship."""

    RISK_TO_LIFE = "risk_to_life"
    URGENT_CARE = "urgent_care"
    SAFEGUARDING = "safeguarding"
    COVER = "cover"
    OTHER = "other"


class EmergencyFinding(StrEnum):
    """What the information governance officer found."""

    JUSTIFIED = "justified"
    NOT_NEEDED = "not_needed"
    NOT_JUSTIFIED = "not_justified"


REASON_WORDS: dict[EmergencyReason, str] = {
    EmergencyReason.RISK_TO_LIFE: "There is a risk to somebody’s life",
    EmergencyReason.URGENT_CARE: "The person needs care now and nobody with access can be reached",
    EmergencyReason.SAFEGUARDING: "There is a safeguarding concern",
    EmergencyReason.COVER: "I am covering for a colleague at short notice",
    EmergencyReason.OTHER: "Another reason",
}

FINDING_WORDS: dict[EmergencyFinding, str] = {
    EmergencyFinding.JUSTIFIED: "Justified",
    EmergencyFinding.NOT_NEEDED: "Not needed: access should have been given in another way",
    EmergencyFinding.NOT_JUSTIFIED: "Not justified",
}

NOTE_NEEDED = frozenset({EmergencyFinding.NOT_NEEDED, EmergencyFinding.NOT_JUSTIFIED})
"""The findings that need a note of what follows from them."""

LEAST_REASON = 10
"""The shortest reason in letters: long enough to say something that can be reviewed."""
