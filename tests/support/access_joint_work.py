"""What is worked on together about somebody of `tests.support.access_place`, by what it is called in addresses."""

from caseload.tables import Cohort, CohortMember, Encounter


def a_cohort(place, where):
    """A cohort of a place, with nobody in it yet."""
    return place._add(
        Cohort, name="A cohort", place_id=place.places[where], run_id=place.run, size=25, rule={}, row_version=1,
        begun_on=place.now.date(), created_at=place.now, created_by=place.other,
    )  # fmt: skip


def joint_work(place, one, past):
    """The person is in the cohort of the borough, and in hospital."""
    return {
        "cohort_member_id": place._add(
            CohortMember, cohort_id=place.cohort, person_id=one.ids["person_id"], rank=one.number,
            board_column="to_contact", moved_at=past, moved_by=place.other, row_version=1,
        ),
        "encounter_id": place._add(
            Encounter, person_id=one.ids["person_id"], source="made up", source_ref=str(one.number),
            kind="emergency_admission", started_on=past.date(),
        ),
    }  # fmt: skip
