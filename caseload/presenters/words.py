"""What every word the case database keeps says on a page, and which colour its tag has.

A page never shows a stored word. A test holds that every member of every enum of `caseload.domain.words`, `plan_words` and
`border_words` is here.
"""

from collections.abc import Mapping
from enum import StrEnum

from caseload.domain.words import (
    CareTeamRole,
    CaseState,
    ConsentPurpose,
    ConsentState,
    ContactMode,
    Decision,
    EncounterKind,
    HandoverState,
    JourneyState,
    NoticeKind,
    OrganisationKind,
    PrimaryNeed,
    Profession,
    ProposalKind,
    ProposalState,
    Residence,
    Role,
    Sector,
    Sex,
    TaskKind,
    TaskState,
    Tier,
)
from caseload.presenters.border_words import BORDER_COLOURS, BORDER_WORDS
from caseload.presenters.plan_words import PLAN_COLOURS, PLAN_WORDS

WORDS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    Tier: {
        Tier.VERY_HIGH: "Very high",
        Tier.HIGH: "High",
        Tier.MODERATE: "Moderate",
        Tier.NONE: "No tier",
    },
    Role: {
        Role.PRACTICE: "Practice",
        Role.NAVIGATOR: "Care navigator",
        Role.LEAD: "Lead professional",
        Role.MDT_CHAIR: "MDT chair",
        Role.INTEGRATION_LEAD: "Integration lead",
        Role.IG_OFFICER: "Information governance officer",
        Role.ADMIN: "Administrator",
        Role.DATA_QUALITY: "Data quality officer",
        Role.URGENT_CARE: "Urgent care system",
        Role.WAREHOUSE: "Data warehouse",
    },
    OrganisationKind: {
        OrganisationKind.PRACTICE: "GP practice",
        OrganisationKind.NETWORK: "Network",
        OrganisationKind.LOCALITY: "Locality",
        OrganisationKind.BOROUGH: "Borough",
        OrganisationKind.TRUST: "NHS trust",
        OrganisationKind.COUNCIL: "Council",
        OrganisationKind.VOLUNTARY: "Voluntary organisation",
    },
    Sector: {
        Sector.HEALTH: "Health",
        Sector.SOCIAL_CARE: "Social care",
        Sector.VOLUNTARY: "Voluntary sector",
    },
    Profession: {
        Profession.GP: "GP",
        Profession.DOCTOR: "Doctor",
        Profession.THERAPIST: "Therapist",
        Profession.NURSE: "Nurse",
        Profession.MENTAL_HEALTH: "Mental health professional",
        Profession.SOCIAL_WORKER: "Social worker",
        Profession.SECONDARY_CARE: "Secondary care clinician",
    },
    PrimaryNeed: {
        PrimaryNeed.MEDICAL: "Medical",
        PrimaryNeed.FUNCTIONAL: "Functional: moving, daily living",
        PrimaryNeed.NURSING: "Nursing",
        PrimaryNeed.MENTAL_HEALTH: "Mental health",
        PrimaryNeed.SOCIAL: "Social",
        PrimaryNeed.SPECIALIST: "Specialist hospital care",
    },
    Sex: {
        Sex.NOT_KNOWN: "Not known",
        Sex.MALE: "Male",
        Sex.FEMALE: "Female",
        Sex.INDETERMINATE: "Indeterminate",
    },
    Residence: {
        Residence.HOME: "Own home",
        Residence.RESIDENTIAL_CARE: "Residential care home",
        Residence.NURSING_CARE: "Nursing home",
        Residence.SHELTERED: "Sheltered housing",
        Residence.NO_FIXED_ABODE: "No fixed address",
    },
    EncounterKind: {
        EncounterKind.EMERGENCY_ADMISSION: "Emergency admission",
        EncounterKind.OTHER_ADMISSION: "Planned admission or other",
        EncounterKind.ED_ATTENDANCE: "A&E attendance",
    },
    ProposalKind: {
        ProposalKind.SCORE: "By score",
        ProposalKind.CONCERN: "By somebody’s concern",
    },
    ProposalState: {
        ProposalState.PROPOSED: "To decide",
        ProposalState.DEFERRED: "Deferred",
        ProposalState.ACCEPTED: "Accepted",
        ProposalState.DECLINED: "Declined",
        ProposalState.CLOSED: "Closed without a decision",
    },
    Decision: {
        Decision.ACCEPT: "Accept",
        Decision.DECLINE: "Decline",
        Decision.DEFER: "Defer",
    },
    CaseState: {
        CaseState.OPEN: "Open",
        CaseState.ON_HOLD: "On hold",
        CaseState.CLOSED: "Closed",
    },
    HandoverState: {
        HandoverState.REQUESTED: "Requested",
        HandoverState.ACCEPTED: "Accepted",
        HandoverState.REJECTED: "Turned down",
        HandoverState.REVOKED: "Taken back",
        HandoverState.LAPSED: "Lapsed",
    },
    JourneyState: {
        JourneyState.BEGUN: "In progress",
        JourneyState.FINISHED: "Finished",
        JourneyState.STOPPED: "Stopped",
    },
    CareTeamRole: {
        CareTeamRole.CARE_NAVIGATOR: "Care navigator",
        CareTeamRole.CASE_MANAGER: "Case manager",
        CareTeamRole.COMMUNITY_CONSULTANT: "Community consultant",
        CareTeamRole.DISCHARGE_COORDINATOR: "Discharge coordinator",
        CareTeamRole.RAPID_RESPONSE: "Rapid response",
        CareTeamRole.SOCIAL_WORKER: "Social worker",
        CareTeamRole.HEALTH_TRAINER: "Health trainer",
        CareTeamRole.VOLUNTARY_WORKER: "Voluntary worker",
        CareTeamRole.NURSE: "Nurse",
        CareTeamRole.THERAPIST: "Therapist",
        CareTeamRole.GP: "GP",
        CareTeamRole.PHARMACIST: "Pharmacist",
        CareTeamRole.CARER: "Carer",
    },
    ContactMode: {
        ContactMode.HOME_VISIT: "Home visit",
        ContactMode.SURGERY: "At the surgery",
        ContactMode.TELEPHONE: "Telephone",
        ContactMode.VIDEO: "Video call",
        ContactMode.HOSPITAL: "In hospital",
        ContactMode.LETTER: "Letter",
        ContactMode.MESSAGE: "Text message or e-mail",
        ContactMode.PROFESSIONALS: "Between professionals",
    },
    TaskKind: {
        TaskKind.FIRST_CONTACT: "First contact",
        TaskKind.FOLLOW_UP: "Follow up",
        TaskKind.TELL_LEAD: "Tell the person who their lead is",
        TaskKind.ASSESSMENT: "Assessment",
        TaskKind.DISCHARGE_CONTACT: "Contact after discharge",
        TaskKind.REVIEW_CASE: "Review the case",
        TaskKind.AFTER_DEATH: "After a death",
        TaskKind.AFTER_MOVE: "After a move",
        TaskKind.OTHER: "Other",
        TaskKind.DISCHARGE_PLANNING: "Plan the discharge",
        TaskKind.PLAN_ACTION: "Action of the care plan",
        TaskKind.PLAN_REVIEW: "Review the care plan",
        TaskKind.PLAN_AGREEMENT: "Agree the care plan",
        TaskKind.MDT_ACTION: "Action of an MDT meeting",
        TaskKind.PARTNER_REQUEST: "Asked by a partner",
    },
    TaskState: {
        TaskState.OPEN: "Open",
        TaskState.DONE: "Done",
        TaskState.CANCELLED: "Cancelled",
    },
    ConsentPurpose: {
        ConsentPurpose.CARE_COORDINATION: "Care coordination",
        ConsentPurpose.SHARING_HEALTH: "Sharing with health services",
        ConsentPurpose.SHARING_SOCIAL_CARE: "Sharing with social care",
        ConsentPurpose.SHARING_VOLUNTARY: "Sharing with voluntary organisations",
        ConsentPurpose.SHARING_URGENT_CARE: "Sharing with urgent care",
        ConsentPurpose.RISK_STRATIFICATION: "Use of their record for risk scores",
    },
    ConsentState: {
        ConsentState.GIVEN: "Given",
        ConsentState.REFUSED: "Refused",
        ConsentState.WITHDRAWN: "Withdrawn",
    },
    NoticeKind: {
        NoticeKind.NEW_CASE: "New case",
        NoticeKind.MADE_LEAD: "You are the accountable lead",
        NoticeKind.HANDOVER_REQUESTED: "You are asked to take over a case",
        NoticeKind.HANDOVER_ACCEPTED: "Your handover was accepted",
        NoticeKind.HANDOVER_REJECTED: "Your handover was turned down",
        NoticeKind.HANDOVER_REVOKED: "A handover to you was taken back",
        NoticeKind.TASK_ASSIGNED: "A task was given to you",
        NoticeKind.TASK_ESCALATED: "A task was escalated to you",
        NoticeKind.PERSON_DIED: "Somebody in your care has died",
        NoticeKind.PERSON_MOVED: "Somebody in your care has moved practice",
        NoticeKind.CONSENT_WITHDRAWN: "Consent was withdrawn",
        NoticeKind.EMERGENCY_ACCESS: "A record was opened in an emergency",
        NoticeKind.NEW_LIST: "A new list is ready to review",
        NoticeKind.PLAN_ACTIVE: "A care plan is active",
        NoticeKind.PLAN_NOT_AGREED: "A care plan was not agreed",
        NoticeKind.ON_MDT_AGENDA: "Somebody in your care is on an MDT agenda",
        NoticeKind.ADMITTED: "Somebody in your care was admitted to hospital",
        NoticeKind.ATTENDED_ED: "Somebody in your care went to A&E",
        NoticeKind.DISCHARGED: "Somebody in your care was discharged from hospital",
        NoticeKind.STAY_CANCELLED: "A hospital took back what it told about somebody in your care",
        NoticeKind.FLAG_ENDED: "A flag for urgent care has ended",
        NoticeKind.PARTNER_WROTE: "A partner wrote about somebody in your care",
        NoticeKind.MESSAGE_HELD: "Messages from a hospital are held",
        NoticeKind.FEED_SILENT: "A hospital’s feed has gone silent",
    },
    **PLAN_WORDS,
    **BORDER_WORDS,
}
"""Kept apart by enum: members of different enums may have the same stored word, and are then equal."""

