"""Lists of cases, and what a case is made to be: on hold, resumed, closed, its primary need."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from caseload.actions.cases import close_case, hold_case, resume_case, set_need_case
from caseload.domain.case_filters import case_filters, unallocated_filters
from caseload.domain.case_rules import ClosingReason, why_not_moved
from caseload.domain.filters import Chosen, read_chosen
from caseload.domain.permissions import Permission
from caseload.domain.words import CaseState, PrimaryNeed
from caseload.exceptions import NotNow
from caseload.forms.cases import CloseForm, HoldForm, NeedForm, ResumeForm
from caseload.forms.form import Form
from caseload.forms.review import row_id
from caseload.pages.request import looked_at, moment, perform, requires, shown_version, today, viewer
from caseload.presenters.banner import banner_of
from caseload.presenters.case_rows import case_words
from caseload.presenters.score_age import ScoreAge, score_age
from caseload.queries.case_facts import CaseFacts, case_facts
from caseload.queries.cases import CaseList, Choices, case_page, choices
from caseload.queries.risk_runs import RunShown, newest_run
from caseload.queries.saved_views import saved_views
from caseload.queries.visible import EMERGENCY_ONLY
from caseload.web import this_app

pages = Blueprint("cases", __name__)

CASES, UNALLOCATED = "cases", "unallocated"
"""The two lists, by the names that their saved views carry."""


@pages.get("/cases")
@requires(Permission.SEE_CASES)
def show() -> ResponseReturnValue:
    """The cases the viewer may open."""
    return _list(CASES)


@pages.get("/cases/unallocated")
@requires(Permission.SEE_CASES)
def unallocated() -> ResponseReturnValue:
    """Those that have no accountable lead, with the days they wait and why."""
    return _list(UNALLOCATED)


@pages.get("/cases/<int:case_id>/hold")
@requires(Permission.WORK_CASE)
def hold(case_id: int) -> ResponseReturnValue:
    """Ask why a case is put on hold."""
    return _page("cases/hold.html", HoldForm(), _case(case_id, CaseState.ON_HOLD))


@pages.post("/cases/<int:case_id>/hold")
@requires(Permission.WORK_CASE)
def put_on_hold(case_id: int) -> ResponseReturnValue:
    """Put a case on hold."""
    form = HoldForm()
    if not form.validate():
        return _page("cases/hold.html", form, _case(case_id)), 422
    case = _case(case_id)
    perform(hold_case, case_id=case_id, row_version=shown_version(), note=form.note.data)
    return _done("The case is on hold. Its lead stays accountable.", case)


@pages.get("/cases/<int:case_id>/resume")
@requires(Permission.WORK_CASE)
def resume(case_id: int) -> ResponseReturnValue:
    """Ask what changed."""
    return _page("cases/resume.html", ResumeForm(), _case(case_id, CaseState.OPEN))


@pages.post("/cases/<int:case_id>/resume")
@requires(Permission.WORK_CASE)
def take_off_hold(case_id: int) -> ResponseReturnValue:
    """Take a case off hold."""
    form = ResumeForm()
    if not form.validate():
        return _page("cases/resume.html", form, _case(case_id)), 422
    case = _case(case_id)
    perform(resume_case, case_id=case_id, row_version=shown_version(), note=form.note.data or "")
    return _done("The case is open again.", case)


@pages.get("/cases/<int:case_id>/close")
@requires(Permission.WORK_CASE)
def close(case_id: int) -> ResponseReturnValue:
    """Ask why care coordination ends."""
    return _page("cases/close.html", CloseForm(), _case(case_id, CaseState.CLOSED))


@pages.post("/cases/<int:case_id>/close")
@requires(Permission.WORK_CASE)
def end(case_id: int) -> ResponseReturnValue:
    """End care coordination. Whoever saw the person through the case alone does not see them any more."""
    form = CloseForm()
    if not form.validate():
        return _page("cases/close.html", form, _case(case_id)), 422
    reason = ClosingReason(form.reason.data)
    perform(close_case, case_id=case_id, row_version=shown_version(), reason=reason, note=form.note.data or "")
    flash("The case is closed. Its lead, its care team and its open tasks ended with it.", "success")
    return redirect(url_for(".show"))


@pages.get("/cases/<int:case_id>/need")
@requires(Permission.WORK_CASE)
def need(case_id: int) -> ResponseReturnValue:
    """Ask what the primary health need is."""
    case = _case(case_id)
    if case.state is CaseState.CLOSED:
        raise NotNow("This case is closed.")
    return _page("cases/need.html", NeedForm(need=case.need), case)


@pages.post("/cases/<int:case_id>/need")
@requires(Permission.WORK_CASE)
def set_need(case_id: int) -> ResponseReturnValue:
    """Say what the primary health need is; the next step is the lead it proposes."""
    form = NeedForm()
    if not form.validate():
        return _page("cases/need.html", form, _case(case_id)), 422
    perform(set_need_case, case_id=case_id, row_version=shown_version(), need=PrimaryNeed(form.need.data))
    flash("The primary need is recorded.", "success")
    return redirect(url_for("lead.show", case_id=case_id))


def _case(case_id: int, to: CaseState | None = None) -> CaseFacts:
    """The case; NotNow where it cannot become what the form is for, or break-glass alone opens it."""
    with this_app().store.reading() as session:
        case = case_facts(session, viewer(), moment(), case_id)
    if not case.lasting:
        raise NotNow(EMERGENCY_ONLY)
    refusal = why_not_moved(case.state, to) if to else None
    if refusal:
        raise NotNow(refusal)
    return case


def _page(template: str, form: Form, case: CaseFacts) -> str:
    looked_at([case.person.person_id])
    version = shown_version() if form.is_submitted() else case.row_version
    return render_template(template, form=form, case=case, banner=banner_of(case.person, today()), row_version=version)


def _done(words: str, case: CaseFacts) -> ResponseReturnValue:
    flash(words, "success")
    return redirect(url_for("people.show", person_id=case.person.person_id))


def _list(which: str) -> str:
    """One of the two lists as its address says."""
    with this_app().store.reading() as session:
        run = newest_run(session, moment())
        age = _score_age(run)
        chosen = _chosen(which, choices(session, viewer()), age)
        wanted = CaseList(
            run if age.shown else None, chosen, _after(), this_app().settings.page_rows, which == UNALLOCATED
        )
        page = case_page(session, viewer(), moment(), wanted)
        views = saved_views(session, viewer(), which)
    looked_at(row.person_id for row in page.rows)
    may_see = viewer().may(Permission.SEE_SCORE)
    return render_template(
        f"cases/{which}.html", rows=[case_words(row, today(), may_see_score=may_see) for row in page.rows],
        total=page.total, age=age, chosen=chosen, views=views, url=_address(which), which=which,
        **_addresses(which, chosen, page.next_after),
    )  # fmt: skip


def _chosen(which: str, lists: Choices, age: ScoreAge) -> Chosen:
    if which == UNALLOCATED:
        filters = unallocated_filters(lists.places, scored=age.shown)
    else:
        filters = case_filters(lists.leads, lists.places, scored=age.shown)
    return read_chosen(filters, request.args.items(multi=True))


def _addresses(which: str, chosen: Chosen, next_after: int | None) -> dict[str, Any]:
    """Where the list's links lead: all of them keep its filters."""
    return {
        "after": _after(),
        "next_url": _address(which, chosen.query, next_after) if next_after else None,
        "first_url": _address(which, chosen.query),
        "clear_url": _address(which, chosen.only_order().query),
        "chips": [(words, _address(which, query)) for words, query in chosen.chips()],
    }


def _address(which: str, filters: str = "", after: int | None = None) -> str:
    parts = [part for part in (filters, f"after={after}" if after else "") if part]
    path = url_for(".unallocated" if which == UNALLOCATED else ".show")
    return f"{path}?{'&'.join(parts)}" if parts else path


def _after() -> int | None:
    """The case the page begins after; none where the address says nothing that could be one."""
    try:
        return row_id(request.args["after"])
    except (KeyError, ValueError):
        return None


def _score_age(run: RunShown | None) -> ScoreAge:
    may_see = viewer().may(Permission.SEE_SCORE)
    return score_age(run.index_date if run else None, today(), this_app().settings, may_see=may_see)
