"""How a contact ended, the open tasks an outcome completes, and the task it sets.

The task it sets is a suggestion that whoever records the contact may change or leave out.

The intervals are the product's own starting values, to be agreed with the teams that use it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from caseload.domain.due import weekday_from
from caseload.domain.words import TaskKind


class ContactOutcome(StrEnum):
    """What a contact came to; the codes of `contact.outcome_code`."""

    FIRST_CONTACT_MADE = "first_contact_made"
    NEXT_STEP_AGREED = "next_step_agreed"
    NO_CHANGE = "no_change"
    NOT_AT_HOME = "not_at_home"
    NO_ANSWER = "no_answer"
    WRONG_DETAILS = "wrong_details"
    IN_HOSPITAL = "in_hospital"
    DISCHARGED = "discharged"
    WORSE = "worse"
    DECLINED = "declined"
    INFORMATION_PASSED_ON = "information_passed_on"
    DIED = "died"


@dataclass(frozen=True, slots=True)
class NextTask:
    """The task an outcome suggests, due so many days after the contact was recorded, or on the Monday after them."""

    kind: TaskKind
    title: str
    days: int

    def due_on(self, today: date) -> date:
        """The day it is due where the contact is recorded today."""
        return weekday_from(today + timedelta(days=self.days))


@dataclass(frozen=True, slots=True)
class Outcome:
    """An outcome's words and its next task. `reached` where the person, or somebody for them, was spoken to."""

    words: str
    reached: bool
    next: NextTask | None


OUTCOMES: dict[ContactOutcome, Outcome] = {
    ContactOutcome.FIRST_CONTACT_MADE: Outcome(
        "First contact made", True, NextTask(TaskKind.ASSESSMENT, "Arrange the joint assessment", 14)
    ),
    ContactOutcome.NEXT_STEP_AGREED: Outcome(
        "Next step agreed", True, NextTask(TaskKind.FOLLOW_UP, "Follow up what was agreed", 14)
    ),
    ContactOutcome.NO_CHANGE: Outcome("No change", True, NextTask(TaskKind.FOLLOW_UP, "Regular contact", 28)),
    ContactOutcome.NOT_AT_HOME: Outcome("Not at home", False, NextTask(TaskKind.FOLLOW_UP, "Visit again", 3)),
    ContactOutcome.NO_ANSWER: Outcome("No answer", False, NextTask(TaskKind.FOLLOW_UP, "Try again", 2)),
    ContactOutcome.WRONG_DETAILS: Outcome(
        "Telephone number or address is wrong",
        False,
        NextTask(TaskKind.OTHER, "Ask the practice for the right details", 2),
    ),
    ContactOutcome.IN_HOSPITAL: Outcome(
        "In hospital", False, NextTask(TaskKind.DISCHARGE_CONTACT, "Ask the ward when they will come home", 1)
    ),
    ContactOutcome.DISCHARGED: Outcome(
        "Home from hospital", True, NextTask(TaskKind.DISCHARGE_CONTACT, "Contact after discharge", 2)
    ),
    ContactOutcome.WORSE: Outcome("Getting worse", True, NextTask(TaskKind.FOLLOW_UP, "See what has been done", 1)),
    ContactOutcome.DECLINED: Outcome(
        "Does not want care coordination",
        True,
        NextTask(TaskKind.REVIEW_CASE, "Decide with the lead about the case", 5),
    ),
    ContactOutcome.INFORMATION_PASSED_ON: Outcome("Information passed on", False, None),
    ContactOutcome.DIED: Outcome(
        "Has died", False, NextTask(TaskKind.AFTER_DEATH, "Check the death with the practice and close the case", 1)
    ),
}
"""The whole table on one screen."""

_SPOKEN_TO = frozenset({TaskKind.FIRST_CONTACT, TaskKind.DISCHARGE_CONTACT})

COMPLETES: dict[ContactOutcome, frozenset[TaskKind]] = {
    ContactOutcome.FIRST_CONTACT_MADE: _SPOKEN_TO,
    ContactOutcome.NEXT_STEP_AGREED: _SPOKEN_TO,
    ContactOutcome.NO_CHANGE: _SPOKEN_TO,
    ContactOutcome.NOT_AT_HOME: frozenset(),
    ContactOutcome.NO_ANSWER: frozenset(),
    ContactOutcome.WRONG_DETAILS: frozenset(),
    ContactOutcome.IN_HOSPITAL: frozenset(),
    ContactOutcome.DISCHARGED: _SPOKEN_TO,
    ContactOutcome.WORSE: _SPOKEN_TO,
    ContactOutcome.DECLINED: _SPOKEN_TO,
    ContactOutcome.INFORMATION_PASSED_ON: frozenset(),
    ContactOutcome.DIED: frozenset(),
}
"""The kinds of open tasks that are done with this outcome. An attempt that reached nobody completes none."""


class Participant(StrEnum):
    """Who took part in a contact besides whoever records it."""

    PERSON = "person"
    CARER = "carer"
    FAMILY = "family"
    GP = "gp"
    NURSE = "nurse"
    THERAPIST = "therapist"
    SOCIAL_WORKER = "social_worker"
    HOSPITAL = "hospital"
    CARE_HOME = "care_home"
    VOLUNTARY = "voluntary"
    INTERPRETER = "interpreter"
    OTHER = "other"


PARTICIPANT_WORDS: dict[Participant, str] = {
    Participant.PERSON: "The person",
    Participant.CARER: "Their carer",
    Participant.FAMILY: "Family or friend",
    Participant.GP: "GP",
    Participant.NURSE: "Nurse",
    Participant.THERAPIST: "Therapist",
    Participant.SOCIAL_WORKER: "Social worker",
    Participant.HOSPITAL: "Hospital staff",
    Participant.CARE_HOME: "Care home staff",
    Participant.VOLUNTARY: "Voluntary organisation",
    Participant.INTERPRETER: "Interpreter",
    Participant.OTHER: "Somebody else",
}

SPEAKS_FOR = frozenset({Participant.PERSON, Participant.CARER, Participant.FAMILY, Participant.CARE_HOME})
"""Who has to have taken part for a task to be done with it: a talk between professionals is no contact with the person."""


def completes(outcome: ContactOutcome, participants: Collection[Participant]) -> frozenset[TaskKind]:
    """The kinds of open tasks that a contact with these people and this outcome completes."""
    return COMPLETES[outcome] if SPEAKS_FOR & set(participants) else frozenset()
