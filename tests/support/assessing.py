"""Assessments on their way in the made-up place, made by the actions."""

from datetime import date, timedelta

from caseload.actions.assessment_sections import complete_section, save_section
from caseload.actions.assessments import complete_assessment, start_assessment
from caseload.actions.measures import record_measures
from caseload.domain.plan_words import Discipline, MeasureKind
from caseload.domain.questionnaires import QuestionKind
from caseload.domain.words import PrimaryNeed
from caseload.questionnaires import read_questionnaires
from caseload.tables import Assessment, AssessmentSection
from tests.support.case_app import NOW

OUTCOME = {
    "need": PrimaryNeed.NURSING,
    "needs": "A nurse for the dressing",
    "risks": "Falls at night",
    "review_on": date(2027, 1, 5),
}
"""What an assessment comes to, as its form would say."""


def answers_to(discipline, **given):
    """An answer to every question of a discipline: the first choice, 1, or some words; `given` says it instead."""
    return {
        question.key: given.get(question.key) or _first(question)
        for question in read_questionnaires().newest(Discipline(discipline)).questions
    }


def _first(question):
    if question.answers:
        return question.answers[0].code
    return "1" if question.kind is QuestionKind.NUMBER else "Some words"


def act(store, town, action, username, now=NOW, **arguments):
    """Carry out an action as a user."""
    with store.writing() as session:
        return action(session, by=town.viewer(session, username, now), now=now, **arguments)


def started(store, town, case_id, username="ash.gp", now=NOW):
    """The id of an assessment of a case."""
    return act(store, town, start_assessment, username, now, case_id=case_id)


def written(store, town, assessment_id, discipline, username, now=NOW, *, complete=True, seen=0, **given):
    """The id of a section, written as a user; complete unless said."""
    action = complete_section if complete else save_section
    return act(
        store, town, action, username, now, assessment_id=assessment_id, discipline=Discipline(discipline),
        row_version=seen, answers=answers_to(discipline, **given),
    )  # fmt: skip


def section_row(store, section_id):
    """The section as the database has it."""
    with store.reading() as session:
        found = session.get_one(AssessmentSection, section_id)
        session.expunge_all()
        return found


def assessment_row(store, assessment_id):
    """The assessment as the database has it."""
    with store.reading() as session:
        found = session.get_one(Assessment, assessment_id)
        session.expunge_all()
        return found


def assess_at_work(work):
    """Assessments of the place at work: one under way, one completed before it that was not joint, one ready to complete.

    person 1: completed without the council, then another: health complete, social care and therapy being written.
    person 6: health and social care both written by the practice.
    """
    store, town = work.store, work.town
    ago = [NOW - timedelta(days=days) for days in (15, 14, 2, 1)]
    over = started(store, town, work.cases[1], "ash.gp", ago[0])
    written(
        store, town, over, "mental_health", "ash.gp", ago[0], mental_health_support="Her sister rings every evening."
    )
    act(
        store, town, complete_assessment, "ash.gp", ago[1], assessment_id=over, row_version=1,
        need=PrimaryNeed.MEDICAL, needs="Help with the stairs.\nSomebody to talk to.", risks="A fall on the stairs.",
        review_on=date(2026, 12, 1), why_not_joint="She did not want the council told yet.",
    )  # fmt: skip
    current = started(store, town, work.cases[1], "ash.gp", ago[2])
    written(store, town, current, "health", "ash.gp", ago[2], what_matters="To stay in her own home.", falls="2")
    act(
        store, town, save_section, "navigator", ago[3], assessment_id=current, discipline=Discipline.SOCIAL_CARE,
        row_version=0, answers={"daily_living": "Bath and stairs.\nCooks for herself."},
    )  # fmt: skip
    ready = started(store, town, work.cases[6], "birch.gp", ago[2])
    for discipline in ("health", "social_care"):
        written(store, town, ready, discipline, "birch.gp", ago[3])
    work.ids.update(assessment=current, assessment_over=over, assessment_ready=ready)
    for days, activation, loneliness in ((200, 1, 5), (120, 2, 4), (15, 3, 2)):
        said = {MeasureKind.ACTIVATION: activation, MeasureKind.LONELINESS: loneliness, MeasureKind.INVOLVED: 3}
        on = (NOW - timedelta(days=days)).date()
        act(store, town, record_measures, "ash.gp", ago[0], person_id=town.people[1], measured_on=on, values=said)
