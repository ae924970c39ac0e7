"""Handing over everything somebody holds before they leave."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from caseload.actions.leaver_rest import hand_over_rest
from caseload.actions.leavers import (
    finish_leaver,
    propose_receivers,
    send_staged,
    stage_receivers,
    start_leaver,
    stop_leaver,
)
from caseload.domain.permissions import Permission
from caseload.forms.leavers import LeaverForm, RestForm, SendForm, pairs_in, receivers_in
from caseload.forms.review import row_id
from caseload.pages.request import looked_at, moment, perform, requires, shown_version, today, viewer
from caseload.presenters.candidates import choice_of
from caseload.presenters.writing import counted
from caseload.queries.leaver_cases import JourneyPage, Preview, journey_page, preview
from caseload.queries.leavers import journeys, leaver_choices, successors
from caseload.web import this_app

pages = Blueprint("leavers", __name__)

ROWS = 25
"""How many cases a page of a journey has: each carries its own list of receivers."""

MOST_SENT = 50
"""How many cases are sent at once."""


@pages.get("/leavers")
@requires(Permission.HAND_OVER_LEAVER)
def show() -> ResponseReturnValue:
    """The journeys, under way and over."""
    with this_app().store.reading() as session:
        found = journeys(session, viewer(), moment())
    return render_template("leavers/list.html", journeys=found)


@pages.get("/leavers/new")
@requires(Permission.HAND_OVER_LEAVER)
def new() -> ResponseReturnValue:
    """Who is leaving?"""
    return render_template("leavers/new.html", form=_leaver_form(fresh=True))


@pages.post("/leavers/new")
@requires(Permission.HAND_OVER_LEAVER)
def begin() -> ResponseReturnValue:
    """Begin a journey, with a receiver proposed for every case."""
    form = _leaver_form()
    if not form.validate_on_submit():
        return render_template("leavers/new.html", form=form), 422
    journey_id = perform(start_leaver, user_id=int(form.user_id.data))
    flash("A receiver is proposed for every case. Nothing is handed over until you send it.", "success")
    return redirect(url_for("leavers.show_one", journey_id=journey_id), 303)


@pages.get("/leavers/<int:journey_id>")
@requires(Permission.HAND_OVER_LEAVER)
def show_one(journey_id: int) -> ResponseReturnValue:
    """How far it is, and a page of the cases with their receivers."""
    return _journey_page(journey_id, RestForm(formdata=None))


@pages.post("/leavers/<int:journey_id>")
@requires(Permission.HAND_OVER_LEAVER)
def stage(journey_id: int) -> ResponseReturnValue:
    """Keep the receivers chosen on a page; with `preview`, go on to sending."""
    changed = perform(stage_receivers, journey_id=journey_id, choices=receivers_in(request.form))
    flash(f"{counted(changed, 'receiver')} changed.", "success")
    if "preview" in request.form:
        return redirect(url_for("leavers.look_before_sending", journey_id=journey_id), 303)
    return redirect(url_for("leavers.show_one", journey_id=journey_id, after=request.args.get("after")), 303)


@pages.post("/leavers/<int:journey_id>/propose")
@requires(Permission.HAND_OVER_LEAVER)
def propose(journey_id: int) -> ResponseReturnValue:
    """Propose a receiver for every case that has none."""
    proposed = perform(propose_receivers, journey_id=journey_id)
    flash(f"{counted(proposed, 'receiver')} proposed.", "success")
    return redirect(url_for("leavers.show_one", journey_id=journey_id), 303)


@pages.get("/leavers/<int:journey_id>/send")
@requires(Permission.HAND_OVER_LEAVER)
def look_before_sending(journey_id: int) -> ResponseReturnValue:
    """Which case goes to whom, before anything is sent."""
    found = _preview(journey_id)
    reason = f"{found.journey.name} is leaving."
    return _send_page(found, SendForm(formdata=None, data={"reason": reason}), None)


@pages.post("/leavers/<int:journey_id>/send")
@requires(Permission.HAND_OVER_LEAVER)
def send(journey_id: int) -> ResponseReturnValue:
    """Ask the receivers of the ticked cases to take over."""
    form, ticked = SendForm(), request.form.getlist("pair")
    valid = form.validate_on_submit()
    if not pairs_in(ticked):
        form.form_errors.append("Select at least one case to send")
        valid = False
    if not valid:
        return _send_page(_preview(journey_id), form, ticked), 422
    answer = perform(
        send_staged, journey_id=journey_id, pairs=pairs_in(ticked), reason=form.reason.data,
        summary=form.summary.data or "", handover_days=this_app().settings.handover_days,
    )  # fmt: skip
    flash(f"{counted(answer['sent'], 'handover')} asked for.", "success")
    for case_id, sentence in answer["left"]:
        flash(f"Case {case_id} was not sent. {sentence}", "info")
    return redirect(url_for("leavers.show_one", journey_id=journey_id), 303)


@pages.post("/leavers/<int:journey_id>/rest")
@requires(Permission.HAND_OVER_LEAVER)
def rest(journey_id: int) -> ResponseReturnValue:
    """Give places on care teams and open tasks to a successor."""
    form = RestForm()
    form.successor_id.choices = _successor_choices(journey_id)
    if not form.validate_on_submit():
        return _journey_page(journey_id, form), 422
    answer = perform(hand_over_rest, journey_id=journey_id, to_user_id=int(form.successor_id.data))
    said = f"{counted(answer['places'], 'place')} on care teams and {counted(answer['tasks'], 'task')} handed over."
    left = f" {answer['left']} could not be: the successor may not see the person." if answer["left"] else ""
    flash(said + left, "success")
    return redirect(url_for("leavers.show_one", journey_id=journey_id), 303)


@pages.post("/leavers/<int:journey_id>/finish")
@requires(Permission.HAND_OVER_LEAVER)
def finish(journey_id: int) -> ResponseReturnValue:
    """The leaver holds nothing any more."""
    perform(finish_leaver, journey_id=journey_id, row_version=shown_version())
    flash("Everything is handed over.", "success")
    return redirect(url_for("leavers.show"), 303)


@pages.post("/leavers/<int:journey_id>/stop")
@requires(Permission.HAND_OVER_LEAVER)
def stop(journey_id: int) -> ResponseReturnValue:
    """They are not leaving after all."""
    perform(stop_leaver, journey_id=journey_id, row_version=shown_version())
    flash("The journey is stopped. Requests that nobody had answered were taken back.", "success")
    return redirect(url_for("leavers.show"), 303)


def _leaver_form(*, fresh: bool = False) -> LeaverForm:
    form = LeaverForm(formdata=None) if fresh else LeaverForm()
    with this_app().store.reading() as session:
        found = leaver_choices(session, viewer(), moment())
    form.user_id.choices = [
        ("", "Select somebody"),
        *(
            (str(one.user_id), f"{one.name}, {one.job_title or one.organisation}, leads {counted(one.leads, 'case')}")
            for one in found
        ),
    ]
    return form


def _journey_page(journey_id: int, form: RestForm) -> str:
    after = request.args.get("after", 0, type=row_id)
    with this_app().store.reading() as session:
        found = journey_page(session, viewer(), moment(), journey_id, after=after, most=ROWS)
    if form.successor_id.choices is None and _has_rest(found):
        form.successor_id.choices = _successor_choices(journey_id)
    looked_at(one.case.person_id for one in found.cases)
    return render_template(
        "leavers/journey.html", page=found, form=form, after=after, has_rest=_has_rest(found),
        offers={one.case.case_id: [(each.user_id, choice_of(each, today())) for each in one.candidates]
                for one in found.cases},
    )  # fmt: skip


def _has_rest(found: JourneyPage) -> bool:
    return bool(found.journey.holdings.places or found.journey.holdings.tasks)


def _successor_choices(journey_id: int) -> list[tuple[str, str]]:
    with this_app().store.reading() as session:
        found = successors(session, viewer(), moment(), journey_id)
    return [("", "Select somebody"), *((str(one.user_id), f"{one.name}, {one.organisation}") for one in found)]


def _preview(journey_id: int) -> Preview:
    with this_app().store.reading() as session:
        return preview(session, viewer(), moment(), journey_id, most=MOST_SENT)


def _send_page(found: Preview, form: SendForm, ticked: list[str] | None) -> str:
    looked_at(row.person_id for row in found.rows)
    return render_template(
        "leavers/send.html", page=found, form=form, ticked=ticked, days=this_app().settings.handover_days
    )
