"""Why a record is kept from everyone but named users, and why that ends: closed lists, so that they can be counted."""

from enum import StrEnum


class RestrictReason(StrEnum):
    """Why a record is restricted."""

    PERSON_ASKED = "person_asked"
    STAFF = "staff"
    SAFETY = "safety"
    PUBLIC = "public"
    LEGAL = "legal"


class LiftReason(StrEnum):
    """Why it is restricted no longer."""

    PERSON_ASKED = "person_asked"
    NO_LONGER_NEEDED = "no_longer_needed"
    MISTAKE = "mistake"


RESTRICT_WORDS: dict[RestrictReason, str] = {
    RestrictReason.PERSON_ASKED: "The person asked for it",
    RestrictReason.STAFF: "They work here, or are close to somebody who does",
    RestrictReason.SAFETY: "Their safety may depend on it",
    RestrictReason.PUBLIC: "They are widely known",
    RestrictReason.LEGAL: "A court or the law requires it",
}

LIFT_WORDS: dict[LiftReason, str] = {
    LiftReason.PERSON_ASKED: "The person asked for it",
    LiftReason.NO_LONGER_NEEDED: "The reason for it has passed",
    LiftReason.MISTAKE: "It was restricted by mistake",
}

NOBODY_LEFT = "Name at least one member of the person’s practice, so that somebody can change this again."
"""A restricted record nobody may change would have to be freed in the database."""
