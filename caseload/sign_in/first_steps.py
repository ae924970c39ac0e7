"""What somebody has to do before anything else: choose a password of their own, set up a second factor."""

from flask import g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from caseload.sign_in.browser_session import browser_session

FIRST = "first"
"""What a session calls the steps still to take, in their order."""

# The name of a step, and no secret.
PASSWORD = "password"  # noqa: S105  # nosec B105
SECOND_FACTOR = "second_factor"

_PAGES = {PASSWORD: "account.password", SECOND_FACTOR: "account.second_factor"}
_ALWAYS = frozenset({"sign_in.leave", "sign_in.session_end", "sign_in.stay", "static"})


def still_first() -> list[str]:
    """What the signed-in user still has to do first."""
    return list(browser_session().get(FIRST, []))


def turn_to_first() -> ResponseReturnValue | None:
    """Before every page: send whoever has something to do first to where it is done."""
    first = still_first() if g.get("viewer") is not None else []
    if not first or request.endpoint in _ALWAYS or request.endpoint == _PAGES[first[0]]:
        return None
    g.turned_away = True
    return redirect(url_for(_PAGES[first[0]]))
