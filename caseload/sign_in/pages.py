"""Signing in and out."""

from flask import Blueprint, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from caseload.actions.identities import user_of_identity
from caseload.actions.sessions import end_session
from caseload.actions.sign_ins import refused_elsewhere, signed_out
from caseload.domain.identity import NotLetIn
from caseload.exceptions import NotThere
from caseload.forms.sign_in import CodeForm, SignInForm
from caseload.pages.request import moment, open_to_everyone
from caseload.settings import OidcProvider
from caseload.sign_in.browser_session import browser_session
from caseload.sign_in.entering import enter, wait_for_code, waiting, wanted_page
from caseload.sign_in.first_steps import PASSWORD, SECOND_FACTOR
from caseload.sign_in.local import check_code, check_password
from caseload.sign_in.oidc import provider_named, received, send_to
from caseload.sign_in.web import session_seconds
from caseload.web import this_app

pages = Blueprint("sign_in", __name__)

_WANTED = "wanted"


@pages.route("/sign-in", methods=["GET", "POST"])
@open_to_everyone
def show() -> ResponseReturnValue:
    """Who are you? The answer to a wrong password is the same whether the account is there, or locked, or not."""
    if g.get("viewer") is not None:
        return redirect(wanted_page())
    form = SignInForm()
    if not form.validate_on_submit():
        return _sign_in_page(form), 422 if form.errors else 200
    passed = check_password(this_app(), moment(), form.username.data, form.password.data)
    if passed is None:
        form.form_errors.append(_not_let_in())
        return _sign_in_page(form), 422
    if passed.has_second_factor:
        wait_for_code(passed.user_id, must_change_password=passed.must_change_password, wanted=wanted_page())
        return redirect(url_for("sign_in.code"))
    first = (SECOND_FACTOR,) if this_app().settings.require_second_factor else ()
    enter(passed.user_id, "password", first=(*_password_first(passed.must_change_password), *first))
    return redirect(wanted_page())


@pages.route("/sign-in/code", methods=["GET", "POST"])
@open_to_everyone
def code() -> ResponseReturnValue:
    """The second factor of somebody whose password was right."""
    found = waiting()
    if found is None:
        return redirect(url_for("sign_in.show"))
    form = CodeForm()
    if form.validate_on_submit():
        if check_code(this_app(), moment(), found["user_id"], form.code.data):
            enter(found["user_id"], "password and code", first=_password_first(found["must_change_password"]))
            return redirect(found["wanted"])
        form.code.errors = (*form.code.errors, _wrong_code())
    return render_template("sign_in/code.html", form=form), 422 if form.errors else 200


@pages.get("/sign-in/with/<provider>")
@open_to_everyone
def with_provider(provider: str) -> ResponseReturnValue:
    """The way to an identity provider."""
    chosen = _provider(provider)
    browser_session()[_WANTED] = wanted_page()
    answer = send_to(chosen)
    return _turned_back(chosen, answer) if isinstance(answer, NotLetIn) else answer


@pages.get("/sign-in/with/<provider>/return")
@open_to_everyone
def returned(provider: str) -> ResponseReturnValue:
    """The way back from it."""
    chosen = _provider(provider)
    wanted = browser_session().pop(_WANTED, "/")
    found = received(chosen)
    if isinstance(found, NotLetIn):
        return _turned_back(chosen, found)
    with this_app().store.writing() as writing:
        user = user_of_identity(writing, now=moment(), identity=found)
    if isinstance(user, NotLetIn):
        return _turned_back(chosen, user)
    enter(user, chosen.name)
    return redirect(wanted)


@pages.post("/sign-out")
@open_to_everyone
def leave() -> ResponseReturnValue:
    """End the session here, on the server, and forget it in the browser."""
    here = browser_session()
    if here.row is not None:
        with this_app().store.writing() as writing:
            end_session(writing, now=moment(), token_hash=here.token_hash)
            if here.user_id is not None:
                signed_out(writing, now=moment(), user_id=here.user_id)
    here.leave()
    answer = redirect(url_for("sign_in.show", left=1))
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


@pages.get("/sign-in/session")
@open_to_everyone
def session_end() -> ResponseReturnValue:
    """How many seconds the session has left, without prolonging it: asked by the warning's script."""
    browser_session().unseen = True
    return jsonify(seconds=session_seconds())


@pages.post("/sign-in/session")
@open_to_everyone
def stay() -> ResponseReturnValue:
    """Go on with the session: what the warning's button does."""
    browser_session().touched = browser_session().user_id is not None
    if "application/json" in request.headers.get("Accept", ""):
        return jsonify(seconds=session_seconds())
    return redirect(wanted_page())


@pages.errorhandler(CSRFError)
def old_form(_error: CSRFError) -> ResponseReturnValue:
    """The page was open for too long, or in another window: begin again. What was typed here is never shown again."""
    return redirect(url_for("sign_in.show", again=1))


def _password_first(must_change: bool) -> tuple[str, ...]:
    return (PASSWORD,) if must_change else ()


def _provider(name: str) -> OidcProvider:
    found = provider_named(name)
    if found is None:
        raise NotThere
    return found


def _turned_back(provider: OidcProvider, why: NotLetIn) -> ResponseReturnValue:
    with this_app().store.writing() as writing:
        refused_elsewhere(writing, now=moment(), provider=provider.name, reason=why.name.lower())
    form = SignInForm(formdata=None)
    form.form_errors = [f"You could not be signed in with {provider.label}. {why.value}"]
    return _sign_in_page(form), 403


def _sign_in_page(form: SignInForm) -> str:
    notes = {
        "left": "You have signed out.",
        "again": "The page was open for too long. Sign in again.",
    }
    note = next((text for name, text in notes.items() if name in request.args), "")
    providers = this_app().settings.oidc
    return render_template("sign_in/show.html", form=form, note=note, providers=providers, wanted=wanted_page())


def _not_let_in() -> str:
    settings = this_app().settings
    return (
        "The username and password do not match an account that can sign in now. After "
        f"{settings.lock_after_failures} wrong tries an account is locked for {settings.lock_minutes} minutes"
    )


def _wrong_code() -> str:
    settings = this_app().settings
    return (
        "The code is wrong or was used already. Wait for the next one. After "
        f"{settings.lock_after_failures} wrong tries an account is locked for {settings.lock_minutes} minutes"
    )
