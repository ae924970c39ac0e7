"""What the audit log's actions and pages are called in words, for the page that says who has looked at a record."""

from caseload.presenters.agenda_deeds import AGENDA_ACTIONS, AGENDA_PAGES
from caseload.presenters.hospital_deeds import HOSPITAL_ACTIONS, HOSPITAL_JOURNEYS, HOSPITAL_PAGES
from caseload.presenters.mdt_deeds import MDT_ACTIONS, MDT_PAGES
from caseload.presenters.program_deeds import PROGRAM_ACTIONS, PROGRAM_JOURNEYS
from caseload.presenters.writing import counted
from caseload.queries.access_log import LookRow

PAGES: dict[str, str] = {
    **AGENDA_PAGES,
    **HOSPITAL_PAGES,
    **MDT_PAGES,
    "people.show": "Opened the person’s page",
    "people.looks": "Looked up who has looked at the record",
    "contacts.new": "Opened the form for a contact",
    "contacts.add": "Opened the form for a contact",
    "contacts.correction": "Opened a contact to correct it",
    "contacts.correct": "Opened a contact to correct it",
    "tasks.show": "Opened a task",
    "tasks.new": "Opened the form for a task",
    "tasks.add": "Opened the form for a task",
    "consent.show": "Opened consent and objections",
    "flags.show": "Opened the flags for urgent care",
    "cohorts.show_one": "The board of a cohort",
    "cohorts.new": "Who would be taken into a cohort",
    "cohorts.take": "Who would be taken into a cohort",
    "cohorts.ask_leave": "Opened the form to leave a cohort",
    "cohorts.leave": "Opened the form to leave a cohort",
    "plan_copies.ask": "Opened the form to give a copy of the care plan",
    "plan_copies.share": "Opened the form to give a copy of the care plan",
    "plan_copies.shares": "Looked up to whom copies of the care plan went",
    "plan_copies.urgent": "Read the urgent summary of the care plan",
    "assessment_sections.show": "Opened a section of the assessment",
    "assessment_sections.save": "Opened a section of the assessment",
    "assessments.of_case": "Opened the joint assessment",
    "assessments.show": "Opened the joint assessment",
    "measures.show": "Opened the person’s own measures",
    "measures.record": "Opened the person’s own measures",
    "today.show": "Today’s work",
    "notices.show": "Notices",
    "search.show": "Search results",
    "search.find": "Search results",
    "review.show": "The practice’s list to review",
    "review.preview": "Decisions before they were confirmed",
    "cases.show": "List of cases",
    "cases.unallocated": "List of cases without a lead",
    "handovers.show": "Handovers",
    "duplicates.show": "Possible duplicate records",
    "duplicates.compare": "Two records side by side",
    "governance.emergency": "Emergency openings to review",
    "governance.opening": "Opened an emergency opening to review it",
    "governance.review": "Opened an emergency opening to review it",
}
"""Pages that show people, by endpoint. One that is missing is named by its journey."""

JOURNEYS: dict[str, str] = {
    **HOSPITAL_JOURNEYS,
    **PROGRAM_JOURNEYS,
    "agenda": "The agenda of a team meeting",
    "meetings": "Team meetings",
    "mdt_room": "A team meeting while it was held, or its minutes",
    "mdt_actions": "Actions of team meetings",
    "headline": "The headline",
    "people": "Opened the person’s page",
    "contacts": "Opened a contact",
    "tasks": "Opened a task",
    "consent": "Opened consent and objections",
    "assessment_sections": "Opened a section of the assessment",
    "assessments": "Opened the joint assessment",
    "flags": "Opened a flag for urgent care",
    "measures": "Opened the person’s own measures",
    "today": "Today’s work",
    "notices": "Notices",
    "search": "Search results",
    "review": "The practice’s list to review",
    "proposals": "Opened a proposal",
    "cases": "Cases",
    "cohorts": "Cohorts",
    "discharges": "Opened a hospital stay to plan the discharge",
    "agreements": "Opened what the person says to the care plan",
    "plan_sections": "Opened a part of the care plan to write in it",
    "plans": "Opened the care plan",
    "replaced_plans": "Opened the plans that the care plan replaces",
    "plan_copies": "Read the care plan as a document",
    "lead": "The case’s accountable lead",
    "handovers": "Handovers",
    "leavers": "Handing over a leaver’s cases",
    "duplicates": "Possible duplicate records",
    "emergency": "Emergency access",
    "governance": "Governance",
    "overview": "Overview",
}

