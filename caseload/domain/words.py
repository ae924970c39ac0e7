"""The closed sets of words the case database keeps, each with what it says on a page.

Sources: tiers, the Better Care Fund plans; sex, NHS Data Dictionary PERSON STATED GENDER CODE; residence and encounter
kinds, the extract contract; handover, care team and case states, the product's own (GLOSSARY.md).
"""

from enum import StrEnum


class Tier(StrEnum):
    """How far up the pyramid, highest first; the words of the score file."""

    VERY_HIGH = "very_high"
    HIGH = "high"
    MODERATE = "moderate"
    NONE = "none"


class Role(StrEnum):
    """What somebody signs in as. `urgent_care` and `warehouse` are for programs: they open no page."""

    PRACTICE = "practice"
    NAVIGATOR = "navigator"
    LEAD = "lead"
    MDT_CHAIR = "mdt_chair"
    INTEGRATION_LEAD = "integration_lead"
    IG_OFFICER = "ig_officer"
    ADMIN = "admin"
    DATA_QUALITY = "data_quality"
    URGENT_CARE = "urgent_care"
    WAREHOUSE = "warehouse"


class OrganisationKind(StrEnum):
    """The place tree, then who else employs people."""

    PRACTICE = "practice"
    NETWORK = "network"
    LOCALITY = "locality"
    BOROUGH = "borough"
    TRUST = "trust"
    COUNCIL = "council"
    VOLUNTARY = "voluntary"


class Sector(StrEnum):
    """Whose consent to sharing an employer falls under."""

    HEALTH = "health"
    SOCIAL_CARE = "social_care"
    VOLUNTARY = "voluntary"


class Profession(StrEnum):
    """What an accountable lead is."""

    GP = "gp"
    DOCTOR = "doctor"
    THERAPIST = "therapist"
    NURSE = "nurse"
    MENTAL_HEALTH = "mental_health"
    SOCIAL_WORKER = "social_worker"
    SECONDARY_CARE = "secondary_care"


class PrimaryNeed(StrEnum):
    """The need that decides which profession leads."""

    MEDICAL = "medical"
    FUNCTIONAL = "functional"
    NURSING = "nursing"
    MENTAL_HEALTH = "mental_health"
    SOCIAL = "social"
    SPECIALIST = "specialist"


class Sex(StrEnum):
    """NHS Data Dictionary PERSON STATED GENDER CODE."""

    NOT_KNOWN = "0"
    MALE = "1"
    FEMALE = "2"
    INDETERMINATE = "9"


class Residence(StrEnum):
    """Where the person lives, as the register says."""

    HOME = "home"
    RESIDENTIAL_CARE = "residential_care"
    NURSING_CARE = "nursing_care"
    SHELTERED = "sheltered"
    NO_FIXED_ABODE = "no_fixed_abode"


class EncounterKind(StrEnum):
    """Hospital use."""

    EMERGENCY_ADMISSION = "emergency_admission"
    OTHER_ADMISSION = "other_admission"
    ED_ATTENDANCE = "ed_attendance"


class ProposalKind(StrEnum):
    """Why somebody is put before the practice: their score, or a named person's concern."""

    SCORE = "score"
    CONCERN = "concern"


class ProposalState(StrEnum):
    """`closed` is what a load does to it: the person died, moved away or left the tiers."""

    PROPOSED = "proposed"
    DEFERRED = "deferred"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    CLOSED = "closed"


class Decision(StrEnum):
    """What a practice decides about a proposal."""

    ACCEPT = "accept"
    DECLINE = "decline"
    DEFER = "defer"


class CaseState(StrEnum):
    """A case, once there is one."""

    OPEN = "open"
    ON_HOLD = "on_hold"
    CLOSED = "closed"


class HandoverState(StrEnum):
    """A request to take over a case."""

    REQUESTED = "requested"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    REVOKED = "revoked"
    LAPSED = "lapsed"


