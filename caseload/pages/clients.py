"""The administrator's pages of programs that may ask the API: let in, changed, shut out."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from caseload.actions.api_clients import add_client, change_client, end_client
from caseload.domain.permissions import Permission
from caseload.forms.clients import ClientForm, NewClientForm, pasted
from caseload.pages.request import moment, perform, requires, shown_version, viewer
from caseload.presenters.scopes import scope_sentences
from caseload.queries.api_clients import ClientDetails, client_details, clients_seen
from caseload.queries.users import choices_of
from caseload.web import this_app

pages = Blueprint("clients", __name__)


@pages.get("/clients")
@requires(Permission.MANAGE_CLIENTS)
def listed() -> ResponseReturnValue:
    """The programs the administrator looks after."""
    with this_app().store.reading() as session:
        found = clients_seen(session, viewer(), moment())
    return render_template("clients/list.html", found=found)


@pages.route("/clients/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_CLIENTS)
def new() -> ResponseReturnValue:
    """Let another program in."""
    with this_app().store.reading() as session:
        choices = choices_of(session, viewer(), moment())
    form = NewClientForm(places=choices.places, employers=choices.employers)
    if not form.validate_on_submit():
        return render_template("clients/new.html", form=form), 422 if form.errors else 200
    made = perform(add_client, home_id=int(form.home.data), roles=form.roles(), **form.filled_in())
    return _done(made, "The program has been let in.")


@pages.get("/clients/<int:client_row_id>")
@requires(Permission.MANAGE_CLIENTS)
def show(client_row_id: int) -> ResponseReturnValue:
    """One program."""
    found = _details(client_row_id)
    return render_template("clients/show.html", client=found, sentences=scope_sentences(found.scopes))


@pages.route("/clients/<int:client_row_id>/change", methods=["GET", "POST"])
@requires(Permission.MANAGE_CLIENTS)
def change(client_row_id: int) -> ResponseReturnValue:
    """Other keys, scopes or words."""
    found = _details(client_row_id)
    form = ClientForm(data=_fields(found))
    if form.validate_on_submit():
        perform(change_client, client_row_id=client_row_id, row_version=shown_version(), **form.filled_in())
        return _done(client_row_id, "The program has been changed. It has to ask for a new token.")
    shown = render_template("clients/change.html", form=form, client=found)
    return shown, 422 if form.errors else 200


@pages.post("/clients/<int:client_row_id>/end")
@requires(Permission.MANAGE_CLIENTS)
def end(client_row_id: int) -> ResponseReturnValue:
    """Shut a program out at once."""
    perform(end_client, client_row_id=client_row_id, row_version=shown_version())
    return _done(client_row_id, "The program has been shut out. The tokens it had are worth nothing.")


def _details(client_row_id: int) -> ClientDetails:
    with this_app().store.reading() as session:
        return client_details(session, viewer(), moment(), client_row_id)


def _fields(found: ClientDetails) -> dict[str, str]:
    return {
        "name": found.line.name,
        "purpose": found.purpose,
        "keys": pasted(found.keys),
        "scopes": "\n".join(map(str, found.scopes)),
        "redirect_uris": "\n".join(found.redirect_uris),
    }


def _done(client_row_id: int, sentence: str) -> ResponseReturnValue:
    flash(sentence, "success")
    return redirect(url_for("clients.show", client_row_id=client_row_id))
