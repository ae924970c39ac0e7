"""What happens in the browser's session between the first page and being signed in."""

from datetime import datetime, timedelta
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from caseload.actions.sessions import begin_session, clear_sessions, end_session
from caseload.actions.sign_ins import signed_in
from caseload.pages.request import moment
from caseload.queries.drafts import paths_with_drafts
from caseload.queries.sessions import session_row
from caseload.sign_in.browser_session import browser_session, first_content, hash_of, new_token
from caseload.sign_in.drafts import WITH_DRAFT, is_page
from caseload.sign_in.first_steps import FIRST, still_first
from caseload.sign_in.web import start_session
from caseload.web import this_app

_WAITING = "waiting"
_CODE_WITHIN = timedelta(minutes=10)


def enter(user_id: int, how: str, *, first: tuple[str, ...] = ()) -> None:
    """Sign the browser in as this user, under a new token. `first` is what has to be done before anything else."""
    with this_app().store.writing() as writing:
        _drop_present(writing)
        clear_sessions(writing, now=moment())
        signed_in(writing, now=moment(), user_id=user_id, how=how)
        _begin(writing, user_id, first)


def enter_again(user_id: int, *, done: str) -> None:
    """Give the browser of a signed-in user a new session, after all of theirs were ended by something they did."""
    first = tuple(step for step in still_first() if step != done)
    with this_app().store.writing() as writing:
        _begin(writing, user_id, first)


def wait_for_code(user_id: int, *, must_change_password: bool, wanted: str) -> None:
    """The password was right: the browser goes on under a new token, not signed in, until the code is."""
    now = moment()
    token, content = new_token(), first_content(None)
    content[_WAITING] = {
        "user_id": user_id, "at": now.isoformat(), "must_change_password": must_change_password, "wanted": wanted,
    }  # fmt: skip
    with this_app().store.writing() as writing:
        _drop_present(writing)
        begin_session(writing, now=now, token_hash=hash_of(token), user_id=None, content=content)
        row = session_row(writing, hash_of(token))
    assert row is not None
    browser_session().become(token, row)


def waiting() -> dict[str, Any] | None:
    """Who has given a password and not yet a code: user_id, must_change_password, wanted. None after ten minutes."""
    found: dict[str, Any] | None = browser_session().get(_WAITING)
    if found is None or moment() - datetime.fromisoformat(found["at"]) > _CODE_WITHIN:
        return None
    return found


def wanted_page() -> str:
    """The page somebody wanted before signing in: a page of ours that can be opened, else the first one."""
    asked = request.args.get("next", "")
    path = asked.split("?")[0]
    return asked if is_page(path) and not path.startswith("/sign-") else "/"


def _begin(writing: Session, user_id: int, first: tuple[str, ...]) -> None:
    drafts = paths_with_drafts(writing, user_id)
    content: dict[str, Any] = {FIRST: list(first)} if first else {}
    token = start_session(writing, user_id, moment(), **content, **({WITH_DRAFT: drafts} if drafts else {}))
    writing.flush()
    row = session_row(writing, hash_of(token))
    assert row is not None
    browser_session().become(token, row)


def _drop_present(writing: Session) -> None:
    here = browser_session()
    if here.row is not None:
        end_session(writing, now=moment(), token_hash=here.token_hash)
