"""What a person can be asked, what they can answer, and what follows at once from a no.

Sharing and care coordination are asked for (the Better Care Fund plans seek full signed consent); use of the record for
risk scores is lawful without being asked and can be objected to, so nothing recorded means it may be used.
"""

from dataclasses import dataclass
from enum import StrEnum

from caseload.domain.objections import HOW as GP_RECORD
from caseload.domain.words import ConsentPurpose, ConsentState


class ConsentHow(StrEnum):
    """How somebody said it; the codes of `consent.how`."""

    SIGNED = "signed"
    SAID = "said"
    WRITTEN = "written"
    REPRESENTATIVE = "representative"


HOW_WORDS: dict[str, str] = {
    ConsentHow.SIGNED.value: "Signed form",
    ConsentHow.SAID.value: "Said in person or by telephone",
    ConsentHow.WRITTEN.value: "Letter, e-mail or message",
    ConsentHow.REPRESENTATIVE.value: "Through a representative",
    GP_RECORD: "From the GP record",
}


@dataclass(frozen=True, slots=True)
class Purpose:
    """What somebody is asked, and what a no does from the moment it is recorded, in words for the page."""

    question: str
    no_means: str
    unasked: str


PURPOSES: dict[ConsentPurpose, Purpose] = {
    ConsentPurpose.CARE_COORDINATION: Purpose(
        "Do they agree to care coordination?",
        "The lead and the care team are told, and closing the case becomes a task.",
        "Not asked yet",
    ),
    ConsentPurpose.SHARING_HEALTH: Purpose(
        "May health services see this record?",
        "Health staff outside the person’s own practice can no longer open it. Their tasks pass to who still can.",
        "Not asked yet. Health staff who look after them can open it",
    ),
    ConsentPurpose.SHARING_SOCIAL_CARE: Purpose(
        "May social care see this record?",
        "Council staff can no longer open it. Their tasks pass to who still can.",
        "Not asked yet. Council staff who look after them can open it",
    ),
    ConsentPurpose.SHARING_VOLUNTARY: Purpose(
        "May voluntary organisations see this record?",
        "Staff of voluntary organisations can no longer open it. Their tasks pass to who still can.",
        "Not asked yet. Staff of voluntary organisations who look after them can open it",
    ),
    ConsentPurpose.SHARING_URGENT_CARE: Purpose(
        "May 111, out-of-hours and ambulance services be told that there is a plan?",
        "Nothing about them is sent to urgent care.",
        "Not asked yet. Nothing is sent",
    ),
    ConsentPurpose.RISK_STRATIFICATION: Purpose(
        "May their record be used for risk scores?",
        "Their score is hidden from every page, and a proposal that came from it is closed.",
        "No objection recorded",
    ),
}
"""Every purpose on one screen; a test holds that none is missing."""

NEXT: dict[ConsentState | None, frozenset[ConsentState]] = {
    None: frozenset({ConsentState.GIVEN, ConsentState.REFUSED}),
    ConsentState.GIVEN: frozenset({ConsentState.WITHDRAWN}),
    ConsentState.REFUSED: frozenset({ConsentState.GIVEN}),
    ConsentState.WITHDRAWN: frozenset({ConsentState.GIVEN}),
}
"""What can be recorded next, from what holds (None: nothing was recorded)."""

ANSWERS: dict[ConsentState, str] = {
    ConsentState.GIVEN: "They agree",
    ConsentState.REFUSED: "They do not agree",
    ConsentState.WITHDRAWN: "They withdraw what they agreed to",
}
"""What each answer says on a form."""

OBJECTION_ANSWERS: dict[ConsentState, str] = {
    ConsentState.GIVEN: "They do not object",
    ConsentState.REFUSED: "They object",
    ConsentState.WITHDRAWN: "They object from now on",
}
"""The same for risk scores, where nobody has to agree."""


@dataclass(frozen=True, slots=True)
class OnlyAnswer:
    """The one answer that can follow what holds: the question that confirms it, and what its button says."""

    question: str
    button: str


_ONLY: dict[ConsentState, OnlyAnswer] = {
    ConsentState.GIVEN: OnlyAnswer("Record that they agree now: {purpose}?", "They agree"),
    ConsentState.WITHDRAWN: OnlyAnswer("Withdraw consent to {purpose}?", "Withdraw consent"),
}
_ONLY_OBJECTION: dict[ConsentState, OnlyAnswer] = {
    ConsentState.GIVEN: OnlyAnswer("Take back the objection to {purpose}?", "Take back the objection"),
    ConsentState.WITHDRAWN: OnlyAnswer("Record an objection to {purpose}?", "Record the objection"),
}

SHARING_PURPOSES = frozenset(
    {ConsentPurpose.SHARING_HEALTH, ConsentPurpose.SHARING_SOCIAL_CARE, ConsentPurpose.SHARING_VOLUNTARY}
)
"""The purposes that decide who may open the record."""


def means_no(state: ConsentState | None) -> bool:
    """Whether what holds is a no."""
    return state in (ConsentState.REFUSED, ConsentState.WITHDRAWN)


def answers_to(purpose: ConsentPurpose, holds: ConsentState | None) -> list[tuple[ConsentState, str]]:
    """What can be recorded next about a purpose, in the words of its form."""
    words = OBJECTION_ANSWERS if purpose is ConsentPurpose.RISK_STRATIFICATION else ANSWERS
    return [(state, words[state]) for state in ConsentState if state in NEXT[holds]]


def only_answer(purpose: ConsentPurpose, holds: ConsentState | None, words: str) -> OnlyAnswer | None:
    """What confirms the answer where only one can be given; None where there is a choice. `words` are the purpose's own."""
    following = NEXT[holds]
    if len(following) != 1:
        return None
    (state,) = following
    said = (_ONLY_OBJECTION if purpose is ConsentPurpose.RISK_STRATIFICATION else _ONLY)[state]
    return OnlyAnswer(said.question.format(purpose=words[:1].lower() + words[1:]), said.button)


def why_not_recorded(holds: ConsentState | None, state: ConsentState) -> str | None:
    """The sentence for an answer that cannot follow what holds; None for one that can."""
    if state in NEXT[holds]:
        return None
    if state is ConsentState.WITHDRAWN:
        return "There is no agreement to withdraw. Record that they do not agree."
    return "This is what is recorded already." if state is holds else "Record a withdrawal of what they agreed to."
