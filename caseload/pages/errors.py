"""What somebody is told when a request could not be answered."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, cast

from flask import Flask, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from caseload.api import errors as api_errors
from caseload.api.problems import Problem
from caseload.api.sending import refusal
from caseload.exceptions import Conflict, Refused
from caseload.forms.form import forms_here
from caseload.forms.typed import Line, bare_form, typed_lines
from caseload.pages.request import moment, viewer
from caseload.presenters.words import words_of
from caseload.queries.merges import merged_into
from caseload.sign_in.drafts import forms_of_page, keep_draft, typed
from caseload.web import for_programs, this_app


def register_errors(app: Flask) -> None:
    """Every refusal is a page with the words of the refusal; a fault of ours is one that says nothing of the data."""
    app.register_error_handler(Refused, _by_asker(api_errors.refused, _refused))
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _by_asker(api_errors.http, _http))
    app.register_error_handler(Exception, _by_asker(api_errors.fault, _fault))
    app.register_error_handler(Problem, refusal)


def _by_asker(
    to_program: Callable[[Any], ResponseReturnValue], to_browser: Callable[[Any], ResponseReturnValue]
) -> Callable[[Any], ResponseReturnValue]:
    """A program is told in its own words, at an address of programs; everybody else is shown a page."""
    return lambda error: to_program(error) if for_programs(request.path) else to_browser(error)


def _refused(error: Refused) -> ResponseReturnValue:
    if isinstance(error, Conflict):
        keep_draft()
        return render_template(
            "errors/conflict.html", error=error, theirs=_theirs(error), typed=_lines()
        ), error.http_status
    form_again = _at_its_field(error)
    if form_again is not None:
        return form_again
    if error.http_status == 404:
        return _gone_to() or (render_template("errors/not_found.html"), 404)
    keep_draft()
    return render_template("errors/not_now.html", error=error, typed=_lines()), error.http_status


def _theirs(error: Conflict) -> list[tuple[str, str]]:
    """What is there now, with stored words as every page says them."""
    return [(name, words_of(value) if isinstance(value, StrEnum) else value) for name, value in error.theirs.items()]


def _at_its_field(error: Refused) -> ResponseReturnValue | None:
    """The form again, with the refusal as the error of one field; None for a refusal that is of no field of it.

    The page is asked once more: its form is now refused before the action, which has changed nothing.
    """
    if request.method != "POST" or request.endpoint is None or not any(one.field_of(error) for one in forms_here()):
        return None
    g.refused = error
    try:
        return cast(ResponseReturnValue, current_app.view_functions[request.endpoint](**(request.view_args or {})))
    except Refused:
        return None
    finally:
        g.pop("refused")


def _lines() -> list[Line]:
    """What was typed, in the words of the form that asked for it, though the page may not have come to make it."""
    return typed_lines(forms_here(), typed()) if forms_here() else _bare_lines()


def _bare_lines() -> list[Line]:
    form = bare_form(forms_of_page(), typed(), request.view_args)
    return typed_lines([form] if form else [], typed())


def _gone_to() -> ResponseReturnValue | None:
    """The same page of the record that this one was merged into, where the viewer may open that one."""
    asked = (request.view_args or {}).get("person_id")
    if request.method != "GET" or request.endpoint is None or asked is None or g.get("viewer") is None:
        return None
    with this_app().store.reading() as session:
        kept = merged_into(session, viewer(), moment(), asked)
    return None if kept is None else redirect(url_for(request.endpoint, person_id=kept))


def _stale_form(_error: CSRFError) -> ResponseReturnValue:
    keep_draft()
    return render_template("errors/stale_form.html", typed=_bare_lines()), 400


def _http(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    if code in (403, 404, 405):
        return render_template("errors/not_found.html"), 404
    if 300 <= code < 400:
        return error.get_response()
    return render_template("errors/problem.html", code=code), code


def _fault(error: Exception) -> ResponseReturnValue:
    current_app.logger.error("fault %s at %s", type(error).__name__, request.endpoint, exc_info=current_app.debug)
    if current_app.testing:
        raise error
    return render_template("errors/problem.html", code=500), 500
