"""An assessment of everybody's case in the place of `tests.support.access_place`, with one section that is complete."""

from caseload.tables import Assessment, AssessmentAnswers, AssessmentSection


def add_assessment(place, one, past):
    """Keep its rows for writing; its id is what addresses call it by."""
    one.ids["assessment_id"] = place._add(
        Assessment, case_id=one.ids["case_id"], questionnaires="2026.1", state="open", started_at=past,
        started_by=place.other, row_version=1,
    )  # fmt: skip
    section_id = place._add(
        AssessmentSection, assessment_id=one.ids["assessment_id"], discipline="health", state="complete",
        questionnaire="health.1", answers={"falls": "2"}, author_id=place.other,
        organisation_id=place.places["health"], completed_at=past, completed_by=place.other, row_version=1,
    )  # fmt: skip
    place._add(AssessmentAnswers, section_id=section_id, answers={"falls": "2"}, at=past, by=place.other)
