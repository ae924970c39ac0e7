"""Every sentence and label that stands on a copy of a care plan besides what was written in it.

They are here and nowhere else: templates have no words of their own, and a test measures how hard these are to read.
"""

from collections.abc import Mapping

from caseload.domain.plan_words import AgreementState, PlanState
from caseload.domain.urgent_summary_rules import UrgentPart

TITLE = "Care plan"
URGENT_TITLE = "Urgent summary"

NAME = "Name"
BORN = "Born"
NHS_NUMBER = "NHS number"
PHONE = "Phone"
PRACTICE = "GP practice"
VERSION = "Version"
AGREEMENT = "Agreement"
LEAD = "Who leads the care"
NAVIGATOR = "Care navigator"
NEXT_REVIEW = "We look at this plan again on"
CHECK = "Check code"

NO_LEAD = "Nobody yet. Ask the GP practice."
NO_DAY = "No day is set yet"

NO_LONGER = "No longer in force"

STANDING: Mapping[PlanState, str] = {
    PlanState.READY: "This plan is not in force yet. It is ready to be agreed.",
    PlanState.ACTIVE: "This plan has been in force since {day}.",
    PlanState.SUPERSEDED: "This plan is no longer in force. A new one took its place on {day}. Do not use it for care.",
    PlanState.WITHDRAWN: "This plan is no longer in force. It was taken back on {day}. Do not use it for care.",
}
"""How things stand with a version. A draft is never made into a document."""

ANSWERS: Mapping[AgreementState, str] = {
    AgreementState.AGREED: "Agreed on {day}",
    AgreementState.BY_REPRESENTATIVE: "Agreed on {day} by {representative}, who may speak for the person",
    AgreementState.DOES_NOT_AGREE: "Not agreed. This was said on {day}",
    AgreementState.COULD_NOT_ANSWER: "The person could not answer on {day}",
}
NOT_ASKED = "Not agreed yet"

LABELS: Mapping[str, str] = {
    "Which need is it about?": "About this need",
    "How important is it to the person?": "How much it matters, from 1 to 10",
    "How sure is the person of reaching it?": "How sure of reaching it, from 1 to 10",
    "Or the name of somebody who is not on this list": "Who will do it",
    "Which goal is it for?": "For this goal",
    "How sure is the person of doing it?": "How sure of doing it, from 1 to 10",
    "Does it suit the person?": "Whether it suits the person",
    "What they are to be called for": "When to call them",
}
"""What a field is called on a copy, where a form asks for it in words that would read oddly there."""

NOTHING_UNDER = "Nothing is written yet under: {titles}."
NOTHING_AT_ALL = "Nothing is written in this plan yet."

MADE = "Made on {moment} by {by}."
COPY_FOR = "Copy for: {recipient}."
NOT_A_COPY = "Nobody was noted as given this copy."
HOW_TO_CHECK = "The check code shows that no word was changed. It is the same on every copy of this version."
STAFF_ASK = "If you have a question about this plan, ring the GP practice. They will pass it on."

URGENT_ABOUT = "What to know and do first. The whole plan says more."
WHO_TO_CALL = "Who to call"
FULL_LISTS = "The GP practice has the full list of medicines and allergies."
LEFT_OUT = (
    "Left out so that this fits on one page: {titles}. Read it in the whole plan, version {version}. {lead} has it."
)
REST_OF = "the rest of “{title}”"
NOTHING_URGENT = "The plan says nothing for an emergency yet."
CUT = "…"

URGENT_LABELS: Mapping[str, str] = {
    "Medicine or equipment": "What it is",
    "How it is used, and what help is needed": "Use",
    "Who they are to the person": "Who they are",
    "What they are to be called for": "When to call them",
    "Medicines or equipment kept ready": "Kept ready",
    "How I communicate and how to communicate with me": "How I communicate",
}
"""What a field is called on the one page, shorter than elsewhere."""

URGENT_TITLES: Mapping[UrgentPart, str] = {
    UrgentPart.ALLERGIES: "Allergies",
    UrgentPart.CONTINGENCY: "If things change or get worse",
    UrgentPart.CONTACTS: "People to tell",
    UrgentPart.ADVANCE_STATEMENT: "Wishes written down in advance",
    UrgentPart.MEDICINES_EQUIPMENT: "Medicines and equipment",
    UrgentPart.COMMUNICATION: "How to speak with the person",
}
"""The headings of the urgent summary."""
