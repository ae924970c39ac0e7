"""The joint assessment of a case: its overview, its start, capacity, its outcome, and giving it up."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from caseload.actions.assessments import (
    abandon_assessment,
    complete_assessment,
    record_capacity,
    start_assessment,
)
from caseload.domain.assessment_rules import why_not_moved, why_not_written
from caseload.domain.permissions import Permission
from caseload.domain.plan_words import AssessmentState, Capacity, Discipline
from caseload.domain.words import CaseState, PrimaryNeed
from caseload.exceptions import NotNow
from caseload.forms.assessments import AbandonForm, CapacityForm, OutcomeForm
from caseload.forms.form import Form
from caseload.pages.request import looked_at, moment, perform, requires, shown_version, today, viewer
from caseload.presenters.assessments import answer_lines, joint_line, section_lines
from caseload.presenters.banner import banner_of
from caseload.presenters.consent import purpose_lines
from caseload.presenters.words import words_of
from caseload.queries.assessments import (
    AssessedCase,
    AssessmentRow,
    SectionRow,
    assessed_case,
    assessment_of,
    assessments_of_case,
    sections_of_person,
)
from caseload.queries.consent import consents_in_force
from caseload.queries.visible import EMERGENCY_ONLY
from caseload.questionnaires import read_questionnaires
from caseload.web import this_app

pages = Blueprint("assessments", __name__)


@dataclass(frozen=True)
class _Found:
    """One assessment with its case and its sections."""

    case: AssessedCase
    row: AssessmentRow
    sections: list[SectionRow]


@pages.get("/cases/<int:case_id>/assessment")
@requires(Permission.ASSESS)
def of_case(case_id: int) -> ResponseReturnValue:
    """The assessment under way; where there is none, the ones before it and a button that starts the next."""
    with this_app().store.reading() as session:
        case = assessed_case(session, viewer(), moment(), case_id)
        return _overview(session, case, None)


@pages.post("/cases/<int:case_id>/assessment")
@requires(Permission.ASSESS)
def start(case_id: int) -> ResponseReturnValue:
    """Begin to assess."""
    assessment_id = perform(start_assessment, case_id=case_id)
    flash("The assessment is under way. Everybody who works with the person can write their section.", "success")
    return redirect(url_for(".show", assessment_id=assessment_id), 303)


@pages.get("/assessments/<int:assessment_id>")
@requires(Permission.ASSESS)
def show(assessment_id: int) -> ResponseReturnValue:
    """One assessment: joint or not and why, its sections, consent, capacity, its outcome."""
    with this_app().store.reading() as session:
        case, row = assessment_of(session, viewer(), moment(), assessment_id)
        return _overview(session, case, row)


@pages.get("/assessments/<int:assessment_id>/capacity")
@requires(Permission.ASSESS)
def capacity(assessment_id: int) -> ResponseReturnValue:
    """Ask whether the person can decide about this."""
    found = _to_write(assessment_id)
    said = found.row.capacity.value if found.row.capacity else None
    return _page("assessments/capacity.html", CapacityForm(capacity=said, note=found.row.capacity_note), found)


@pages.post("/assessments/<int:assessment_id>/capacity")
@requires(Permission.ASSESS)
def say_capacity(assessment_id: int) -> ResponseReturnValue:
    """Record whether the person can decide about this."""
    form = CapacityForm()
    if not form.validate():
        return _page("assessments/capacity.html", form, _to_write(assessment_id)), 422
    perform(
        record_capacity, assessment_id=assessment_id, row_version=shown_version(),
        capacity=Capacity(form.capacity.data), note=(form.note.data or "").strip(),
    )  # fmt: skip
    flash("Capacity is recorded.", "success")
    return redirect(url_for(".show", assessment_id=assessment_id), 303)


@pages.get("/assessments/<int:assessment_id>/outcome")
@requires(Permission.ASSESS)
def outcome(assessment_id: int) -> ResponseReturnValue:
    """Ask what the assessment comes to."""
    found = _to_write(assessment_id)
    need = found.case.need.value if found.case.need else None
    return _page("assessments/outcome.html", OutcomeForm(joint=_joint(found), need=need), found)


@pages.post("/assessments/<int:assessment_id>/outcome")
@requires(Permission.ASSESS)
def complete(assessment_id: int) -> ResponseReturnValue:
    """Complete the assessment; the next step is the lead its need proposes."""
    found = _read(assessment_id)
    form = OutcomeForm(joint=_joint(found))
    if not form.validate():
        return _page("assessments/outcome.html", form, _to_write(assessment_id)), 422
    case_id = perform(
        complete_assessment, assessment_id=assessment_id, row_version=shown_version(),
        need=PrimaryNeed(form.need.data), needs=form.needs.data.strip(), risks=form.risks.data.strip(),
        review_on=form.review_on.data, why_not_joint=form.why,
    )  # fmt: skip
    flash("The assessment is completed. The lead rule was asked again with the primary need.", "success")
    return redirect(url_for("lead.show", case_id=case_id), 303)


@pages.get("/assessments/<int:assessment_id>/abandon")
@requires(Permission.ASSESS)
def abandon(assessment_id: int) -> ResponseReturnValue:
    """Ask why it ends without an outcome."""
    return _page("assessments/abandon.html", AbandonForm(), _to_end(assessment_id))


@pages.post("/assessments/<int:assessment_id>/abandon")
@requires(Permission.ASSESS)
def give_up(assessment_id: int) -> ResponseReturnValue:
    """End it without an outcome."""
    form = AbandonForm()
    if not form.validate():
        return _page("assessments/abandon.html", form, _to_end(assessment_id)), 422
    case_id = perform(
        abandon_assessment, assessment_id=assessment_id, row_version=shown_version(), reason=form.reason.data.strip()
    )
    flash("The assessment is abandoned. What was written in it is kept.", "success")
    return redirect(url_for(".of_case", case_id=case_id), 303)


def _overview(session: Session, case: AssessedCase, row: AssessmentRow | None) -> str:
    """An assessment, or the case's open one where none is asked for; with the others of the case below it."""
    rows = assessments_of_case(session, viewer(), moment(), case.case_id)
    shown = row or next((one for one in rows if one.state is AssessmentState.OPEN), None)
    person_id = case.person.person_id
    every = sections_of_person(session, viewer(), moment(), person_id)
    sections = [one for one in every if shown is not None and one.assessment_id == shown.assessment_id]
    holds = consents_in_force(session, viewer(), moment(), person_id)
    looked_at([person_id])
    others = [one for one in rows if shown is None or one.assessment_id != shown.assessment_id]
    return render_template(
        "assessments/overview.html", banner=banner_of(case.person, today()), case=case, row=shown,
        joint=joint_line(sections, shown.state) if shown else None, sections=section_lines(sections),
        others=[(one, _joint_of(one, every)) for one in others], consents=purpose_lines(holds),
        may_write=shown is not None and shown.state is AssessmentState.OPEN and case.goes_on,
        may_end=shown is not None and shown.state is AssessmentState.OPEN and case.lasting,
        may_start=case.goes_on and all(one.state is not AssessmentState.OPEN for one in rows),
    )  # fmt: skip


