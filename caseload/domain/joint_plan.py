"""What a joint care plan is, a lead and an open case, in words: every page, file and report that counts one prints this and counts by it.

The condition itself is in `caseload.queries.joint_plan`.
"""

from caseload.domain.plan_words import AgreementState
from caseload.domain.words import Sector

CASE_DEFINITION = (
    "A person has an open case on a day when, at its end, they are in care coordination: a case of theirs has been opened and "
    "not closed. A case on hold is open."
)

LED_DEFINITION = (
    "A person has an accountable lead on a day when, at its end, a professional is named as the lead of their case."
)

DEFINITION = (
    "A person has a joint care plan on a day when, at its end, all of this is so: a version of their care plan is active; "
    "what was last answered to that version is that the person agrees, or that somebody with the authority to decide for "
    "them does; at least one person from health and one from social care have written in it; and their case has an "
    "accountable lead."
)

AGREES = (AgreementState.AGREED, AgreementState.BY_REPRESENTATIVE)
"""The answers that make a plan agreed; the latest answer to a version holds."""

CONTRIBUTE = (Sector.HEALTH, Sector.SOCIAL_CARE)
"""Whose hands both have to be in a plan for it to be joint."""
