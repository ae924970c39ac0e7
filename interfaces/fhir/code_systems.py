"""Where the codes of a resource are from: systems of HL7, the NHS and the World Health Organization, else our own.

Our own are URNs: they name something and promise no page. A word of the case database is its code there, as it stands.
Sources: HL7 Terminology (terminology.hl7.org), UK Core (fhir.hl7.org.uk), NHS England naming systems (fhir.nhs.uk),
DICOM Part 16 (audit event ids).
"""

from collections.abc import Mapping

from interfaces.fhir.values import Json, coding

OURS = "urn:caretier"
"""What every name of our own begins with: `codes` and `id` of systems, `extension` and `questionnaire` of definitions."""

SERVICE = "Caretier"
"""What this service calls itself where R4 asks who and nobody else is to be named."""

NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"
ODS_CODE = "https://fhir.nhs.uk/Id/ods-organization-code"
UK_CORE = "https://fhir.hl7.org.uk/StructureDefinition/"
NHS_NUMBER_STATUS = "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland"
HL7 = "http://terminology.hl7.org/CodeSystem/"
LOINC = "http://loinc.org"
ICD_10 = "http://hl7.org/fhir/sid/icd-10"
DICOM = "http://dicom.nema.org/resources/ontology/DCM"
FLAG_DETAIL = "http://hl7.org/fhir/StructureDefinition/flag-detail"


def our_codes(name: str) -> str:
    """The URN of one of our code systems."""
    return f"{OURS}:codes:{name}"


def our_ids(name: str) -> str:
    """The URN of a system of identifiers of ours."""
    return f"{OURS}:id:{name}"


def our_extension(name: str) -> str:
    """The URN of an extension of ours."""
    return f"{OURS}:extension:{name}"


def ours(name: str, word: str) -> Json:
    """A code of one of our systems, with what it says."""
    return coding(our_codes(name), word, DISPLAYS[name].get(word, ""))


DISPLAYS: Mapping[str, Mapping[str, str]] = {
    "tier": {"very_high": "Very high risk", "high": "High risk", "moderate": "Moderate risk", "none": "No tier"},
    "outcome": {"emergency_admission_12m": "Emergency admission within 12 months"},
    "risk-assessment": {"risk_stratification": "Risk stratification"},
    "role": {
        "practice": "Practice",
        "navigator": "Care navigator",
        "lead": "Accountable lead professional",
        "mdt_chair": "Chair of team meetings",
    },
    "profession": {
        "gp": "GP",
        "doctor": "Doctor",
        "therapist": "Therapist",
        "nurse": "Nurse",
        "mental_health": "Mental health professional",
        "social_worker": "Social worker",
        "secondary_care": "Secondary care clinician",
    },
    "organisation-kind": {
        "practice": "GP practice",
        "network": "Network of practices",
        "locality": "Locality",
        "borough": "Borough",
        "trust": "NHS trust",
        "council": "Council",
        "voluntary": "Voluntary organisation",
    },
    "episode": {"care_coordination": "Care coordination"},
    "primary-need": {
        "medical": "Medical",
        "functional": "Functional",
        "nursing": "Nursing",
        "mental_health": "Mental health",
        "social": "Social",
        "specialist": "Specialist",
    },
    "care-team-role": {
        "accountable_lead": "Accountable lead professional",
        "care_navigator": "Care navigator",
        "case_manager": "Case manager",
        "community_consultant": "Community consultant",
        "discharge_coordinator": "Discharge coordinator",
        "rapid_response": "Rapid response",
        "social_worker": "Social worker",
        "health_trainer": "Health trainer",
        "voluntary_worker": "Voluntary worker",
        "nurse": "Nurse",
        "therapist": "Therapist",
        "gp": "GP",
        "pharmacist": "Pharmacist",
        "carer": "Carer",
    },
    "care-plan": {
        "personalised_care_and_support_plan": "Personalised care and support plan",
        "joint": "Joint care plan",
    },
    "plan-activity": {"action": "Action", "review": "Review of the plan"},
    "task-kind": {
        "first_contact": "First contact",
        "follow_up": "Follow-up",
        "tell_lead": "Tell the person who their lead is",
        "assessment": "Assessment",
        "discharge_contact": "Contact after discharge",
        "review_case": "Review of the case",
        "after_death": "After a death",
        "after_move": "After a move",
        "other": "Other",
        "discharge_planning": "Discharge planning",
        "plan_action": "Action of a care plan",
        "plan_review": "Review of a care plan",
        "plan_agreement": "Agreement to a care plan",
        "mdt_action": "Action of a team meeting",
        "partner_request": "Asked for by a partner",
    },
    "flag-category": {
        "care_plan": "There is a care plan",
        "clinical": "Clinical",
        "safety": "Safety",
        "communication": "Communication",
        "end_of_life": "End of life",
    },
    "consent-purpose": {
        "care_coordination": "Care coordination",
        "sharing_health": "Sharing with health services",
        "sharing_social_care": "Sharing with social care",
        "sharing_voluntary": "Sharing with voluntary organisations",
        "sharing_urgent_care": "Telling urgent care",
        "risk_stratification": "Use for risk scores",
    },
    "encounter-kind": {
        "emergency_admission": "Emergency admission",
        "other_admission": "Other admission",
        "ed_attendance": "Emergency department attendance",
    },
    "discipline": {
        "health": "Health",
        "social_care": "Social care",
        "mental_health": "Mental health",
        "therapy": "Therapy",
        "carer": "Carer",
        "housing_finance": "Housing and finance",
        "voluntary": "Voluntary sector",
    },
    "plan-agreement": {
        "agreed": "The person agrees",
        "does_not_agree": "The person does not agree",
        "could_not_answer": "The person could not answer",
        "by_representative": "Somebody with authority agrees for the person",
    },
    "document": {
        "pdf": "Care plan",
        "large_print": "Care plan in large print",
        "plain_text": "Care plan as plain text",
        "urgent_summary": "Urgent summary of the care plan",
    },
}
"""Our codes that are a closed set, with what each says. Codes of flags, models and audit events are open and not here."""
