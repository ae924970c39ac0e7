"""From a record to its resource: the one door. What goes out is made here and not validated again when it is sent."""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from interfaces.fhir.audit_event import AuditEventRecord, audit_event_json
from interfaces.fhir.binary import BinaryRecord, binary_json
from interfaces.fhir.care_plan import CarePlanRecord, care_plan_json
from interfaces.fhir.care_team import CareTeamRecord, care_team_json
from interfaces.fhir.communication import CommunicationRecord, communication_json
from interfaces.fhir.consent import ConsentRecord, consent_json
from interfaces.fhir.document_reference import DocumentReferenceRecord, document_reference_json
from interfaces.fhir.encounter import EncounterRecord, encounter_json
from interfaces.fhir.episode_of_care import EpisodeOfCareRecord, episode_of_care_json
from interfaces.fhir.flag import FlagRecord, flag_json
from interfaces.fhir.goal import GoalRecord, goal_json
from interfaces.fhir.organization import OrganizationRecord, organization_json
from interfaces.fhir.patient import PatientRecord, patient_json
from interfaces.fhir.practitioner import (
    PractitionerRecord,
    PractitionerRoleRecord,
    practitioner_json,
    practitioner_role_json,
)
from interfaces.fhir.provenance import ProvenanceRecord, provenance_json
from interfaces.fhir.questionnaire_response import QuestionnaireResponseRecord, questionnaire_response_json
from interfaces.fhir.record import Record
from interfaces.fhir.risk_assessment import RiskAssessmentRecord, risk_assessment_json
from interfaces.fhir.task import TaskRecord, task_json
from interfaces.fhir.values import Json

BUILDERS: Mapping[type[Record], tuple[str, Callable[[Any], Json]]] = {
    AuditEventRecord: ("AuditEvent", audit_event_json),
    BinaryRecord: ("Binary", binary_json),
    CarePlanRecord: ("CarePlan", care_plan_json),
    CareTeamRecord: ("CareTeam", care_team_json),
    CommunicationRecord: ("Communication", communication_json),
    ConsentRecord: ("Consent", consent_json),
    DocumentReferenceRecord: ("DocumentReference", document_reference_json),
    EncounterRecord: ("Encounter", encounter_json),
    EpisodeOfCareRecord: ("EpisodeOfCare", episode_of_care_json),
    FlagRecord: ("Flag", flag_json),
    GoalRecord: ("Goal", goal_json),
    OrganizationRecord: ("Organization", organization_json),
    PatientRecord: ("Patient", patient_json),
    PractitionerRecord: ("Practitioner", practitioner_json),
    PractitionerRoleRecord: ("PractitionerRole", practitioner_role_json),
    ProvenanceRecord: ("Provenance", provenance_json),
    QuestionnaireResponseRecord: ("QuestionnaireResponse", questionnaire_response_json),
    RiskAssessmentRecord: ("RiskAssessment", risk_assessment_json),
    TaskRecord: ("Task", task_json),
}
"""The resource of each record and what makes it."""

_VERSION_LENGTH = 16


def as_json(record: Record) -> Json:
    """The resource of a record, with its versionId: the record's own, else the beginning of a hash of all it says."""
    _, build = BUILDERS[type(record)]
    made = build(record)
    if not record.version:
        said = json.dumps(made, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        digest = hashlib.sha256(said.encode("ascii")).hexdigest()
        made.setdefault("meta", {})["versionId"] = digest[:_VERSION_LENGTH]
    return made


def resource_of(record: Record) -> str:
    """Which resource a record becomes."""
    return BUILDERS[type(record)][0]
