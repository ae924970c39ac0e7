"""Opening a record in an emergency, and the restricted records."""

from typing import TypeVar

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from caseload.actions.emergency import open_in_emergency
from caseload.actions.restrictions import lift_restriction, name_users, restrict_person
from caseload.domain.emergency_access import EmergencyReason
from caseload.domain.permissions import Permission
from caseload.domain.restriction import LiftReason, RestrictReason
from caseload.forms.emergency import EmergencyForm, LiftForm, NamedUsersForm, RestrictForm
from caseload.pages.request import looked_at, moment, perform, requires, today, viewer
from caseload.presenters.banner import banner_of
from caseload.presenters.emergency import said_of_opening
from caseload.presenters.restriction import change_lines, user_choices
from caseload.queries.people import person_facts
from caseload.queries.restrictions import Restriction, restriction_of
from caseload.web import this_app

pages = Blueprint("emergency", __name__)

Names = TypeVar("Names", bound=NamedUsersForm)


@pages.get("/emergency-access")
@requires(Permission.OPEN_IN_EMERGENCY)
def show() -> ResponseReturnValue:
    """The form that breaks the glass, and what follows from it."""
    return _form(EmergencyForm(formdata=None))


@pages.post("/emergency-access")
@requires(Permission.OPEN_IN_EMERGENCY)
def open_record() -> ResponseReturnValue:
    """Open the record and go to it. `begin` comes from a search that found nothing: the form with its number."""
    if "begin" in request.form:
        return _form(EmergencyForm(formdata=None, data={"nhs_number": request.form.get("nhs_number", "")}))
    form = EmergencyForm()
    if not form.validate_on_submit():
        return _form(form), 422
    minutes = this_app().settings.emergency_access_minutes
    answer = perform(
        open_in_emergency, nhs_number=form.nhs_number.number, reason_code=EmergencyReason(form.reason_code.data),
        reason=form.reason.data, minutes=minutes,
    )  # fmt: skip
    if answer["person_id"] is None:
        form.nhs_number.errors = ["There is no record with this NHS number here"]
        return _form(form), 422
    flash(said_of_opening(answer, minutes), "success")
    return redirect(f"/people/{answer['person_id']}", 303)


@pages.get("/people/<int:person_id>/restriction")
@requires(Permission.RESTRICT_PERSON)
def restriction(person_id: int) -> ResponseReturnValue:
    """Who may open the record, and the forms to change it."""
    return _restriction_page(person_id)


@pages.post("/people/<int:person_id>/restriction")
@requires(Permission.RESTRICT_PERSON)
def restrict(person_id: int) -> ResponseReturnValue:
    """Restrict a record that is open to everyone with a relationship."""
    form = _with_choices(RestrictForm(), _kept(person_id))
    if not form.validate_on_submit():
        return _restriction_page(person_id, names=form), 422
    perform(
        restrict_person, person_id=person_id, row_version=_row_version(), reason=RestrictReason(form.reason.data),
        user_ids=form.users.data,
    )  # fmt: skip
    flash("The record is restricted.", "success")
    return redirect(f"/people/{person_id}", 303)


@pages.post("/people/<int:person_id>/restriction/names")
@requires(Permission.RESTRICT_PERSON)
def rename(person_id: int) -> ResponseReturnValue:
    """Change who is named for a restricted record. Who is not named any more cannot be shown it again."""
    form = _with_choices(NamedUsersForm(), _kept(person_id))
    if not form.validate_on_submit():
        return _restriction_page(person_id, names=form), 422
    perform(name_users, person_id=person_id, row_version=_row_version(), user_ids=form.users.data)
    flash("The people named for the record were changed.", "success")
    return redirect(f"/people/{person_id}" if viewer().user_id in form.users.data else "/", 303)


@pages.post("/people/<int:person_id>/restriction/lift")
@requires(Permission.RESTRICT_PERSON)
def lift(person_id: int) -> ResponseReturnValue:
    """Open the record again to everyone with a relationship."""
    _kept(person_id)
    form = LiftForm()
    if not form.validate_on_submit():
        return _restriction_page(person_id, lifting=form), 422
    perform(lift_restriction, person_id=person_id, row_version=_row_version(), reason=LiftReason(form.reason.data))
    flash("The restriction was lifted.", "success")
    return redirect(f"/people/{person_id}", 303)


def _form(form: EmergencyForm) -> str:
    return render_template("emergency/open.html", form=form, minutes=this_app().settings.emergency_access_minutes)


def _kept(person_id: int) -> Restriction:
    with this_app().store.reading() as session:
        return restriction_of(session, viewer(), moment(), person_id)


def _with_choices(form: Names, kept: Restriction) -> Names:
    form.users.choices = user_choices(kept)
    return form


def _row_version() -> int:
    found = request.form.get("row_version", type=int)
    return abort(400) if found is None else found


def _restriction_page(person_id: int, *, names: NamedUsersForm | None = None, lifting: LiftForm | None = None) -> str:
    with this_app().store.reading() as session:
        kept = restriction_of(session, viewer(), moment(), person_id)
        facts = person_facts(session, viewer(), moment(), person_id)
    looked_at([person_id])
    fresh = NamedUsersForm if kept.restricted else RestrictForm
    names = names or fresh(formdata=None, data={"users": [user.user_id for user in kept.users if user.named]})
    return render_template(
        "emergency/restriction.html",
        banner=banner_of(facts, today()),
        kept=kept,
        names=_with_choices(names, kept),
        lifting=lifting or LiftForm(formdata=None),
        form=lifting if lifting is not None else names,
        changes=change_lines(kept),
    )
