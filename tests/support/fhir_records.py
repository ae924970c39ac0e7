"""Records with everything in them that can be, and the other ways they can be: what tests and benchmarks of FHIR make.

Every text that somebody could have written has markup and a name in it, so that a test sees where it comes out again.
"""

from dataclasses import replace
from datetime import UTC, date, datetime

from interfaces.fhir.audit_event import AuditEventRecord
from interfaces.fhir.binary import BinaryRecord
from interfaces.fhir.care_plan import Activity, CarePlanRecord, Section
from interfaces.fhir.care_team import LEAD, CareTeamRecord, Participant
from interfaces.fhir.communication import CommunicationRecord
from interfaces.fhir.consent import ConsentRecord
from interfaces.fhir.document_reference import DocumentReferenceRecord
from interfaces.fhir.encounter import EncounterRecord
from interfaces.fhir.episode_of_care import EpisodeOfCareRecord
from interfaces.fhir.flag import FlagRecord
from interfaces.fhir.goal import GoalRecord
from interfaces.fhir.organization import OrganizationRecord
from interfaces.fhir.patient import PatientRecord
from interfaces.fhir.practitioner import PractitionerRecord, PractitionerRoleRecord
from interfaces.fhir.provenance import ANSWERED, SIGNED, WROTE, Agent, ProvenanceRecord
from interfaces.fhir.questionnaire_response import Answer, QuestionnaireResponseRecord
from interfaces.fhir.risk_assessment import RiskAssessmentRecord
from interfaces.fhir.task import TaskRecord

AT = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
LATER = datetime(2026, 10, 6, 9, 0, tzinfo=UTC)
DAY = date(2026, 10, 5)
LATER_DAY = date(2027, 1, 3)
SAID = "<script>Zeta & Ypsilon</script>\nsecond line"

PATIENT = PatientRecord(
    id="1", updated_at=AT, nhs_number="9990000018", family_name=SAID, given_name=SAID, sex="1", born=date(1941, 3, 2),
    address=SAID, postcode="ZZ1 1ZZ", phone="01632 960000", died_on=DAY, registered=False, restricted=True,
    practice="5", replaces=("13", "14"),
)  # fmt: skip
PLAN = CarePlanRecord(
    id="7", updated_at=AT, version="3-5-joint", patient="1", case_id="7", number=3, state="active", joint=True,
    created_at=AT, active_at=AT, ended_at=LATER, review_on=LATER_DAY, signed_by="2", contributors=("2", "11"),
    sections=(Section("Needs", (((SAID, SAID), ("Label", SAID)),)),), goals=("7-ab",),
    activities=(
        Activity(SAID, "to_do", "2", "", LATER_DAY, "7-ab", SAID),
        Activity(SAID, "done", "", SAID),
    ),
)  # fmt: skip
TASK = TaskRecord(
    id="9", updated_at=AT, patient="1", case_id="7", request_system="urn:p", request_ref="R-1", kind="plan_action", title=SAID, detail=SAID, state="done",
    owner="2", requester="3", due_on=DAY, created_at=AT, ended_at=LATER, ended_note=SAID, care_plan="7",
)  # fmt: skip
ENCOUNTER = EncounterRecord(
    id="4", updated_at=AT, patient="1", kind="emergency_admission", state="finished", patient_class="I", visit_ref="V1",
    provider_code="RX901", provider="8", started=AT, ended=LATER, diagnosis="J440", admission_method="21",
    discharge_method="1", discharge_destination="19", location=SAID,
)  # fmt: skip
FLAG = FlagRecord(
    id="3", updated_at=AT, patient="1", category="care_plan", code="plan", said=SAID, ring_name=SAID,
    ring_phone="01632 960001", ring_when=SAID, starts_on=DAY, review_on=LATER_DAY, state="active", author="2",
    care_plan="7",
)  # fmt: skip
AUDIT = AuditEventRecord(
    id="66", updated_at=AT, happened_at=AT, action="view", page="people.show", user="2", patients=("1", "2")
)
SCORE = RiskAssessmentRecord(
    id="1-2", updated_at=AT, patient="1", run_ref="run-2", outcome="emergency_admission_12m", model_version="demo-1",
    score_kind="model", predicted_on=DAY, extracted_on=DAY, tier="very_high", probability=0.42, percentile=99.5,
    demonstration=True, reasons=(SAID, "second"),
)  # fmt: skip
GOAL = GoalRecord(
    id="7-ab", updated_at=AT, patient="1", key="ab", words=SAID, status="met", started_on=DAY, status_on=DAY,
    importance="9", confidence="5", steps=SAID, outcome=SAID,
)  # fmt: skip
ORGANIZATION = OrganizationRecord(
    id="5", updated_at=AT, code="Y90001", name="Ash Surgery", kind="practice", part_of="3"
)
PROVENANCE = ProvenanceRecord(
    id="12", updated_at=AT, patient="1", care_plan="7", target_version="3-5", recorded_at=LATER, started_at=AT,
    agents=(
        Agent(WROTE, "2", "5"),
        Agent(SIGNED, "2"),
        Agent(ANSWERED, answer="agreed"),
        Agent(ANSWERED, name=SAID, answer="by_representative"),
    ),
)  # fmt: skip
DOCUMENT = DocumentReferenceRecord(
    id="12-pdf", updated_at=AT, patient="1", case_id="7", version_number=3, share_format="pdf", in_force=True,
    written_at=AT, author="2", practice="5",
)  # fmt: skip
CONSENT = ConsentRecord(
    id="6", updated_at=AT, patient="1", purpose="sharing_urgent_care", state="given", in_force=True, said_at=AT,
    recorded_by="2",
)  # fmt: skip
ANSWERS = QuestionnaireResponseRecord(
    id="8", updated_at=AT, patient="1", discipline="health", questionnaire_version="1", status="completed",
    authored_at=AT, author="2",
    answers=(
        Answer("alone", SAID, "yes_no", "no"),
        Answer("falls", SAID, "number", "3"),
        Answer("mood", SAID, "choice", "low", SAID),
        Answer("matters", SAID, "long", SAID),
    ),
)  # fmt: skip