ACTIONS: dict[str, str] = {
    **PROGRAM_ACTIONS,
    **AGENDA_ACTIONS,
    **HOSPITAL_ACTIONS,
    **MDT_ACTIONS,
    "assessment.abandon": "Abandoned the assessment",
    "assessment.capacity": "Recorded capacity",
    "assessment.complete": "Completed the assessment",
    "assessment.section_complete": "Completed a section of the assessment",
    "assessment.section_reopen": "Reopened a section of the assessment",
    "assessment.section_save": "Wrote in a section of the assessment",
    "assessment.start": "Started the joint assessment",
    "audit.search": "Searched the audit log",
    "contact.log": "Recorded a contact",
    "contact.correct": "Corrected a contact",
    "task.created": "Set a task",
    "task.done": "Marked a task as done",
    "task.cancelled": "Cancelled a task",
    "task.held": "Put a task on hold",
    "task.released": "Ended the hold of a task",
    "task.reassigned": "Moved a task to another list",
    "task.escalated": "Escalated a task",
    "task.reopened": "Undid the end of a task",
    "task.changed": "Changed what a task asks for",
    "consent.given": "Recorded what the person agreed to",
    "consent.refused": "Recorded a refusal or objection",
    "consent.withdrawn": "Recorded a withdrawal of consent",
    "case.open": "Opened a case",
    "case.held": "Put the case on hold",
    "case.resumed": "Took the case off hold",
    "case.closed": "Closed the case",
    "case.need": "Recorded the primary need",
    "cohort.take": "Took the person into a cohort",
    "cohort.move": "Moved the person on a cohort’s board",
    "cohort.leave": "Took the person out of a cohort",
    "cohort.end": "Ended a cohort",
    "discharge.plan": "Planned the discharge",
    "care_team.add": "Added somebody to the care team",
    "care_team.end": "Ended somebody’s time on the care team",
    "emergency.nobody": "Asked to open a record in an emergency that is not here",
    "emergency.open": "Opened the record in an emergency",
    "emergency.end": "Ended an emergency access",
    "emergency.review": "Reviewed an emergency opening",
    "flag.set": "Set a flag for urgent care",
    "flag.change": "Changed a flag for urgent care",
    "flag.end": "Ended a flag for urgent care",
    "gp_file.make": "Wrote the practice’s file for the GP system",
    "handover.request": "Asked somebody to take the case over",
    "handover.accept": "Took the case over",
    "handover.reject": "Turned a handover down",
    "handover.revoke": "Took a handover back",
    "handover.lapse": "A handover lapsed",
    "lead.propose": "The lead rule was applied",
    "lead.confirm": "Named the accountable lead",
    "lead.override": "Named an accountable lead other than the rule’s",
    "lead.told": "Recorded that the person was told who leads",
    "lead.end": "Ended the lead’s time with the case",
    "leaver.propose": "Proposed to whom a leaver’s case goes",
    "leaver.rest": "Put off handing a leaver’s case over",
    "leaver.start": "Began to hand a leaver’s cases over",
    "leaver.send": "Asked for a leaver’s case to be taken over",
    "leaver.stage": "Planned to whom a leaver’s case goes",
    "letter.make": "Made the letter about the lead",
    "measure.record": "Recorded what the person said of themselves",
    "plan.activate": "Made a version of the care plan active",
    "plan.agreement": "Recorded what the person says to the care plan",
    "plan.list_other": "Listed a plan that the care plan replaces",
    "plan.ready": "Marked a version of the care plan as ready",
    "plan.sign": "Signed off a version of the care plan",
    "plan.start": "Started a draft of the care plan",
    "plan.withdraw": "Withdrew a version of the care plan",
    "plan.write": "Wrote in the care plan",
    "plan.share": "Gave somebody a copy of the care plan",
    "plan.share_refused": "Was not given a copy of the care plan for somebody: the person said no",
    "proposal.concern": "Raised a concern with the practice",
    "review.stage": "Marked a decision on the practice’s list",
    "review.unstage": "Took a marked decision back",
    "review.confirm": "Confirmed decisions on the practice’s list",
    "proposal.close": "Took the person off the practice’s list",
    "person.search": "Searched by NHS number or name",
    "person.merged": "Joined two records of the person",
    "person.unmerged": "Separated two joined records",
    "person.not_duplicate": "Compared with another record: two different people",
    "person.restricted": "Restricted the record",
    "person.users_named": "Changed who is named for the restricted record",
    "person.restriction_lifted": "Lifted the restriction",
}
"""Changes, by their action. One that is missing is named by its own words."""


def deed_words(look: LookRow) -> str:
    """What somebody did, in words; for a page about several people, how many it showed."""
    if look.action != "view":
        return ACTIONS.get(look.action) or _own_words(look.action)
    words = page_words(look.page)
    return words if look.others == 0 else f"{words}, with {counted(look.others, 'other person', 'other people')}"


def page_words(page: str) -> str:
    """What a page that shows people is called, by its endpoint."""
    return PAGES.get(page) or JOURNEYS.get(page.partition(".")[0]) or "Opened a page"


def is_change(look: LookRow) -> bool:
    """Whether something was changed, and not only looked at."""
    return look.action != "view"


def _own_words(action: str) -> str:
    noun, _, verb = action.partition(".")
    return f"{noun} {verb}".replace("_", " ").strip().capitalize()
