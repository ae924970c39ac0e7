"""Text typed into a form that could not be taken: kept for the user whose form it was, and offered to them alone.

Whose form it was is read from the form itself: its CSRF token is signed over the id of the user it was made for. A tab
left open by one user and sent from another's session keeps nothing.
"""

import sys
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Response, current_app, g, request, session
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.exceptions import HTTPException

from caseload.actions.drafts import drop_draft, save_draft
from caseload.forms.form import Form, forms_here
from caseload.forms.typed import anything_asked, anything_typed
from caseload.pages.request import FORM_KEY, moment
from caseload.queries.drafts import DraftRow, draft_at
from caseload.web import this_app

NOT_KEPT = frozenset({FORM_KEY, "csrf_token", "row_version"})
"""The machinery of a form."""

SECRET_FIELDS = frozenset({"password", "current_password", "new_password", "new_password_again", "code"})
"""What is never kept and never shown again."""

WITH_DRAFT = "drafts"
"""What a session calls the paths of its user's drafts."""

_MOST = 50_000


def keep_draft() -> bool:
    """Keep what the form of this request carried, for the user it was made for, and say whether anything was kept.

    Nothing is kept where the browser is not theirs, the form is not one of ours, or nobody typed anything into it.
    """
    owner = _asking()
    content = typed()
    if owner is None or not _anything(content) or _made_for() != owner or _too_much(content):
        return False
    path = form_page()
    with this_app().store.writing() as writing:
        save_draft(writing, by=owner, now=moment(), path=path, content=content)
    if g.get("viewer") is not None:
        session[WITH_DRAFT] = sorted({*session.get(WITH_DRAFT, []), path})
    g.draft_kept = True
    return True


def drop_sent_draft(response: Response) -> Response:
    """After every answer: a form that was taken (and led to another page) leaves no draft behind."""
    viewer, kept = g.get("viewer"), session.get(WITH_DRAFT, [])
    taken = request.method == "POST" and 300 <= response.status_code < 400
    if viewer is None or not taken or g.get("draft_kept") or g.get("turned_away") or form_page() not in kept:
        return response
    with this_app().store.writing() as writing:
        drop_draft(writing, by=viewer.user_id, now=moment(), path=form_page())
    session[WITH_DRAFT] = [path for path in kept if path != form_page()]
    return response


def form_page() -> str:
    """The page the form of this request is on: its own address, or where it was sent from if that cannot be opened."""
    sender = urlsplit(request.referrer or "")
    here = sender.netloc == request.host and is_page(sender.path)
    path = request.path if is_page(request.path) or not here else sender.path
    return path[:300]


def is_page(path: str) -> bool:
    """Whether a path is one of ours that can be opened: not another site's, not one that only takes forms."""
    if not path.startswith("/") or path.startswith(("//", "/\\")):
        return False
    try:
        current_app.url_map.bind("").match(path, method="GET")
    except HTTPException:
        return False
    return True


def draft_for(path: str) -> DraftRow | None:
    """The signed-in user's draft of the form at this path; asks the database only where there is one."""
    viewer = g.get("viewer")
    if viewer is None or path not in session.get(WITH_DRAFT, []):
        return None
    if "draft" not in g:
        with this_app().store.reading() as reading:
            g.draft = draft_at(reading, viewer, path)
    return cast(DraftRow | None, g.draft)


def typed() -> dict[str, list[str]]:
    """What the form of this request carried, without its machinery and without secrets."""
    unwanted = NOT_KEPT | SECRET_FIELDS
    return {name: values for name, values in request.form.lists() if name not in unwanted and any(values)}


def forms_of_page() -> list[type[Form]]:
    """The forms that the module of the page asked for works with, whether or not the page was reached."""
    page = current_app.view_functions.get(request.endpoint or "")
    names = vars(sys.modules[page.__module__]).values() if page else ()
    return [one for one in names if isinstance(one, type) and issubclass(one, Form) and one is not Form]


def _anything(content: dict[str, list[str]]) -> bool:
    if forms_here():
        return anything_typed(forms_here(), content)
    return anything_asked(forms_of_page(), content, request.view_args or {})


def _asking() -> int | None:
    viewer = g.get("viewer")
    if viewer is not None:
        return cast(int, viewer.user_id)
    return cast(int | None, getattr(session, "lapsed_user_id", None))


def _made_for() -> int | None:
    """The user a form was made for, by its signed token however old; None for a form that is not ours."""
    signer = URLSafeTimedSerializer(cast(str, current_app.secret_key), salt="wtf-csrf-token")
    try:
        inside: Any = signer.loads(request.form.get("csrf_token", ""))
        return int(inside.split(".")[0])
    except (BadData, AttributeError, ValueError):
        return None


def _too_much(content: dict[str, list[str]]) -> bool:
    return sum(len(name) + sum(map(len, values)) for name, values in content.items()) > _MOST