EXAMPLES = (
    PATIENT,
    replace(PATIENT, id="13", replaced_by="1", replaces=()),
    PractitionerRecord(id="2", updated_at=AT, name=SAID),
    PractitionerRoleRecord(
        id="20", updated_at=AT, practitioner="2", organisation="5", role="lead", profession="gp", job_title=SAID,
        started_at=AT, ended_at=LATER, active=False,
    ),
    ORGANIZATION,
    SCORE,
    EpisodeOfCareRecord(
        id="7", updated_at=AT, patient="1", state="open", primary_need="medical", practice="5", opened_at=AT,
        closed_at=LATER, lead="2",
    ),
    CareTeamRecord(
        id="7", updated_at=AT, patient="1", state="open", practice="5", opened_at=AT, closed_at=LATER,
        participants=(
            Participant(LEAD, "gp", "2", "", "5", "", AT, LATER),
            Participant("carer", "", "", SAID, "", SAID, DAY, LATER_DAY),
        ),
    ),
    PLAN,
    GOAL,
    TASK,
    replace(TASK, owner="", team="1", team_name=SAID, requester="", requester_organisation="8"),
    FLAG,
    replace(FLAG, ended_on=DAY, state="inactive"),
    CONSENT,
    replace(CONSENT, state="withdrawn", in_force=False),
    ENCOUNTER,
    replace(ENCOUNTER, provider=""),
    ANSWERS,
    PROVENANCE,
    AUDIT,
    replace(AUDIT, user="", name="A program", organisation="8"),
    DOCUMENT,
    BinaryRecord(
        id="12-pdf", updated_at=AT, version="3f", content_type="application/pdf", document="12-pdf", data="JVBERi0=",
    ),
    CommunicationRecord(
        id="2", updated_at=AT, patient="1", case_id="7", sender="8", sender_system="urn:p", sender_ref="P-1", words=SAID, sent_at=AT,
        for_staff="31", received_at=LATER,
    ),
)  # fmt: skip
"""Each resource at its fullest, and the ways in which one element stands for another."""