COLOURS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    Tier: {Tier.VERY_HIGH: "red", Tier.HIGH: "orange", Tier.MODERATE: "yellow", Tier.NONE: "grey"},
    ProposalState: {
        ProposalState.PROPOSED: "blue",
        ProposalState.DEFERRED: "yellow",
        ProposalState.ACCEPTED: "green",
        ProposalState.DECLINED: "grey",
        ProposalState.CLOSED: "grey",
    },
    CaseState: {CaseState.OPEN: "green", CaseState.ON_HOLD: "yellow", CaseState.CLOSED: "grey"},
    HandoverState: {
        HandoverState.REQUESTED: "blue",
        HandoverState.ACCEPTED: "green",
        HandoverState.REJECTED: "red",
        HandoverState.REVOKED: "grey",
        HandoverState.LAPSED: "grey",
    },
    JourneyState: {JourneyState.BEGUN: "blue", JourneyState.FINISHED: "green", JourneyState.STOPPED: "grey"},
    TaskState: {TaskState.OPEN: "blue", TaskState.DONE: "green", TaskState.CANCELLED: "grey"},
    ConsentState: {ConsentState.GIVEN: "green", ConsentState.REFUSED: "red", ConsentState.WITHDRAWN: "red"},
    Decision: {Decision.ACCEPT: "green", Decision.DECLINE: "grey", Decision.DEFER: "yellow"},
    **PLAN_COLOURS,
    **BORDER_COLOURS,
}
"""The colours of tags, for the enums that are shown as tags. The words always say it as well."""


def words_of(member: StrEnum) -> str:
    """The words of one stored word. KeyError where nobody has written them."""
    return WORDS[type(member)][member]


def colour_of(member: StrEnum) -> str:
    """The colour of its tag; grey for what is not usually shown as one."""
    return COLOURS.get(type(member), {}).get(member, "grey")
