"""Every kind of resource that is served: who may ask for it, and what can be done with it. All on one screen."""

from collections.abc import Mapping

from caseload.domain.permissions import Permission
from caseload.queries.outward.assessments import find_questionnaire_responses
from caseload.queries.outward.cases import find_care_teams, find_episodes
from caseload.queries.outward.consents import find_consents
from caseload.queries.outward.documents import find_document_references
from caseload.queries.outward.flags import find_flags
from caseload.queries.outward.goals import find_goals
from caseload.queries.outward.looks import find_audit_events
from caseload.queries.outward.messages import find_communications
from caseload.queries.outward.patients import find_patients
from caseload.queries.outward.plans import care_plan_versions, find_care_plans
from caseload.queries.outward.provenances import find_provenances
from caseload.queries.outward.scores import find_risk_assessments
from caseload.queries.outward.staff import find_organizations, find_practitioner_roles, find_practitioners
from caseload.queries.outward.stays import find_encounters
from caseload.queries.outward.tasks import find_tasks
from caseload.queries.outward.wanted import READ_ONLY, Interaction, Outward

_CARE = frozenset({Permission.OPEN_PERSON})
_URGENT = _CARE | {Permission.READ_FLAGS}
_WAREHOUSE = _CARE | {Permission.EXPORT_DATA}
_EVERYBODY = _URGENT | _WAREHOUSE
_WITH_VERSIONS = READ_ONLY | {Interaction.VREAD, Interaction.HISTORY}

_EVERY = (
    Outward("AuditEvent", find_audit_events, _CARE),
    Outward("CarePlan", find_care_plans, _EVERYBODY, _WITH_VERSIONS, care_plan_versions),
    Outward("CareTeam", find_care_teams, _EVERYBODY),
    Outward("Communication", find_communications, _CARE, READ_ONLY | {Interaction.CREATE}),
    Outward("Consent", find_consents, _CARE),
    Outward("DocumentReference", find_document_references, _URGENT),
    Outward("Encounter", find_encounters, _WAREHOUSE),
    Outward("EpisodeOfCare", find_episodes, _WAREHOUSE),
    Outward("Flag", find_flags, _EVERYBODY),
    Outward("Goal", find_goals, _CARE),
    Outward("Organization", find_organizations, _EVERYBODY),
    Outward("Patient", find_patients, _EVERYBODY),
    Outward("Practitioner", find_practitioners, _URGENT),
    Outward("PractitionerRole", find_practitioner_roles, _URGENT),
    Outward("Provenance", find_provenances, _CARE),
    Outward("QuestionnaireResponse", find_questionnaire_responses, _CARE),
    Outward("RiskAssessment", find_risk_assessments, frozenset({Permission.SEE_SCORE, Permission.EXPORT_DATA})),
    Outward("Task", find_tasks, _WAREHOUSE, READ_ONLY | {Interaction.CREATE, Interaction.UPDATE}),
)

RESOURCES: Mapping[str, Outward] = {one.resource: one for one in _EVERY}
"""Each kind by its FHIR name."""
