"""The page on which somebody signed in lets a program act for them, for a while (OAuth 2 authorization code with PKCE).

The page is the same for every program: who asks, what for, until when. A request that is wrong is told to the program only
where its own registered address is known; to anybody else nobody is sent.
"""

from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from caseload.domain.client_rules import USER_TOKEN, origin_of
from caseload.domain.permissions import Permission
from caseload.domain.scopes import parse_scopes
from caseload.pages.request import FORM_KEY, moment, requires, viewer
from caseload.presenters.scopes import scope_sentences

pages = Blueprint("let_in", __name__)

_KEPT = ("response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method")
"""What a program asks with: the form sends it again, and it is looked at again."""


@pages.get("/oauth2/authorize")
@requires(Permission.LET_PROGRAM_IN)
def ask() -> ResponseReturnValue:
    """Ask whether the program may."""
    grant, wrong = _asked()
    if wrong is not None:
        return wrong
    asked = grant.request
    g.form_targets = origin_of(grant.redirect_uri)
    return render_template(
        "clients/let_in.html",
        client=asked.client.known,
        sentences=scope_sentences(parse_scopes(asked.scope.split())),
        until=moment() + USER_TOKEN,
        goes_to=origin_of(grant.redirect_uri),
        asked=[(name, request.args[name]) for name in _KEPT if name in request.args],
    )


@pages.post("/oauth2/authorize")
@requires(Permission.LET_PROGRAM_IN)
def answer() -> ResponseReturnValue:
    """Send the browser back to the program, with a code or without."""
    from caseload.api.oauth_server import server

    if not 16 <= len(request.form.get(FORM_KEY, "")) <= 64:
        abort(400)
    grant, wrong = _asked()
    if wrong is not None:
        return wrong
    g.form_targets = origin_of(grant.redirect_uri)
    agreed = viewer().user_id if request.form.get("answer") == "let_in" else None
    made: ResponseReturnValue = server().create_authorization_response(grant_user=agreed, grant=grant)
    return made


def _asked() -> tuple[Any, ResponseReturnValue | None]:
    """The request as Authlib finds it sound; else what to answer instead."""
    from authlib.oauth2 import OAuth2Error

    from caseload.api.oauth_server import server

    try:
        return server().get_consent_grant(end_user=viewer().user_id), None
    except OAuth2Error as error:
        if error.redirect_uri:
            status, body, headers = error()
            return None, redirect(dict(headers)["Location"])
        return None, (render_template("clients/not_let_in.html"), 422)