class JourneyState(StrEnum):
    """A leaver's handing over."""

    BEGUN = "begun"
    FINISHED = "finished"
    STOPPED = "stopped"


class CareTeamRole(StrEnum):
    """Roles of a care team, as the Better Care Fund plans name them."""

    CARE_NAVIGATOR = "care_navigator"
    CASE_MANAGER = "case_manager"
    COMMUNITY_CONSULTANT = "community_consultant"
    DISCHARGE_COORDINATOR = "discharge_coordinator"
    RAPID_RESPONSE = "rapid_response"
    SOCIAL_WORKER = "social_worker"
    HEALTH_TRAINER = "health_trainer"
    VOLUNTARY_WORKER = "voluntary_worker"
    NURSE = "nurse"
    THERAPIST = "therapist"
    GP = "gp"
    PHARMACIST = "pharmacist"
    CARER = "carer"


class ContactMode(StrEnum):
    """How a contact was made."""

    HOME_VISIT = "home_visit"
    SURGERY = "surgery"
    TELEPHONE = "telephone"
    VIDEO = "video"
    HOSPITAL = "hospital"
    LETTER = "letter"
    MESSAGE = "message"
    PROFESSIONALS = "professionals"


class TaskKind(StrEnum):
    """What a task is about."""

    FIRST_CONTACT = "first_contact"
    FOLLOW_UP = "follow_up"
    TELL_LEAD = "tell_lead"
    ASSESSMENT = "assessment"
    DISCHARGE_CONTACT = "discharge_contact"
    REVIEW_CASE = "review_case"
    AFTER_DEATH = "after_death"
    AFTER_MOVE = "after_move"
    OTHER = "other"
    DISCHARGE_PLANNING = "discharge_planning"
    PLAN_ACTION = "plan_action"
    PLAN_REVIEW = "plan_review"
    PLAN_AGREEMENT = "plan_agreement"
    MDT_ACTION = "mdt_action"
    PARTNER_REQUEST = "partner_request"


class TaskState(StrEnum):
    """A task is open until it is done or cancelled; due and overdue are worked out."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


class ConsentPurpose(StrEnum):
    """What a person is asked about. The sharing purposes are one for each sector of employer, and one for urgent care."""

    CARE_COORDINATION = "care_coordination"
    SHARING_HEALTH = "sharing_health"
    SHARING_SOCIAL_CARE = "sharing_social_care"
    SHARING_VOLUNTARY = "sharing_voluntary"
    SHARING_URGENT_CARE = "sharing_urgent_care"
    RISK_STRATIFICATION = "risk_stratification"


class ConsentState(StrEnum):
    """What they said; nothing recorded is a state of its own, the absence of a row."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class NoticeKind(StrEnum):
    """What a notice tells."""

    NEW_CASE = "new_case"
    MADE_LEAD = "made_lead"
    HANDOVER_REQUESTED = "handover_requested"
    HANDOVER_ACCEPTED = "handover_accepted"
    HANDOVER_REJECTED = "handover_rejected"
    HANDOVER_REVOKED = "handover_revoked"
    TASK_ASSIGNED = "task_assigned"
    TASK_ESCALATED = "task_escalated"
    PERSON_DIED = "person_died"
    PERSON_MOVED = "person_moved"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    EMERGENCY_ACCESS = "emergency_access"
    NEW_LIST = "new_list"
    PLAN_ACTIVE = "plan_active"
    PLAN_NOT_AGREED = "plan_not_agreed"
    ON_MDT_AGENDA = "on_mdt_agenda"
    ADMITTED = "admitted"
    ATTENDED_ED = "attended_ed"
    DISCHARGED = "discharged"
    STAY_CANCELLED = "stay_cancelled"
    FLAG_ENDED = "flag_ended"
    PARTNER_WROTE = "partner_wrote"
    MESSAGE_HELD = "message_held"
    FEED_SILENT = "feed_silent"
