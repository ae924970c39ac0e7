"""One section of an assessment: what is known beside what is asked, saved as often as wanted, several people at once."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from caseload.actions.assessment_sections import NOT_BEGUN, complete_section, reopen_section, save_section
from caseload.domain.permissions import Permission
from caseload.domain.plan_words import AssessmentState, Discipline, SectionState
from caseload.domain.questionnaires import Questionnaire
from caseload.exceptions import Conflict, NotThere
from caseload.forms.assessments import COMPLETE, SectionForm, answer_name, section_form, still_name
from caseload.pages.request import looked_at, moment, perform, requires, shown_version, today, viewer
from caseload.presenters.assessments import answer_lines, earlier_lines
from caseload.presenters.banner import banner_of
from caseload.presenters.known import known_lines
from caseload.presenters.words import words_of
from caseload.queries.assessments import (
    AssessedCase,
    AssessmentRow,
    SectionRow,
    assessment_of,
    sections_of_person,
)
from caseload.queries.known import EarlierAnswer, Known, earlier_answers, known_about
from caseload.questionnaires import read_questionnaires
from caseload.sign_in.drafts import keep_draft
from caseload.web import this_app

pages = Blueprint("assessment_sections", __name__)


@dataclass(frozen=True)
class _Found:
    """A section as it is now (None where nobody has begun it), with its assessment and what is known beside it."""

    case: AssessedCase
    row: AssessmentRow
    discipline: Discipline
    section: SectionRow | None
    earlier: dict[str, EarlierAnswer]
    known: Known

    @property
    def version(self) -> int:
        """What the form says it was shown."""
        return self.section.row_version if self.section else NOT_BEGUN

    @property
    def questionnaire(self) -> Questionnaire | None:
        """What it asks: the newest, or the one it was begun with; None where that one is not configured any more."""
        every = read_questionnaires()
        return every.of(self.section.questionnaire) if self.section else every.newest(self.discipline)

    @property
    def to_write(self) -> bool:
        """Whether the form is shown."""
        draft = self.section is None or self.section.state is SectionState.DRAFT
        return draft and self.may_change and self.questionnaire is not None

    @property
    def may_change(self) -> bool:
        """Whether anything can be done with it any more."""
        return self.row.state is AssessmentState.OPEN and self.case.goes_on


@pages.get("/assessments/<int:assessment_id>/sections/<discipline>")
@requires(Permission.ASSESS)
def show(assessment_id: int, discipline: str) -> ResponseReturnValue:
    """The section to write in; to read, where it is complete or the assessment has ended."""
    found = _read(assessment_id, discipline)
    asked = found.questionnaire
    if not found.to_write or asked is None:
        return _reading(found)
    kept = {answer_name(key): answer for key, answer in (found.section.answers if found.section else {}).items()}
    return _writing(found, _form(found, asked, fresh=kept), found.version)


@pages.post("/assessments/<int:assessment_id>/sections/<discipline>")
@requires(Permission.ASSESS)
def save(assessment_id: int, discipline: str) -> ResponseReturnValue:
    """Keep what was written, or finish the section with it; where somebody else was first, show theirs beside it."""
    found = _read(assessment_id, discipline)
    asked = found.questionnaire
    if asked is None:
        return _reading(found), 422
    completing = request.form.get("then") == COMPLETE
    form = _form(found, asked, completing=completing)
    if not form.validate():
        return _writing(found, form, shown_version()), 422
    try:
        _carry_out(found, form, completing=completing)
    except Conflict as conflict:
        keep_draft()
        return _beside(_read(assessment_id, discipline), form, conflict), 409
    name = words_of(found.discipline)
    flash(f"{name}: the section is complete." if completing else f"{name}: saved.", "success")
    return redirect(url_for("assessments.show", assessment_id=assessment_id), 303)


@pages.post("/assessments/<int:assessment_id>/sections/<discipline>/reopen")
@requires(Permission.ASSESS)
def reopen(assessment_id: int, discipline: str) -> ResponseReturnValue:
    """Let a complete section be written again."""
    perform(
        reopen_section, assessment_id=assessment_id, discipline=_discipline(discipline), row_version=shown_version()
    )
    flash("The section can be written again. Until it is complete it does not count for a joint assessment.", "success")
    return redirect(url_for(".show", assessment_id=assessment_id, discipline=discipline), 303)


def _carry_out(found: _Found, form: SectionForm, *, completing: bool) -> None:
    given = {
        "assessment_id": found.row.assessment_id,
        "discipline": found.discipline,
        "row_version": shown_version(),
        "answers": form.answers,
    }
    if completing:
        perform(complete_section, **given)
    else:
        perform(save_section, **given)


def _discipline(word: str) -> Discipline:
    if word not in set(Discipline):
        raise NotThere
    return Discipline(word)


def _read(assessment_id: int, word: str) -> _Found:
    discipline = _discipline(word)
    with this_app().store.reading() as session:
        who, now = viewer(), moment()
        case, row = assessment_of(session, who, now, assessment_id)
        every = sections_of_person(session, who, now, case.person.person_id)
        known = known_about(session, who, now, case.person.person_id)
    here = (one for one in every if one.assessment_id == assessment_id and one.discipline is discipline)
    section = next(here, None)
    earlier = earlier_answers(every, section.section_id if section else None)
    return _Found(case, row, discipline, section, earlier, known)


def _form(
    found: _Found, asked: Questionnaire, *, fresh: dict[str, str] | None = None, completing: bool = False
) -> SectionForm:
    """The form as it was sent; with `fresh`, as the page begins it."""
    form = section_form(asked, earlier_lines(found.earlier, read_questionnaires()))
    return form(completing=completing) if fresh is None else form(data=fresh)


def _writing(
    found: _Found,
    form: SectionForm,
    version: int,
    *,
    conflict: Conflict | None = None,
    theirs: dict[str, str] | None = None,
) -> str:
    earlier = earlier_lines(found.earlier, read_questionnaires())
    form.keep_ticks(earlier)
    return _page(
        "assessments/section.html", found, form=form, row_version=version, conflict=conflict, theirs=theirs or {},
        earlier=earlier, answer_name=answer_name, still_name=still_name, complete=COMPLETE,
    )  # fmt: skip


def _beside(found: _Found, form: SectionForm, conflict: Conflict) -> str:
    """What was typed, to be saved over theirs: beside it where the two differ, filled in where nothing was typed."""
    now = found.section.answers if found.section else {}
    form.fill_gaps(now)
    return _writing(found, form, found.version, conflict=conflict, theirs=form.others_words(now))


def _reading(found: _Found) -> str:
    lines = answer_lines(found.section, read_questionnaires()) if found.section else []
    return _page("assessments/section_read.html", found, lines=lines, configured=found.questionnaire is not None)


def _page(template: str, found: _Found, **parts: object) -> str:
    looked_at([found.case.person.person_id])
    return render_template(
        template, banner=banner_of(found.case.person, today()), row=found.row, section=found.section,
        name=words_of(found.discipline), discipline=found.discipline.value, may_change=found.may_change,
        known=known_lines(found.case, found.known, today(), this_app().settings), **parts,
    )  # fmt: skip
