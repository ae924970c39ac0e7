"""Somebody's own account: password, second factor, digest, leave, drafts."""

from flask import Blueprint, flash, g, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from caseload import second_factor as factor
from caseload.actions.accounts import change_password, confirm_second_factor, discard_draft, set_digest
from caseload.actions.practitioners import add_leave, remove_leave
from caseload.domain.permissions import Permission
from caseload.forms.account import DigestForm, LeaveForm, PasswordForm, ReplacedSecondFactorForm, SecondFactorForm
from caseload.pages.request import moment, perform, requires, shown_version, viewer
from caseload.queries.accounts import Account, account_of
from caseload.queries.users import profile_of
from caseload.sign_in.drafts import WITH_DRAFT
from caseload.sign_in.entering import enter_again
from caseload.sign_in.first_steps import PASSWORD, SECOND_FACTOR, still_first
from caseload.sign_in.local import check_password
from caseload.web import this_app

pages = Blueprint("account", __name__)

_SEALED = "new_second_factor"


@pages.get("/account")
@requires(Permission.KEEP_ACCOUNT)
def show() -> ResponseReturnValue:
    """The account as it is."""
    account = _account()
    return _page(account, DigestForm(data={"email": account.email, "wanted": account.wants_digest}))


@pages.post("/account")
@requires(Permission.KEEP_ACCOUNT)
def digest() -> ResponseReturnValue:
    """Whether the daily digest is wanted, and where."""
    form = DigestForm()
    if not form.validate():
        return _page(_account(), form), 422
    perform(set_digest, email=form.email.data or "", wanted=form.wanted.data, row_version=shown_version())
    flash("Your email settings have been saved.", "success")
    return redirect(url_for("account.show"))


@pages.route("/account/password", methods=["GET", "POST"])
@requires(Permission.KEEP_ACCOUNT)
def password() -> ResponseReturnValue:
    """Another password; whoever else is signed in with the old one is signed out."""
    account = _account()
    form = PasswordForm(username=account.username, display_name=account.display_name)
    if form.validate_on_submit() and _knows(account, form.current_password):
        perform(change_password, password=form.new_password.data)
        enter_again(viewer().user_id, done=PASSWORD)
        flash("Your password has been changed.", "success")
        return redirect(url_for("account.show"))
    must = PASSWORD in still_first()
    return render_template("account/password.html", form=form, account=account, must=must), 422 if form.errors else 200


@pages.route("/account/second-factor", methods=["GET", "POST"])
@requires(Permission.KEEP_ACCOUNT)
def second_factor() -> ResponseReturnValue:
    """Set up a second factor, or another in its place: it counts once a code of it was right."""
    account = _account()
    form = ReplacedSecondFactorForm() if account.second_factor_since else SecondFactorForm()
    sealed, secret = _secret()
    if account.local and form.validate_on_submit():
        known = not account.second_factor_since or _knows(account, form.current_password)
        step = factor.step_of(secret, form.code.data, moment(), None)
        if step is None:
            form.code.errors = (*form.code.errors, "The code is wrong. Enter the 6 numbers the app shows now")
        elif known:
            return _confirmed(sealed, step)
    square = factor.square(secret, account.username)
    return render_template(
        "account/second_factor.html", form=form, account=account, square=square, secret=factor.spaced(secret),
        must=SECOND_FACTOR in still_first(),
    ), 422 if form.errors else 200  # fmt: skip


@pages.route("/account/leave", methods=["GET", "POST"])
@requires(Permission.KEEP_ACCOUNT)
def leave() -> ResponseReturnValue:
    """One's own days away, for somebody who can lead cases."""
    form = LeaveForm()
    if form.validate_on_submit():
        days = {"first_day": form.first_day.data, "last_day": form.last_day.data}
        perform(add_leave, user_id=viewer().user_id, **days)
        flash("Your leave has been saved.", "success")
        return redirect(url_for("account.show"))
    return render_template("account/leave.html", form=form), 422 if form.errors else 200


@pages.post("/account/leave/<int:leave_id>/remove")
@requires(Permission.KEEP_ACCOUNT)
def take_leave_back(leave_id: int) -> ResponseReturnValue:
    """Days that are not away after all."""
    perform(remove_leave, user_id=viewer().user_id, leave_id=leave_id)
    flash("The leave has been removed.", "success")
    return redirect(url_for("account.show"))


@pages.post("/account/drafts/<int:draft_id>/discard")
@requires(Permission.KEEP_ACCOUNT)
def discard(draft_id: int) -> ResponseReturnValue:
    """Throw away what was kept of a form."""
    path = perform(discard_draft, draft_id=draft_id)
    session[WITH_DRAFT] = [one for one in session.get(WITH_DRAFT, []) if one != path]
    flash("What you had typed has been discarded.", "success")
    return redirect(path)


def _account() -> Account:
    if "account" not in g:
        with this_app().store.reading() as reading:
            g.account = account_of(reading, viewer(), moment())
    found: Account = g.account
    return found


def _page(account: Account, form: DigestForm) -> str:
    with this_app().store.reading() as reading:
        profile = profile_of(reading, viewer().user_id, moment())
    return render_template("account/show.html", account=account, form=form, profile=profile)


def _knows(account: Account, field: object) -> bool:
    """Whether the present password was given; a wrong one counts towards the lock like one at the sign-in."""
    right = check_password(this_app(), moment(), account.username, field.data) is not None  # type: ignore[attr-defined]
    if not right:
        field.errors = (*field.errors, "The current password is not right")  # type: ignore[attr-defined]
    return right


def _secret() -> tuple[str, str]:
    """The second factor being set up, sealed and open; it waits in the session until a code of it was right."""
    key = this_app().store.secrets.totp
    if _SEALED not in session:
        session[_SEALED] = factor.sealed(factor.new_secret(), key).decode()
    sealed: str = session[_SEALED]
    return sealed, factor.opened(sealed.encode(), key)


def _confirmed(sealed: str, step: int) -> ResponseReturnValue:
    perform(confirm_second_factor, sealed=sealed, step=step)
    enter_again(viewer().user_id, done=SECOND_FACTOR)
    flash("Your second factor has been set up. You will be asked for a code every time you sign in.", "success")
    return redirect(url_for("account.show"))
