"""Templates: how they are found, what every one of them can call, and that a typo in one is an error.

Our own templates run with StrictUndefined. The macros of nhsuk-frontend-jinja pass over parameters they were not
given, so they run in an environment of their own; a template calls them as `nhsuk.error_summary({…})`.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Flask, current_app, g, get_template_attribute, request, url_for
from flask_wtf.csrf import generate_csrf
from jinja2 import ChainableUndefined, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from caseload.domain.clock_words import clock_time
from caseload.domain.permissions import Permission
from caseload.domain.viewer import Viewer
from caseload.forms.components import component_of, errors_of
from caseload.forms.form import forms_here
from caseload.forms.typed import Line, Typed, typed_lines
from caseload.pages.navigation import FOOTER, HEADER, current, open_to
from caseload.pages.request import viewer
from caseload.presenters import words, writing
from caseload.queries.unread import unread_notices
from caseload.web import this_app

SERVICE_NAME = "Caretier"

_YEAR = 31_536_000  # seconds; the address of a file changes with its content

COMPONENTS = "checkboxes date-input error-summary input radios select textarea".split()
"""Those of the NHS.UK frontend that templates call: what forms are made of. Everything else is plain markup."""

FILTERS: Mapping[str, Callable[..., str]] = {
    "day": writing.day,
    "short_day": writing.short_day,
    "month_year": writing.month_year,
    "clock_time": clock_time,
    "moment": writing.moment,
    "nhs_number": writing.nhs_number,
    "percent": writing.percent,
    "thousands": writing.thousands,
    "counted": writing.counted,
    "words": words.words_of,
    "colour": words.colour_of,
}


def set_up_templates(app: Flask) -> None:
    """Give the application its filters, globals and components."""
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = _YEAR
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.lstrip_blocks = True  # not trim_blocks: it would join words at the ends of lines
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals.update(
        service_name=SERVICE_NAME,
        nhsuk={name.replace("-", "_"): partial(component, name) for name in COMPONENTS},
        field_component=field_component,
        errors_of=errors_of,
        new_form_key=new_form_key,
        csrf_token=generate_csrf,
        csp_nonce=csp_nonce,
        asset=asset,
        page_frame=page_frame,
        unread=unread,
        back_path=back_path,
        typed_lines=lines_here,
    )


def component(name: str, parameters: Mapping[str, Any]) -> Markup:
    """One component of the NHS.UK frontend, drawn."""
    return _macro(name)(dict(parameters))


def field_component(field: Any, options: Mapping[str, Any]) -> Markup:
    """A form's field as the component that stands for it; choices and days by our own macros, which write the same."""
    name, parameters = component_of(field, options)
    if is_plain_set(name, parameters):
        drawn: Markup = get_template_attribute("macros/choices.html", _OWN[name])(name, parameters)
        return drawn
    return component(name, parameters)


_OWN: Mapping[str, str] = {"radios": "choice_set", "checkboxes": "choice_set", "date-input": "day_set"}
"""The components of many parts, each with our own macro for it."""


def is_plain_set(name: str, parameters: Mapping[str, Any]) -> bool:
    """Whether our own macro draws this: a set under a legend, with nothing that is seldom asked for."""
    if name not in _OWN or "fieldset" not in parameters or parameters["attributes"]:
        return False
    revealing = any("conditional" in item for item in parameters["items"])
    return not revealing and not parameters["fieldset"]["legend"]["isPageHeading"]


def new_form_key() -> str:
    """A fresh key for one form on one page: what makes sending it twice have one effect."""
    return secrets.token_hex(16)


def csp_nonce() -> str:
    """The number used once that marks this answer's own scripts; the headers say the same."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(18)
    found: str = g.csp_nonce
    return found


def asset(name: str) -> str:
    """The address of a file under static/, with a mark of its content so that it may be kept for a year."""
    return url_for("static", filename=name, v=_mark(Path(cast(str, current_app.static_folder)) / name))


def page_frame() -> dict[str, Any]:
    """What surrounds every page: who is signed in and where header and footer lead."""
    who: Viewer | None = g.get("viewer")
    header = open_to(who, HEADER)
    return {
        "viewer": who,
        "may_search": who is not None and who.may(Permission.SEARCH_PEOPLE),
        "header": header,
        "current": current(request.path, header),
        "footer": open_to(who, FOOTER),
        "path": request.path,
        "session_ends": g.get("session_ends"),
    }


def lines_here(typed: Typed) -> list[Line]:
    """What was typed into a form of this page, in the words of the page's own forms."""
    return typed_lines(forms_here(), typed)


def back_path() -> str:
    """The page the refused form was on, if it was one of ours (the browser says which it was); else the first page."""
    came_from = urlsplit(request.referrer or "")
    if came_from.netloc != request.host or came_from.path.startswith("//"):
        return "/"
    return f"{came_from.path}?{came_from.query}" if came_from.query else came_from.path or "/"


def unread() -> int:
    """How many notices the viewer has not read: known with who is asking, or asked for where that is not known."""
    if "unread" in g:
        return cast(int, g.unread)
    with this_app().store.reading() as session:
        return unread_notices(session, viewer())


@cache
def _macro(name: str) -> Callable[[Mapping[str, Any]], Markup]:
    parts = name.split("-")
    template = _components().get_template(f"nhsuk/components/{name}/macro.jinja")
    return cast(
        Callable[[Mapping[str, Any]], Markup], getattr(template.module, parts[0] + "".join(map(str.title, parts[1:])))
    )


@cache
def _components() -> Environment:
    return Environment(
        loader=PackageLoader("nhsuk_frontend_jinja"),
        undefined=ChainableUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _mark(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]
