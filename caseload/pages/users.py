"""The administrator's pages: users, their roles and teams, letting them in again, deactivating them."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from caseload import passwords
from caseload.actions.practitioners import add_leave, remove_leave, set_profile
from caseload.actions.user_roles import end_role, give_role, join_team, leave_team
from caseload.actions.users import (
    change_user,
    create_user,
    deactivate_user,
    give_password,
    link_identity,
    remove_second_factor,
    unlock_user,
)
from caseload.domain.permissions import Permission
from caseload.domain.words import Profession, Role
from caseload.forms.account import LeaveForm
from caseload.forms.users import (
    LOCAL,
    WEEKDAYS,
    IdentityForm,
    NewUserForm,
    ProfileForm,
    RoleForm,
    TeamForm,
    UserForm,
    Way,
)
from caseload.pages.request import FORM_KEY, moment, perform, requires, shown_version, viewer
from caseload.presenters.writing import counted
from caseload.queries.holdings import meetings_run_by
from caseload.queries.users import (
    Choices,
    UserFilter,
    UserHead,
    choices_of,
    profile_of,
    user_details,
    user_head,
    users_seen,
)
from caseload.sign_in.claims import issuer_of
from caseload.web import this_app

pages = Blueprint("users", __name__)

STATES = {"": "Everyone", "active": "Not deactivated", "locked": "Locked now", "deactivated": "Deactivated"}


@pages.get("/users")
@requires(Permission.MANAGE_USERS)
def listed() -> ResponseReturnValue:
    """The users the administrator looks after."""
    asked = request.args
    chosen = UserFilter(asked.get("find", "").strip()[:100], asked.get("state", ""), asked.get("after", "")[:254])
    with this_app().store.reading() as reading:
        found = users_seen(reading, viewer(), moment(), chosen, this_app().settings.page_rows)
    return render_template("users/list.html", found=found, chosen=chosen, states=STATES)


@pages.route("/users/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_USERS)
def new() -> ResponseReturnValue:
    """Another user, with a first role and a password that is shown once, or a link to an identity provider."""
    choices = _choices()
    form = NewUserForm(employers=choices.employers, places=choices.places, ways=_ways())
    if not form.validate_on_submit():
        return render_template("users/new.html", form=form), 422 if form.errors else 200
    local = form.way.data == LOCAL
    password = _password() if local else None
    user_id = perform(
        create_user,
        username=form.username.data,
        display_name=form.display_name.data,
        job_title=form.job_title.data or "",
        email=form.email.data or "",
        home_id=int(form.home.data),
        roles=[(Role(form.role.data), int(form.place.data))],
        password=password,
        issuer="" if local else _issuer(form.way.data),
        subject="" if local else form.subject.data,
    )
    if password is not None:
        return _password_page(user_id, password)
    flash("The user has been added.", "success")
    return redirect(url_for("users.show", user_id=user_id))


@pages.get("/users/<int:user_id>")
@requires(Permission.MANAGE_USERS)
def show(user_id: int) -> ResponseReturnValue:
    """One user."""
    with this_app().store.reading() as reading:
        found = user_details(reading, viewer(), moment(), user_id)
    bits = found.profile.working_days if found.profile else 0
    days = ", ".join(name for bit, name in enumerate(WEEKDAYS) if bits >> bit & 1)
    providers = this_app().settings.oidc
    return render_template("users/show.html", user=found, head=found.head, days=days, providers=providers)


@pages.route("/users/<int:user_id>/details", methods=["GET", "POST"])
@requires(Permission.MANAGE_USERS)
def details(user_id: int) -> ResponseReturnValue:
    """Name, title, address, employer."""
    head = _head(user_id)
    form = UserForm(data={**_fields(head), "home": str(head.home_id)}, employers=_choices().employers)
    if form.validate_on_submit():
        fields = {name: form[name].data or "" for name in ("display_name", "job_title", "email")}
        perform(change_user, user_id=user_id, row_version=shown_version(), home_id=int(form.home.data), **fields)
        return _done(user_id, "The details have been saved.")
    return _form_page(head, form, "Details", row_version=head.row_version)


@pages.route("/users/<int:user_id>/roles/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_USERS)
def new_role(user_id: int) -> ResponseReturnValue:
    """Another role at a place."""
    form = RoleForm(places=_choices().places)
    if form.validate_on_submit():
        perform(give_role, user_id=user_id, role=Role(form.role.data), place_id=int(form.place.data))
        return _done(user_id, "The role has been given.")
    return _form_page(_head(user_id), form, "Give a role")


@pages.post("/users/<int:user_id>/roles/<int:role_id>/end")
@requires(Permission.MANAGE_USERS)
def role_ends(user_id: int, role_id: int) -> ResponseReturnValue:
    """A role they have no more."""
    passed_on = perform(end_role, user_id=user_id, role_id=role_id)
    more = (
        f" {counted(passed_on, 'open task')} went to somebody else’s list, a team’s or nobody’s." if passed_on else ""
    )
    return _done(user_id, f"The role has ended.{more}")


@pages.route("/users/<int:user_id>/teams/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_USERS)
def new_team(user_id: int) -> ResponseReturnValue:
    """Another team."""
    form = TeamForm(teams=_choices().teams)
    if form.validate_on_submit():
        perform(join_team, user_id=user_id, team_id=int(form.team.data))
        return _done(user_id, "They are in the team now.")
    return _form_page(_head(user_id), form, "Add to a team")


@pages.post("/users/<int:user_id>/teams/<int:membership_id>/end")
@requires(Permission.MANAGE_USERS)
def team_ends(user_id: int, membership_id: int) -> ResponseReturnValue:
    """A team they are in no more."""
    perform(leave_team, user_id=user_id, membership_id=membership_id)
    return _done(user_id, "They are in the team no more.")


@pages.route("/users/<int:user_id>/profile", methods=["GET", "POST"])
@requires(Permission.MANAGE_USERS)
def profile(user_id: int) -> ResponseReturnValue:
    """What they are reckoned with as a lead."""
    head = _head(user_id)
    form = ProfileForm(data=_profile(user_id))
    if form.validate_on_submit():
        perform(
            set_profile,
            user_id=user_id,
            profession=Profession(form.profession.data),
            capacity=form.capacity.data,
            working_days=form.days(),
        )
        return _done(user_id, "The profile has been saved.")
    return _form_page(head, form, "Profession and capacity")


@pages.route("/users/<int:user_id>/leave/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_USERS)
def new_leave(user_id: int) -> ResponseReturnValue:
    """Days away of somebody who can lead."""
    form = LeaveForm()
    if form.validate_on_submit():
        perform(add_leave, user_id=user_id, first_day=form.first_day.data, last_day=form.last_day.data)
        return _done(user_id, "The leave has been saved.")
    return _form_page(_head(user_id), form, "Add leave")


@pages.post("/users/<int:user_id>/leave/<int:leave_id>/remove")
@requires(Permission.MANAGE_USERS)
def leave_removed(user_id: int, leave_id: int) -> ResponseReturnValue:
    """Days that are not away after all."""
    perform(remove_leave, user_id=user_id, leave_id=leave_id)
    return _done(user_id, "The leave has been removed.")


@pages.route("/users/<int:user_id>/identity", methods=["GET", "POST"])
@requires(Permission.MANAGE_USERS)
def identity(user_id: int) -> ResponseReturnValue:
    """Whom at an identity provider they are."""
    head = _head(user_id)
    present = next((one.name for one in this_app().settings.oidc if issuer_of(one) == head.issuer), None)
    form = IdentityForm(data={"way": present, "subject": head.subject}, ways=_ways()[1:])
    if form.validate_on_submit():
        subject = form.subject.data or ""
        perform(link_identity, user_id=user_id, subject=subject, issuer=_issuer(form.way.data) if subject else "")
        return _done(user_id, "The link to the identity provider has been saved.")
    return _form_page(head, form, "Identity provider")


@pages.post("/users/<int:user_id>/password")
@requires(Permission.MANAGE_USERS)
def password(user_id: int) -> ResponseReturnValue:
    """A password for somebody who lost theirs, shown once."""
    given = _password()
    perform(give_password, user_id=user_id, password=given)
    return _password_page(user_id, given)


@pages.post("/users/<int:user_id>/second-factor/remove")
@requires(Permission.MANAGE_USERS)
def second_factor(user_id: int) -> ResponseReturnValue:
    """For somebody who lost their telephone."""
    perform(remove_second_factor, user_id=user_id)
    return _done(user_id, "The second factor has been removed. They set up another when they next sign in.")


@pages.post("/users/<int:user_id>/unlock")
@requires(Permission.MANAGE_USERS)
def unlock(user_id: int) -> ResponseReturnValue:
    """Let somebody try again."""
    perform(unlock_user, user_id=user_id)
    return _done(user_id, "The account has been unlocked.")


@pages.route("/users/<int:user_id>/deactivate", methods=["GET", "POST"])
@requires(Permission.MANAGE_USERS)
def deactivate(user_id: int) -> ResponseReturnValue:
    """Let somebody in no more, once they hold nothing."""
    head = _head(user_id)
    if request.method == "POST":
        perform(deactivate_user, user_id=user_id)
        return _done(user_id, "The account has been deactivated.")
    with this_app().store.reading() as reading:
        meetings = meetings_run_by(reading, user_id)
    return render_template("users/deactivate.html", head=head, meetings=meetings)


def _head(user_id: int) -> UserHead:
    with this_app().store.reading() as reading:
        return user_head(reading, viewer(), moment(), user_id)


def _choices() -> Choices:
    with this_app().store.reading() as reading:
        return choices_of(reading, viewer(), moment())


def _fields(head: UserHead) -> dict[str, str]:
    return {"display_name": head.display_name, "job_title": head.job_title, "email": head.email}


def _profile(user_id: int) -> dict[str, Any]:
    with this_app().store.reading() as reading:
        kept = profile_of(reading, user_id, moment())
    if kept is None:
        return {"working_days": [str(bit) for bit in range(5)]}
    days = [str(bit) for bit in range(7) if kept.working_days >> bit & 1]
    return {"profession": kept.profession.value, "capacity": kept.capacity, "working_days": days}


def _ways() -> list[Way]:
    """How a user may sign in: here first, then the identity providers that are set."""
    here = (LOCAL, "With a username and a password of this service")
    return [here, *((provider.name, f"With {provider.label}") for provider in this_app().settings.oidc)]


def _issuer(name: str) -> str:
    found = next((one for one in this_app().settings.oidc if one.name == name), None)
    return issuer_of(found) if found else abort(400)


def _password() -> str:
    return passwords.temporary(request.form.get(FORM_KEY, ""), this_app().store.secrets.web)


def _password_page(user_id: int, given: str) -> ResponseReturnValue:
    return render_template("users/password.html", head=_head(user_id), password=given)


def _done(user_id: int, sentence: str) -> ResponseReturnValue:
    flash(sentence, "success")
    return redirect(url_for("users.show", user_id=user_id))


def _form_page(head: UserHead, form: Any, title: str, row_version: int | None = None) -> ResponseReturnValue:
    shown = render_template("users/form.html", head=head, form=form, title=title, row_version=row_version)
    return shown, 422 if form.errors else 200
