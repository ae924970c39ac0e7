"""The closed sets of words of assessments, plans and meetings.

Headings follow the Personalised Care and Support Plan 2.0 and About Me 2.01 of the Professional Record Standards Body;
decisions and pathways, the Better Care Fund plans; patient activation, NHS England's four levels.
"""

from enum import StrEnum


class Discipline(StrEnum):
    """Whose part of the assessment it is."""

    HEALTH = "health"
    SOCIAL_CARE = "social_care"
    MENTAL_HEALTH = "mental_health"
    THERAPY = "therapy"
    CARER = "carer"
    HOUSING_FINANCE = "housing_finance"
    VOLUNTARY = "voluntary"


class AssessmentState(StrEnum):
    """Whether it is still being made."""

    OPEN = "open"
    COMPLETED = "completed"
    ABANDONED = "abandoned"


class SectionState(StrEnum):
    """Whether a discipline has finished its part."""

    DRAFT = "draft"
    COMPLETE = "complete"


class Capacity(StrEnum):
    """Whether the person could decide about this, as the Mental Capacity Act 2005 asks: of one decision at one time."""

    HAS_CAPACITY = "has_capacity"
    LACKS_CAPACITY = "lacks_capacity"
    NOT_ASSESSED = "not_assessed"


class MeasureKind(StrEnum):
    """What a person can say of themselves. Activation is a level of 1 to 4, the others 1 (never) to 5 (always)."""

    ACTIVATION = "activation"
    LONELINESS = "loneliness"
    INVOLVED = "involved"
    COORDINATED = "coordinated"
    CONFIDENT = "confident"
    SUPPORTED = "supported"
    INDEPENDENT = "independent"


class PlanHeading(StrEnum):
    """The parts of a plan."""

    ABOUT_ME = "about_me"
    STRENGTHS = "strengths"
    NEEDS = "needs"
    GOALS = "goals"
    ACTIONS = "actions"
    CONTINGENCY = "contingency"
    ADVANCE_STATEMENT = "advance_statement"
    MEDICINES_EQUIPMENT = "medicines_equipment"
    TECHNOLOGY = "technology"
    PERSONAL_BUDGET = "personal_budget"
    SOCIAL_PRESCRIBING = "social_prescribing"
    CARERS = "carers"
    PERSONAL_CONTACTS = "personal_contacts"
    OTHER_SUPPORT = "other_support"


class PlanState(StrEnum):
    """A version's life."""

    DRAFT = "draft"
    READY = "ready"
    ACTIVE = "active"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class AgreementState(StrEnum):
    """What was said to a version."""

    AGREED = "agreed"
    DOES_NOT_AGREE = "does_not_agree"
    COULD_NOT_ANSWER = "could_not_answer"
    BY_REPRESENTATIVE = "by_representative"


class ShareFormat(StrEnum):
    """How a copy of a plan leaves."""

    PDF = "pdf"
    LARGE_PRINT = "large_print"
    PLAIN_TEXT = "plain_text"
    URGENT_SUMMARY = "urgent_summary"


class MeetingState(StrEnum):
    """A meeting's life."""

    PLANNED = "planned"
    LOCKED = "locked"
    CLOSED = "closed"


class AgendaReason(StrEnum):
    """Why somebody is on the agenda."""

    NEW_VERY_HIGH = "new_very_high"
    RISING = "rising"
    RECENT_ADMISSION = "recent_admission"
    OVERDUE_REVIEW = "overdue_review"
    REQUESTED = "requested"
    CARRIED_OVER = "carried_over"


class AttendanceState(StrEnum):
    """Whether somebody came."""

    ATTENDED = "attended"
    APOLOGIES = "apologies"
    DEPUTY = "deputy"


class MdtDecisionKind(StrEnum):
    """What a meeting decides about a person."""

    CONTINUE = "continue"
    STEP_UP = "step_up"
    STEP_DOWN = "step_down"
    REFER = "refer"
    REMOVE = "remove"
    NO_FURTHER_ACTION = "no_further_action"


class CohortColumn(StrEnum):
    """Where somebody of a worked cohort stands."""

    TO_CONTACT = "to_contact"
    ASSESSING = "assessing"
    PLANNING = "planning"
    PLAN_ACTIVE = "plan_active"
    LEFT = "left"


class DischargePathway(StrEnum):
    """What somebody needs to leave hospital: home with nothing new, home with support, rehabilitation, complex care.

    Source: the discharge pathways 0 to 3 of the national hospital discharge policy, as the Better Care Fund plans use them.
    """

    PATHWAY_0 = "pathway_0"
    PATHWAY_1 = "pathway_1"
    PATHWAY_2 = "pathway_2"
    PATHWAY_3 = "pathway_3"


class AgreementMethod(StrEnum):
    """How the person, or who spoke for them, answered."""

    FACE_TO_FACE = "face_to_face"
    TELEPHONE = "telephone"
    VIDEO = "video"
    SIGNED_PAPER = "signed_paper"
    WITH_INTERPRETER = "with_interpreter"


class Authority(StrEnum):
    """What lets somebody else decide for a person about a plan.

    Source: Mental Capacity Act 2005: an attorney, a deputy, or the decision of those who care in the best interests; a
    parent for a child (Children Act 1989).
    """

    ATTORNEY = "attorney"
    DEPUTY = "deputy"
    BEST_INTERESTS = "best_interests"
    PARENT = "parent"