def _joint_of(row: AssessmentRow, sections: list[SectionRow]) -> str:
    return joint_line([one for one in sections if one.assessment_id == row.assessment_id], row.state).tag


def _read(assessment_id: int) -> _Found:
    with this_app().store.reading() as session:
        case, row = assessment_of(session, viewer(), moment(), assessment_id)
        every = sections_of_person(session, viewer(), moment(), case.person.person_id)
    sections = [one for one in every if one.assessment_id == assessment_id]
    return _Found(case, row, sorted(sections, key=lambda one: list(Discipline).index(one.discipline)))


def _read_lasting(assessment_id: int) -> _Found:
    """The assessment; NotNow where break-glass alone opens it."""
    found = _read(assessment_id)
    if not found.case.lasting:
        raise NotNow(EMERGENCY_ONLY)
    return found


def _to_write(assessment_id: int) -> _Found:
    """The assessment; NotNow where nothing can be written in it any more."""
    found = _read_lasting(assessment_id)
    refusal = why_not_written(found.row.state)
    if refusal or found.case.state is CaseState.CLOSED:
        raise NotNow(refusal or "This case is closed.")
    return found


def _to_end(assessment_id: int) -> _Found:
    found = _read_lasting(assessment_id)
    refusal = why_not_moved(found.row.state, AssessmentState.ABANDONED)
    if refusal:
        raise NotNow(refusal)
    return found


def _joint(found: _Found) -> bool:
    return joint_line(found.sections, found.row.state).joint


def _page(template: str, form: Form, found: _Found) -> str:
    looked_at([found.case.person.person_id])
    questionnaires = read_questionnaires()
    return render_template(
        template, form=form, banner=banner_of(found.case.person, today()), row=found.row,
        joint=joint_line(found.sections, found.row.state),
        said=[(words_of(one.discipline), answer_lines(one, questionnaires)) for one in found.sections],
        row_version=shown_version() if form.is_submitted() else found.row.row_version,
    )  # fmt: skip
