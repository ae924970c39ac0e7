"""A meeting's agenda: built by rule, changed by hand, locked by the chair; and asking that somebody come onto one."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from caseload.actions.agenda import add_to_agenda, lock_agenda, move_item, remove_from_agenda, unlock_agenda
from caseload.actions.agenda_building import build_agenda
from caseload.actions.mdt_requests import request_discussion, take_back_request
from caseload.domain.agenda_changes import UnlockReason
from caseload.domain.meeting_rules import MeetingStep, why_not
from caseload.domain.permissions import Permission
from caseload.exceptions import NotNow, NotThere
from caseload.forms.meetings import AddForm, AddShownForm, AskForm, RemoveForm, UnlockForm
from caseload.forms.review import row_id
from caseload.pages.meetings import meeting_now
from caseload.pages.request import looked_at, moment, perform, requires, shown_version, today, viewer
from caseload.presenters.agenda import agenda_lines, left_out_lines, line_of
from caseload.presenters.banner import banner_of
from caseload.presenters.writing import counted
from caseload.queries.agenda import ItemPage, agenda_page, case_to_add, item_page
from caseload.queries.case_facts import CaseFacts, case_facts
from caseload.queries.meetings import AskingPage, MeetingPage, asking_page
from caseload.web import this_app

pages = Blueprint("agenda", __name__)

NOBODY = "Nobody with this NHS number can be put on the agenda. Check the number, and that they have a case"


@pages.get("/mdt/meetings/<int:meeting_id>")
@requires(Permission.SEE_MDT)
def show(meeting_id: int) -> ResponseReturnValue:
    """The agenda, with what can be done to it."""
    with this_app().store.reading() as session:
        found = agenda_page(session, viewer(), moment(), meeting_id)
    looked_at(found.people)
    return render_template(
        "mdt/agenda.html",
        page=found,
        lines=agenda_lines(found.items, today()),
        did_not_fit=left_out_lines(found.did_not_fit, today()),
        removed=left_out_lines(found.removed, today()),
        step=MeetingStep,
        today=today(),
        now=moment(),
    )


@pages.post("/mdt/meetings/<int:meeting_id>/build")
@requires(Permission.RUN_MDT)
def build(meeting_id: int) -> ResponseReturnValue:
    """Put everybody on the agenda whom the rule wants there."""
    made = perform(build_agenda, meeting_id=meeting_id)
    said = f"The agenda is built: {counted(made['on'], 'person', 'people')}, {made['added']} of them new."
    missing = f" {counted(made['did_not_fit'], 'person', 'people')} did not fit." if made["did_not_fit"] else ""
    flash(said + missing, "success")
    return redirect(url_for("agenda.show", meeting_id=meeting_id), 303)


@pages.get("/mdt/meetings/<int:meeting_id>/add")
@requires(Permission.RUN_MDT)
def adding(meeting_id: int) -> ResponseReturnValue:
    """Who is put on the agenda by hand, and why?"""
    found = meeting_now(meeting_id, MeetingStep.ADD)
    case = _asked_case()
    return _add_page(AddForm(formdata=None) if case is None else AddShownForm(formdata=None), found, case)


@pages.post("/mdt/meetings/<int:meeting_id>/add")
@requires(Permission.RUN_MDT)
def add(meeting_id: int) -> ResponseReturnValue:
    """Put somebody on the agenda."""
    case = _asked_case()
    form = AddForm() if case is None else AddShownForm()
    if not form.validate():
        return _add_page(form, meeting_now(meeting_id), case), 422
    case_id = _typed_case(form) if case is None else case.case_id
    if case_id is None:
        form.nhs_number.errors = [NOBODY]
        return _add_page(form, meeting_now(meeting_id), case), 422
    perform(add_to_agenda, meeting_id=meeting_id, case_id=case_id, why=form.why.data.strip())
    flash("The person is on the agenda, at the end.", "success")
    return redirect(url_for("agenda.show", meeting_id=meeting_id), 303)


@pages.post("/mdt/meetings/<int:meeting_id>/lock")
@requires(Permission.RUN_MDT)
def lock(meeting_id: int) -> ResponseReturnValue:
    """The chair confirms the agenda as they saw it."""
    perform(lock_agenda, meeting_id=meeting_id, row_version=shown_version())
    flash("The agenda is locked. Leads and navigators of everybody on it are told.", "success")
    return redirect(url_for("agenda.show", meeting_id=meeting_id), 303)


@pages.get("/mdt/meetings/<int:meeting_id>/unlock")
@requires(Permission.RUN_MDT)
def unlocking(meeting_id: int) -> ResponseReturnValue:
    """Why is the agenda unlocked?"""
    found = meeting_now(meeting_id, MeetingStep.UNLOCK)
    return _unlock_page(UnlockForm(formdata=None), found, found.meeting.row_version)


@pages.post("/mdt/meetings/<int:meeting_id>/unlock")
@requires(Permission.RUN_MDT)
def unlock(meeting_id: int) -> ResponseReturnValue:
    """The chair opens the agenda again."""
    form = UnlockForm()
    if not form.validate():
        return _unlock_page(form, meeting_now(meeting_id), shown_version()), 422
    reason = UnlockReason(form.reason.data)
    perform(unlock_agenda, meeting_id=meeting_id, row_version=shown_version(), reason=reason)
    flash("The agenda can be changed again. Lock it before the meeting.", "success")
    return redirect(url_for("agenda.show", meeting_id=meeting_id), 303)


@pages.get("/mdt/items/<int:item_id>/remove")
@requires(Permission.RUN_MDT)
def removing(item_id: int) -> ResponseReturnValue:
    """Why is somebody taken off the agenda?"""
    found = _item(item_id)
    refusal = why_not(MeetingStep.REMOVE, found.of.meeting.state, found.of.parts)
    if refusal:
        raise NotNow(refusal)
    return _remove_page(RemoveForm(formdata=None), found, found.item.row_version)


@pages.post("/mdt/items/<int:item_id>/remove")
@requires(Permission.RUN_MDT)
def remove(item_id: int) -> ResponseReturnValue:
    """Take somebody off the agenda."""
    form = RemoveForm()
    if not form.validate():
        return _remove_page(form, _item(item_id), shown_version()), 422
    why = form.why.data.strip()
    meeting_id = perform(remove_from_agenda, item_id=item_id, row_version=shown_version(), why=why)
    flash("The person is taken off the agenda.", "success")
    return redirect(url_for("agenda.show", meeting_id=meeting_id), 303)


@pages.post("/mdt/items/<int:item_id>/up")
@requires(Permission.RUN_MDT)
def up(item_id: int) -> ResponseReturnValue:
    """One place up."""
    meeting_id = perform(move_item, item_id=item_id, row_version=shown_version(), up=True)
    return redirect(url_for("agenda.show", meeting_id=meeting_id, _anchor=f"item-{item_id}"), 303)


@pages.post("/mdt/items/<int:item_id>/down")
@requires(Permission.RUN_MDT)
def down(item_id: int) -> ResponseReturnValue:
    """One place down."""
    meeting_id = perform(move_item, item_id=item_id, row_version=shown_version(), up=False)
    return redirect(url_for("agenda.show", meeting_id=meeting_id, _anchor=f"item-{item_id}"), 303)


@pages.get("/cases/<int:case_id>/mdt-request")
@requires(Permission.SEE_MDT)
def asking(case_id: int) -> ResponseReturnValue:
    """At which meeting should somebody be discussed, and why?"""
    found = _asking(case_id)
    return _ask_page(AskForm(formdata=None, series=found.series), found)


@pages.post("/cases/<int:case_id>/mdt-request")
@requires(Permission.SEE_MDT)
def ask(case_id: int) -> ResponseReturnValue:
    """Ask that somebody be discussed at the next meeting."""
    found = _asking(case_id)
    form = AskForm(series=found.series)
    if not form.validate():
        return _ask_page(form, found), 422
    perform(request_discussion, case_id=case_id, series_id=int(form.series_id.data), why=form.why.data.strip())
    flash("The next agenda takes this person up.", "success")
    return redirect(url_for("people.show", person_id=found.case.person.person_id), 303)


@pages.post("/mdt/requests/<int:request_id>/take-back")
@requires(Permission.SEE_MDT)
def take_back(request_id: int) -> ResponseReturnValue:
    """Whoever asked for a discussion does not ask any more."""
    perform(take_back_request, request_id=request_id, row_version=shown_version())
    flash("The request is taken back.", "success")
    return redirect(url_for("meetings.home"), 303)


def _item(item_id: int) -> ItemPage:
    with this_app().store.reading() as session:
        return item_page(session, viewer(), moment(), item_id)


def _asking(case_id: int) -> AskingPage:
    with this_app().store.reading() as session:
        return asking_page(session, viewer(), moment(), case_id)


def _asked_case() -> CaseFacts | None:
    """The case a link of the agenda named; NotThere for one whose person the viewer may not open."""
    named = request.args.get("case")
    if named is None:
        return None
    try:
        case_id = row_id(named)
    except ValueError:
        raise NotThere from None
    with this_app().store.reading() as session:
        return case_facts(session, viewer(), moment(), case_id)


def _typed_case(form: AddForm | AddShownForm) -> int | None:
    with this_app().store.reading() as session:
        return case_to_add(session, viewer(), moment(), form.nhs_number.number)


def _add_page(form: AddForm | AddShownForm, found: MeetingPage, case: CaseFacts | None) -> str:
    if case is not None:
        looked_at([case.person.person_id])
    return render_template(
        "mdt/add.html", form=form, page=found, case=case, banner=case and banner_of(case.person, today())
    )


def _unlock_page(form: UnlockForm, found: MeetingPage, row_version: int) -> str:
    return render_template("mdt/unlock.html", form=form, page=found, row_version=row_version)


def _remove_page(form: RemoveForm, found: ItemPage, row_version: int) -> str:
    shown = found.item.shown
    looked_at([shown.person.person_id] if shown else [])
    return render_template(
        "mdt/remove.html", form=form, page=found.of, line=line_of(found.item, today()), row_version=row_version,
        banner=banner_of(shown.person, today()) if shown else None,
    )  # fmt: skip


def _ask_page(form: AskForm, found: AskingPage) -> str:
    looked_at([found.case.person.person_id])
    return render_template("mdt/ask.html", form=form, page=found, banner=banner_of(found.case.person, today()))
