"""The edge between a request and the rest: who asks, at what moment, whom the answer shows, what a form sets off."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any, TypeVar, cast

from flask import abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from caseload.actions.look_book import Look
from caseload.actions.once import Action, once
from caseload.clock import local_day
from caseload.domain.permissions import Permission
from caseload.domain.viewer import Viewer
from caseload.exceptions import NotThere
from caseload.web import this_app

Page = TypeVar("Page", bound=Callable[..., ResponseReturnValue])

FORM_KEY = "form_key"


def requires(permission: Permission) -> Callable[[Page], Page]:
    """What somebody needs to be given this page; without it the page does not exist for them."""

    def marked(page: Page) -> Page:
        page.permission = permission  # type: ignore[attr-defined]
        return page

    return marked


def open_to_everyone(page: Page) -> Page:
    """A page for people who have not signed in: signing in itself, the health check, style sheets."""
    page.permission = None  # type: ignore[attr-defined]
    return page


def viewer() -> Viewer:
    """The signed-in user. Only pages that require a permission may ask."""
    found: Viewer | None = g.get("viewer")
    if found is None:
        raise RuntimeError("a page that asks who is signed in has to require a permission")
    return found


def moment() -> datetime:
    """The moment of this request: the same however often it is asked for."""
    if "moment" not in g:
        g.moment = this_app().now()
    found: datetime = g.moment
    return found


def today() -> date:
    """The calendar day of this request, in London."""
    return local_day(moment())


def looked_at(people: Iterable[int], page: str | None = None) -> None:
    """Say whom this page shows by name or in detail. Written to the audit log before the page leaves; nobody looks unseen."""
    seen: dict[str, set[int]] = g.setdefault("looked_at", {})
    seen.setdefault(page or (request.endpoint or ""), set()).update(people)


def perform(action: Action, **arguments: Any) -> Any:
    """Carry out an action for the signed-in user, once per form however often it is sent, and answer its result.

    The form carries its key in a hidden field (`form_key`, put there by the form macro); one without is refused.
    """
    key = request.form.get(FORM_KEY, "")
    if not 16 <= len(key) <= 64:
        abort(400)
    return once(this_app().store, action, by=viewer(), now=moment(), key=key, **arguments)


def shown_version() -> int:
    """The version of the row as the form showed it (`row_version`, put there by the form macro); one without is refused."""
    version = request.form.get("row_version", type=int)
    if version is None:
        abort(400)
    return version


def check_permission() -> ResponseReturnValue | None:
    """Before every request: the page's permission against the viewer's. Missing and forbidden are the same page."""
    if request.endpoint is None or request.endpoint == "static":
        return None
    page = current_app.view_functions[request.endpoint]
    permission = cast(Permission | None, vars(page)["permission"])  # a test holds that every page has one
    if permission is None:
        return None
    if g.get("viewer") is None:
        return redirect(url_for("sign_in.show", next=_this_path()))
    if not viewer().may(permission):
        raise NotThere
    return None


def write_looks() -> None:
    """After a page was made: its looks go to the audit log, in a transaction they share with those of other requests."""
    seen: dict[str, set[int]] = g.pop("looked_at", {})
    if any(seen.values()):
        this_app().looks.write(Look(viewer(), moment(), seen))


def _this_path() -> str:
    return request.full_path.rstrip("?") if request.method == "GET" else request.path
