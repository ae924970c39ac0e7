"""Passing a case to another lead."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from caseload.actions.handovers import (
    accept_handover,
    accept_several,
    reject_handover,
    request_handover,
    revoke_handover,
)
from caseload.domain.permissions import Permission
from caseload.forms.handovers import ACCEPT, AcceptSeveralForm, AnswerForm, RequestForm, RevokeForm
from caseload.pages.request import looked_at, moment, perform, requires, shown_version, today, viewer
from caseload.presenters.banner import banner_of
from caseload.presenters.candidates import comparison, title_of, workload
from caseload.presenters.writing import counted
from caseload.queries.handovers import (
    HandoverLists,
    HandoverPage,
    RequestPage,
    handover_lists,
    handover_page,
    request_page,
)
from caseload.web import this_app

pages = Blueprint("handovers", __name__)

SHOWN_AT_FIRST = 8
"""How many receivers are compared before somebody asks for everyone."""


@pages.get("/cases/<int:case_id>/handover")
@requires(Permission.HAND_OVER)
def ask(case_id: int) -> ResponseReturnValue:
    """The form that asks somebody to take over."""
    found = _read_request(case_id)
    return _request_page(found, _request_form(found, fresh=True))


@pages.post("/cases/<int:case_id>/handover")
@requires(Permission.HAND_OVER)
def send(case_id: int) -> ResponseReturnValue:
    """Ask somebody to take over."""
    found = _read_request(case_id)
    form = _request_form(found)
    if found.candidates and not form.validate_on_submit():
        return _request_page(found, form), 422
    perform(
        request_handover, case_id=case_id, row_version=shown_version(), to_user_id=_chosen(form),
        reason=form.reason.data or "", summary=form.summary.data or "",
        handover_days=this_app().settings.handover_days,
    )  # fmt: skip
    flash("The handover was asked for. The lead stays accountable until it is accepted.", "success")
    return redirect(url_for("lead.show", case_id=case_id), 303)


@pages.get("/handovers")
@requires(Permission.HAND_OVER)
def show() -> ResponseReturnValue:
    """What waits for the viewer's answer, what they asked for, what ended lately."""
    return _lists_page(_lists(), AcceptSeveralForm(formdata=None))


@pages.post("/handovers")
@requires(Permission.HAND_OVER)
def take_several() -> ResponseReturnValue:
    """Take over the cases that were ticked."""
    form = AcceptSeveralForm()
    form.handover_ids.choices = []  # the action says which of them can be taken over
    if not form.validate_on_submit():
        return _lists_page(_lists(), form), 422
    taken = perform(
        accept_several, handover_ids=sorted(set(form.handover_ids.data)), tell_days=this_app().settings.tell_lead_days
    )
    flash(f"You took over {counted(len(taken), 'case')}. You are accountable for them from now on.", "success")
    return redirect(url_for("handovers.show"), 303)


@pages.get("/handovers/<int:handover_id>")
@requires(Permission.HAND_OVER)
def show_one(handover_id: int) -> ResponseReturnValue:
    """One request, with the forms to answer it or take it back."""
    return _handover_page(_read(handover_id), AnswerForm(formdata=None), RevokeForm(formdata=None))


@pages.post("/handovers/<int:handover_id>")
@requires(Permission.HAND_OVER)
def answer(handover_id: int) -> ResponseReturnValue:
    """Take over, or say why not."""
    form = AnswerForm()
    if not form.validate_on_submit():
        return _handover_page(_read(handover_id), form, RevokeForm(formdata=None)), 422
    if form.decision.data == ACCEPT:
        settings = this_app().settings
        perform(
            accept_handover, handover_id=handover_id, row_version=shown_version(), tell_days=settings.tell_lead_days
        )
        flash("You are the accountable lead now.", "success")
    else:
        perform(reject_handover, handover_id=handover_id, row_version=shown_version(), note=form.note.data)
        flash("You have not taken over. The lead stays accountable.", "success")
    return redirect(url_for("handovers.show"), 303)


@pages.post("/handovers/<int:handover_id>/revoke")
@requires(Permission.HAND_OVER)
def revoke(handover_id: int) -> ResponseReturnValue:
    """Take a request back."""
    form = RevokeForm()
    if not form.validate_on_submit():
        return _handover_page(_read(handover_id), AnswerForm(formdata=None), form), 422
    perform(revoke_handover, handover_id=handover_id, row_version=shown_version(), note=form.revoke_note.data or "")
    flash("The request was taken back. The lead stays accountable.", "success")
    return redirect(url_for("handovers.show"), 303)


def _read(handover_id: int) -> HandoverPage:
    with this_app().store.reading() as session:
        return handover_page(session, viewer(), moment(), handover_id)


def _read_request(case_id: int) -> RequestPage:
    with this_app().store.reading() as session:
        return request_page(session, viewer(), moment(), case_id)


def _lists() -> HandoverLists:
    with this_app().store.reading() as session:
        return handover_lists(session, viewer(), moment(), this_app().settings.page_rows)


def _lists_page(lists: HandoverLists, form: AcceptSeveralForm) -> str:
    looked_at(row.person_id for rows in (lists.to_answer, lists.asked, lists.ended) for row in rows)
    return render_template("handovers/list.html", lists=lists, form=form, ticked=form.handover_ids.data or [])


def _handover_page(found: HandoverPage, form: AnswerForm, revoking: RevokeForm) -> str:
    looked_at([found.case.person_id])
    receiver = found.receiver_now
    return render_template(
        "handovers/handover.html",
        page=found,
        banner=banner_of(found.case.person, today()),
        form=revoking if revoking.errors else form,
        answering=form,
        revoking=revoking,
        workload=None if receiver is None else workload(receiver),
    )


def _request_page(found: RequestPage, form: RequestForm) -> str:
    looked_at([found.case.person_id])
    return render_template(
        "handovers/request.html", page=found, banner=banner_of(found.case.person, today()), form=form,
        days=this_app().settings.handover_days,
    )  # fmt: skip


def _request_form(found: RequestPage, *, fresh: bool = False) -> RequestForm:
    offered = frozenset(str(one.user_id) for one in found.candidates)
    form = RequestForm(formdata=None, offered=offered) if fresh else RequestForm(offered=offered)
    first = found.candidates if "everyone" in request.args else found.candidates[:SHOWN_AT_FIRST]
    chosen = [one for one in found.candidates if str(one.user_id) == form.to_user_id.data and one not in first]
    form.to_user_id.choices = [
        (str(one.user_id), (title_of(one), comparison(one, today()))) for one in (*first, *chosen)
    ]
    return form


def _chosen(form: RequestForm) -> int:
    """The receiver chosen; where the page offered nobody, the action says why."""
    return int(form.to_user_id.data) if (form.to_user_id.data or "").isdecimal() else 0
