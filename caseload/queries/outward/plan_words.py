"""What a version of a plan says, heading by heading: all of it, or for urgent care what stands on their one page."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

from caseload.domain.plan_entries import lines_of
from caseload.domain.plan_headings import FIELDS, KEY, Contents, Entry
from caseload.domain.plan_words import PlanHeading
from caseload.domain.urgent_summary_rules import UrgentPart, urgent_sentences
from interfaces.fhir.care_plan import Activity, Section

TITLES: dict[PlanHeading, str] = {
    PlanHeading.ABOUT_ME: "About me",
    PlanHeading.STRENGTHS: "Strengths",
    PlanHeading.NEEDS: "Needs, concerns or problems",
    PlanHeading.GOALS: "Goals and hopes",
    PlanHeading.ACTIONS: "Actions and activities",
    PlanHeading.CONTINGENCY: "Contingency/safety plans",
    PlanHeading.ADVANCE_STATEMENT: "Advance statement",
    PlanHeading.MEDICINES_EQUIPMENT: "Medicines and equipment",
    PlanHeading.TECHNOLOGY: "Technology",
    PlanHeading.PERSONAL_BUDGET: "Care funding source",
    PlanHeading.SOCIAL_PRESCRIBING: "Social prescribing",
    PlanHeading.CARERS: "Carers",
    PlanHeading.PERSONAL_CONTACTS: "Personal contacts",
    PlanHeading.OTHER_SUPPORT: "Additional support plans",
}
"""The headings as the Personalised Care and Support Plan 2.0 has them; those it does not have, in our words."""

URGENT_TITLES: dict[UrgentPart, str] = {
    UrgentPart.ALLERGIES: "Allergies",
    UrgentPart.CONTINGENCY: "Contingency/safety plans",
    UrgentPart.CONTACTS: "Personal contacts",
    UrgentPart.ADVANCE_STATEMENT: "Advance statement",
    UrgentPart.MEDICINES_EQUIPMENT: "Medicines and equipment",
    UrgentPart.COMMUNICATION: "How I communicate and how to communicate with me",
}


def sections_of(contents: Contents) -> tuple[Section, ...]:
    """Everything the version says, in the order of the plan."""
    return tuple(
        Section(TITLES[heading], tuple(tuple(lines_of(heading, entry, contents)) for entry in contents[heading]))
        for heading in FIELDS
        if contents.get(heading)
    )


def urgent_sections_of(contents: Contents) -> tuple[Section, ...]:
    """What urgent care is told, the most urgent first."""
    sentences = urgent_sentences(contents)
    return tuple(
        Section(
            URGENT_TITLES[part],
            tuple(
                tuple(
                    (label, " ".join(one.text for one in said)) for label, said in groupby(entry, lambda one: one.label)
                )
                for _, entry in groupby(of_part, lambda one: one.entry)
            ),
        )
        for part, of_part in groupby(sentences, lambda one: one.part)
    )


def goal_id(case_id: int, entry: Entry) -> str:
    """The logical id of a goal: the same in every version it stands in."""
    return f"{case_id}-{entry.get(KEY, '')}"


def goals_of(contents: Contents) -> Sequence[Entry]:
    """The goals that can be pointed to."""
    return [entry for entry in contents.get(PlanHeading.GOALS, ()) if entry.get(KEY)]


def activities_of(case_id: int, contents: Contents, *, to_goals: bool) -> Iterator[Activity]:
    """The actions of a version, pointing to their goals or not. A goal that is not there any more is not pointed to."""
    known = {entry[KEY] for entry in goals_of(contents)} if to_goals else set()
    for entry in contents.get(PlanHeading.ACTIONS, ()):
        due, goal, who = entry.get("when", ""), entry.get("goal", ""), entry.get("who", "")
        yield Activity(
            what=entry.get("what", ""),
            status=entry.get("status") or "to_do",
            who=who,
            who_name=entry.get("who_name", ""),
            due_on=date.fromisoformat(due) if due else None,
            goal=f"{case_id}-{goal}" if goal in known else "",
            note=entry.get("strategies", ""),
        )
