"""Who may open whom, written down once more from what was asked for and from nothing in the product.

"Scope by place and team; a legitimate relationship is needed to open a person; restricted people; break-glass with
reason and expiry; an objection to sharing is respected everywhere at once; integration leads never see a name."
"""

from dataclasses import dataclass
from itertools import product

ROLES = ("practice", "navigator", "lead", "mdt_chair", "integration_lead", "ig_officer", "admin", "data_quality")
IN_CARE = ("practice", "navigator", "lead", "mdt_chair")

RELATIONSHIPS = ("none", "own practice", "case in place", "lead", "care team", "handover addressed", "other place")
"""none: in the user's place, without a case. other place: has a case, outside the user's place. Both have links of the
user that have ended: an earlier lead, a care team left, a handover turned down."""

RESTRICTIONS = ("no", "yes", "yes and named")
CONSENTS = ("none", "refused")
MORE_CONSENTS = ("none", "refused", "withdrawn", "given after refused", "refused to another sector")
EMERGENCIES = ("no", "in force", "expired")

SUFFICES = {
    "practice": ("own practice", "lead", "care team", "handover addressed"),
    "navigator": ("case in place", "lead", "care team", "handover addressed"),
    "lead": ("lead", "care team", "handover addressed"),
    "mdt_chair": ("case in place", "lead", "care team", "handover addressed"),
    "integration_lead": (),
    "ig_officer": (),
    "admin": (),
    "data_quality": (),
}
"""For each role, the relationships that are legitimate. Four roles never open a person."""


@dataclass(frozen=True)
class Combination:
    """How one user stands to one person."""

    relationship: str
    restriction: str = "no"
    consent: str = "none"
    emergency: str = "no"


EVERY = [Combination(*parts) for parts in product(RELATIONSHIPS, RESTRICTIONS, MORE_CONSENTS, EMERGENCIES)]
ASKED_FOR = [one for one in EVERY if one.consent in CONSENTS]


def may_open(role, stands, sector="health", *, in_emergency=True):
    """The answer for one role and one combination; `in_emergency` False asks what holds without break-glass."""
    if role not in IN_CARE:
        return False
    if in_emergency and stands.emergency == "in force":
        return True
    return stands.relationship in SUFFICES[role] and not _kept_out(stands, sector)


def _kept_out(stands, sector):
    own = (
        stands.relationship == "own practice" and sector == "health"
    )  # the practice holds the record: nothing is shared
    if stands.consent in ("refused", "withdrawn") and not own:
        return True
    return stands.restriction == "yes" and stands.relationship != "lead"
