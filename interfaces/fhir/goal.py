"""Goal (base R4): what a person wants to be able to do, as a version of their plan has it."""

from dataclasses import dataclass
from datetime import date

from interfaces.fhir.code_systems import HL7, our_ids
from interfaces.fhir.record import Code, Record, Words
from interfaces.fhir.resource import resource_json
from interfaces.fhir.values import Json, annotations, coding, concept, day, identifier, reference, text_of

UNSAID = ""
LIFECYCLES = {
    "proposed": "proposed",
    "active": "active",
    "on_hold": "on-hold",
    "met": "completed",
    "not_met": "completed",
    "stopped": "cancelled",
}
"""How a goal stands to the FHIR value set goal-status. One of which nothing is said is as its version: see `lifecycle`."""

ACHIEVEMENTS = {
    "active": ("in-progress", "In Progress"),
    "met": ("achieved", "Achieved"),
    "not_met": ("not-achieved", "Not Achieved"),
}
"""How it stands to HL7's goal-achievement, where that says something."""

NOT_SAID = "Not described"
"""What stands for a goal without words: R4 asks for a description."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalRecord(Record):
    """One goal of the version that holds. Its key stays the same from version to version, and so does its id."""

    patient: Code
    key: Code
    words: Words
    status: Code = UNSAID
    in_force: bool = True
    started_on: date | None = None
    status_on: date | None = None
    importance: Code = ""
    confidence: Code = ""
    steps: Words = ""
    outcome: Words = ""


def lifecycle(status: str, *, in_force: bool) -> str:
    """The FHIR status of a goal: what was said of it, else proposed until its version is in force, and active then."""
    return LIFECYCLES.get(status) or ("active" if in_force else "proposed")


def goal_json(record: GoalRecord) -> Json:
    """The Goal of one entry of a plan."""
    code, display = ACHIEVEMENTS.get(record.status, ("", ""))
    achieved = coding(f"{HL7}goal-achievement", code, display)
    return resource_json(
        "Goal",
        record,
        identifier=[identifier(our_ids("goal"), record.key)],
        lifecycleStatus=lifecycle(record.status, in_force=record.in_force),
        achievementStatus=concept(achieved) if achieved else {},
        description={"text": text_of(record.words) or NOT_SAID},
        subject=reference("Patient", record.patient),
        startDate=day(record.started_on),
        statusDate=day(record.status_on),
        note=annotations(_notes(record)),
    )


def _notes(record: GoalRecord) -> list[str]:
    said = (
        ("Importance to the person", f"{record.importance} of 10" if record.importance else ""),
        ("How sure the person is of reaching it", f"{record.confidence} of 10" if record.confidence else ""),
        ("Steps on the way", text_of(record.steps)),
        ("What has come of it", text_of(record.outcome)),
    )
    return [f"{label}: {words}" for label, words in said if words]
