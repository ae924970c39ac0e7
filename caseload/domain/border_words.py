"""The closed sets of words that messages from hospitals, flags and clients of the API are kept in.

Sources: classes of patient, HL7 table 0004; states of a stay, FHIR R4 value set encounter-status; states of a flag, FHIR R4
value set flag-status; states of messages and clients, the product's own (GLOSSARY.md).
"""

from enum import StrEnum


class MessageState(StrEnum):
    """A message is stored first. `held` waits for somebody; `corrected` was held, and a copy put right took its place."""

    RECEIVED = "received"
    APPLIED = "applied"
    NOT_ACTED_ON = "not_acted_on"
    HELD = "held"
    CORRECTED = "corrected"
    DISMISSED = "dismissed"


class StayState(StrEnum):
    """A stay in hospital or an attendance, as its messages together tell it."""

    PLANNED = "planned"
    ARRIVED = "arrived"
    IN_PROGRESS = "in-progress"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class PatientClass(StrEnum):
    """HL7 table 0004, the classes a stay here can have; anything else is not known."""

    INPATIENT = "I"
    OUTPATIENT = "O"
    EMERGENCY = "E"
    DAY_CASE = "D"
    PREADMIT = "P"
    RECURRING = "R"
    OBSTETRICS = "B"
    NOT_KNOWN = "U"


class IdentityChangeKind(StrEnum):
    """What a hospital said of its own numbers for people."""

    MERGED = "merged"
    RENUMBERED = "renumbered"
    VISIT_MOVED = "visit_moved"
    LINKED = "linked"


class FlagCategory(StrEnum):
    """What a flag for urgent care is about."""

    CARE_PLAN = "care_plan"
    CLINICAL = "clinical"
    SAFETY = "safety"
    COMMUNICATION = "communication"
    END_OF_LIFE = "end_of_life"


class FlagState(StrEnum):
    """As FHIR has it. Whether an active flag is past its review date is worked out, never stored."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    ENTERED_IN_ERROR = "entered-in-error"


class FlagEnding(StrEnum):
    """Why a flag is active no longer."""

    REMOVED = "removed"
    REVIEW_DATE_PASSED = "review_date_passed"
    CONSENT = "consent"
    RESTRICTED = "restricted"
    PLAN_ENDED = "plan_ended"
    CASE_CLOSED = "case_closed"
    DIED = "died"
    LEFT = "left"
    REPLACED = "replaced"
    MISTAKE = "mistake"


class ExportState(StrEnum):
    """A bulk export."""

    WAITING = "waiting"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"
    DELETED = "deleted"
