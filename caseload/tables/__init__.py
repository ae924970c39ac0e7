"""The case database, one noun per file. "Model" means a risk model only; these are tables.

Only `caseload.actions`, `caseload.intake` and the migrations write them; only `caseload.queries` reads them for pages.
"""

from caseload.tables.access import EmergencyAccess, RestrictedAccess
from caseload.tables.action_key import ActionKey
from caseload.tables.api_client import ApiAssertion, ApiClient, ApiGrant, ApiToken, BulkExport, PartnerMessage
from caseload.tables.assessment import Assessment, AssessmentAnswers, AssessmentSection, PersonMeasure
from caseload.tables.audit import AuditEvent, AuditHead, AuditSubject
from caseload.tables.base import Table
from caseload.tables.care_team import CareTeamMember
from caseload.tables.case import Case, CaseEvent
from caseload.tables.cohort import Cohort, CohortMember, CohortMove
from caseload.tables.consent import Consent
from caseload.tables.contact import Contact
from caseload.tables.discharge import DischargePlan
from caseload.tables.draft import Draft
from caseload.tables.encounter import Encounter
from caseload.tables.flag import CareFlag, FlagAcknowledgement, FlagEvent, OutwardChange
from caseload.tables.handover import Handover, LeaverJourney, StagedHandover
from caseload.tables.hospital import (
    FeedHeard,
    HospitalEvent,
    HospitalMessage,
    HospitalStay,
    IdentityChange,
    PersonIdentifier,
    WaitingNumber,
)
from caseload.tables.lead import LeadAllocation, LeadProposal
from caseload.tables.mdt import (
    AgendaItem,
    AgendaLeftOut,
    AgendaNotes,
    MdtAction,
    MdtAttendance,
    MdtDecision,
    MdtMeeting,
    MdtRequest,
    MdtSeries,
)
from caseload.tables.notice import DigestSent, Notice
from caseload.tables.organisation import Organisation, Team
from caseload.tables.person import Person, PersonEvent
from caseload.tables.person_merge import PersonMerge
from caseload.tables.plan import (
    PlanAction,
    PlanAgreement,
    PlanSection,
    PlanSectionText,
    PlanShare,
    PlanVersion,
    ReplacedPlan,
)
from caseload.tables.practitioner import Leave, Practitioner
from caseload.tables.proposal import Proposal, ProposalEvent, StagedDecision
from caseload.tables.risk import RiskRun, RiskScore
from caseload.tables.saved_view import SavedView
from caseload.tables.task import Task, TaskEvent
from caseload.tables.user import TeamMembership, User, UserRole
from caseload.tables.web_session import WebSession

__all__ = [
    "ActionKey",
    "AgendaItem",
    "AgendaLeftOut",
    "AgendaNotes",
    "ApiAssertion",
    "ApiClient",
    "ApiGrant",
    "ApiToken",
    "Assessment",
    "AssessmentAnswers",
    "AssessmentSection",
    "AuditEvent",
    "AuditHead",
    "AuditSubject",
    "BulkExport",
    "CareFlag",
    "CareTeamMember",
    "Case",
    "CaseEvent",
    "Cohort",
    "CohortMember",
    "CohortMove",
    "Consent",
    "Contact",
    "DigestSent",
    "DischargePlan",
    "Draft",
    "EmergencyAccess",
    "Encounter",
    "FeedHeard",
    "FlagAcknowledgement",
    "FlagEvent",
    "Handover",
    "HospitalEvent",
    "HospitalMessage",
    "HospitalStay",
    "IdentityChange",
    "LeadAllocation",
    "LeadProposal",
    "Leave",
    "LeaverJourney",
    "MdtAction",
    "MdtAttendance",
    "MdtDecision",
    "MdtMeeting",
    "MdtRequest",
    "MdtSeries",
    "Notice",
    "Organisation",
    "OutwardChange",
    "PartnerMessage",
    "Person",
    "PersonEvent",
    "PersonIdentifier",
    "PersonMeasure",
    "PersonMerge",
    "PlanAction",
    "PlanAgreement",
    "PlanSection",
    "PlanSectionText",
    "PlanShare",
    "PlanVersion",
    "Practitioner",
    "Proposal",
    "ProposalEvent",
    "ReplacedPlan",
    "RestrictedAccess",
    "RiskRun",
    "RiskScore",
    "SavedView",
    "StagedDecision",
    "StagedHandover",
    "Table",
    "Task",
    "TaskEvent",
    "Team",
    "TeamMembership",
    "User",
    "UserRole",
    "WaitingNumber",
    "WebSession",
]
