"""One row of everything about a person that came from a hospital or a partner, or goes out: for what moves all of it."""

from caseload.domain.border_words import FlagCategory, FlagState, MessageState, PatientClass, StayState
from caseload.tables import CareFlag, HospitalEvent, HospitalMessage, HospitalStay, PartnerMessage, PersonIdentifier
from tests.support.case_app import NOW


def at_the_borders(session, person, case_id, user):
    """What came from a hospital and a partner, and a flag, of which the change feed tells by itself."""
    message = HospitalMessage(
        feed="royal", received_at=NOW, raw=b"MSH", sha256="0" * 64, state=MessageState.APPLIED, person_id=person
    )
    session.add(message)
    session.flush()
    of_visit = {"person_id": person, "feed": "royal", "visit_ref": "V1"}
    session.add_all(
        [
            HospitalEvent(message_id=message.id, trigger="A01", at=NOW, content={}, **of_visit),
            HospitalStay(state=StayState.IN_PROGRESS, patient_class=PatientClass.INPATIENT, updated_at=NOW, **of_visit),
            PersonIdentifier(person_id=person, feed="royal", authority="RYX", kind="MR", value="A1", from_at=NOW),
            PartnerMessage(person_id=person, case_id=case_id, words="He is home.", sent_at=NOW, at=NOW, by=user),
            CareFlag(
                person_id=person, case_id=case_id, category=FlagCategory.CARE_PLAN, code="care_plan", said="Has a plan.",
                ring_name="Team", ring_phone="01632 960000", ring_when="Always", starts_on=NOW.date(),
                review_on=NOW.date(), state=FlagState.ACTIVE, set_at=NOW, set_by=user, changed_at=NOW,
            ),
        ]
    )  # fmt: skip
