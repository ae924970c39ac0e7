"""One person before their practice: declined, deferred, or put there by somebody's concern."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from caseload.actions.proposals import raise_concern
from caseload.actions.review import stage
from caseload.domain.permissions import Permission
from caseload.domain.words import Decision
from caseload.forms.review import ConcernForm, DeclineForm, DeferForm
from caseload.pages.request import looked_at, moment, perform, requires, shown_version, today, viewer
from caseload.pages.review_address import age_of, list_address
from caseload.presenters.banner import banner_of
from caseload.presenters.review_rows import RowWords, concern_words, row_words
from caseload.queries.concerns import concerns_about
from caseload.queries.people import PersonFacts, person_facts
from caseload.queries.proposals import ReviewRow, one_row
from caseload.queries.risk_runs import newest_run
from caseload.web import this_app

pages = Blueprint("proposals", __name__)


@pages.get("/review/proposals/<int:proposal_id>/decline")
@requires(Permission.REVIEW_LIST)
def decline(proposal_id: int) -> ResponseReturnValue:
    """Ask why somebody is declined."""
    practice_id, row, person = _proposal(proposal_id)
    mark = row.mark if row.mark and row.mark.decision is Decision.DECLINE else None
    form = DeclineForm(reason=mark and mark.reason_code, note=mark.note if mark else "")
    return _page("review/decline.html", form, practice_id, row, person)


@pages.post("/review/proposals/<int:proposal_id>/decline")
@requires(Permission.REVIEW_LIST)
def mark_declined(proposal_id: int) -> ResponseReturnValue:
    """Mark somebody to be declined."""
    practice_id, row, person = _proposal(proposal_id)
    form = DeclineForm()
    if not form.validate():
        return _page("review/decline.html", form, practice_id, row, person), 422
    perform(
        stage, practice_id=practice_id, proposal_ids=[proposal_id], decision=Decision.DECLINE,
        reason_code=form.reason.data, note=form.note.data or "", seen={proposal_id: shown_version()},
    )  # fmt: skip
    flash("Marked to decline. Nothing is decided until you confirm.", "success")
    return redirect(_back(practice_id, proposal_id))


@pages.get("/review/proposals/<int:proposal_id>/defer")
@requires(Permission.REVIEW_LIST)
def defer(proposal_id: int) -> ResponseReturnValue:
    """Ask until when somebody is deferred."""
    practice_id, row, person = _proposal(proposal_id)
    mark = row.mark if row.mark and row.mark.decision is Decision.DEFER else None
    form = DeferForm(today=today(), until=mark and mark.deferred_until, note=mark.note if mark else "")
    return _page("review/defer.html", form, practice_id, row, person)


@pages.post("/review/proposals/<int:proposal_id>/defer")
@requires(Permission.REVIEW_LIST)
def mark_deferred(proposal_id: int) -> ResponseReturnValue:
    """Mark somebody to be deferred."""
    practice_id, row, person = _proposal(proposal_id)
    form = DeferForm(today=today())
    if not form.validate():
        return _page("review/defer.html", form, practice_id, row, person), 422
    perform(
        stage, practice_id=practice_id, proposal_ids=[proposal_id], decision=Decision.DEFER,
        deferred_until=form.until.data, note=form.note.data or "", seen={proposal_id: shown_version()},
    )  # fmt: skip
    flash("Marked to defer. Nothing is decided until you confirm.", "success")
    return redirect(_back(practice_id, proposal_id))


@pages.get("/people/<int:person_id>/concern")
@requires(Permission.RAISE_CONCERN)
def concern(person_id: int) -> ResponseReturnValue:
    """Ask what somebody saw."""
    return _concern_page(ConcernForm(), person_id)


@pages.post("/people/<int:person_id>/concern")
@requires(Permission.RAISE_CONCERN)
def raise_(person_id: int) -> ResponseReturnValue:
    """Put somebody before their practice by judgement."""
    form = ConcernForm()
    if not form.validate():
        return _concern_page(form, person_id), 422
    perform(raise_concern, person_id=person_id, note=form.note.data)
    flash("The practice has your concern on its list.", "success")
    return redirect(url_for("people.show", person_id=person_id))


def _concern_page(form: ConcernForm, person_id: int) -> str:
    with this_app().store.reading() as session:
        person = person_facts(session, viewer(), moment(), person_id)
        there = concerns_about(session, viewer(), person_id)
    looked_at([person_id])
    return render_template(
        "review/concern.html", form=form, banner=banner_of(person, today()), person_id=person_id,
        shown=[concern_words(one) for one in there.shown], others=there.others,
    )  # fmt: skip


def _proposal(proposal_id: int) -> tuple[int, ReviewRow, PersonFacts]:
    with this_app().store.reading() as session:
        run = newest_run(session, moment())
        shown = run if age_of(run).shown else None
        practice_id, row = one_row(session, viewer(), moment(), proposal_id, shown)
        return practice_id, row, person_facts(session, viewer(), moment(), row.person_id)


def _back(practice_id: int, proposal_id: int) -> str:
    """The list where the viewer left it."""
    with this_app().store.reading() as session:
        return list_address(practice_id, age_of(newest_run(session, moment()))).list(near=proposal_id)


def _page(template: str, form: DeclineForm | DeferForm, practice_id: int, row: ReviewRow, person: PersonFacts) -> str:
    looked_at([row.person_id])
    words: RowWords = row_words(row, today(), viewer().user_id)
    version = shown_version() if form.is_submitted() else (row.mark.version if row.mark else 0)
    return render_template(
        template,
        form=form,
        back=_back(practice_id, row.proposal_id),
        row=words,
        banner=banner_of(person, today()),
        version=version,
    )
