"""Sessions kept on the server: who is asking, for how long yet, and what their forms may be trusted with."""

from datetime import datetime, timedelta
from typing import Any, cast

from flask import Flask, Request, Response, g, request
from flask.sessions import SessionInterface
from sqlalchemy.orm import Session

from caseload.actions.sessions import begin_session, keep_session
from caseload.pages.request import moment
from caseload.queries.sessions import SessionRow, asker
from caseload.sign_in.browser_session import (
    LAPSED,
    BrowserSession,
    Limits,
    browser_session,
    first_content,
    hash_of,
    new_token,
)
from caseload.sign_in.drafts import draft_for, drop_sent_draft
from caseload.sign_in.first_steps import turn_to_first
from caseload.sign_in.oidc import prepare_providers
from caseload.web import for_programs, this_app

_SEEN_EVERY = timedelta(seconds=60)
_TOKEN_LENGTH = 43


def keep_sessions(app: Flask) -> None:
    """Give the application its sessions: the cookie, the viewer before every request, when the session ends."""
    settings = this_settings(app)
    app.config.update(
        SESSION_COOKIE_NAME="__Host-caseload" if settings.secure_cookies else "caseload",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    app.session_interface = ServerSessions()
    prepare_providers(app, settings)
    app.before_request(_find_viewer)
    app.before_request(turn_to_first)
    app.after_request(drop_sent_draft)
    app.jinja_env.globals.update(draft_for=draft_for, session_seconds=session_seconds)


def start_session(session: Session, user_id: int, now: datetime, **content: Any) -> str:
    """Sign somebody in, in a writing transaction; the token is what their browser is given."""
    token = new_token()
    begin_session(
        session, now=now, token_hash=hash_of(token), user_id=user_id, content=first_content(user_id, **content)
    )
    return token


def session_ends_at() -> datetime | None:
    """When the signed-in user is signed out if they do nothing more; None for who is not signed in."""
    here = browser_session()
    if here.row is None or here.row.user_id is None:
        return None
    return Limits.of(this_app().settings).end(here.row, moment() if _is_seen(here, here.row) else here.row.seen_at)


def session_seconds() -> int | None:
    """How many seconds are left until then."""
    end = session_ends_at()
    return None if end is None else max(0, int((end - moment()).total_seconds()))


class ServerSessions(SessionInterface):
    """Reads a session by the hash of the browser's token, and writes it when it changed or was not seen for a minute."""

    def open_session(self, app: Flask, request: Request) -> BrowserSession:
        """The browser's session; an empty one where its token is none of ours, or its time is over."""
        token = request.cookies.get(self.get_cookie_name(app), "")
        if len(token) != _TOKEN_LENGTH or _needs_none(app, request):
            return BrowserSession()
        with this_app().store.reading() as reading:
            found = asker(reading, hash_of(token), moment())
        if found is None:
            return BrowserSession()
        row = found.row
        if row.ended_at is not None or moment() >= Limits.of(this_app().settings).end(row, row.seen_at):
            return BrowserSession(lapsed_user_id=row.user_id)
        g.asker = found
        return BrowserSession(token, row)

    def save_session(self, app: Flask, session: Any, response: Response) -> None:
        """Keep what changed, and give the browser its token where that is new."""
        here = cast(BrowserSession, session)
        if for_programs(request.path):
            return
        if here.left:
            self._forget(app, response)
            return
        if here.row is None and here:
            _begin(here)
        elif here.row is not None and (here.modified or _is_seen(here, here.row)):
            _keep(here)
        if here.token_is_new:
            self._tell(app, here.token, response)
        if here.accessed or here.row is not None:
            response.vary.add("Cookie")

    def _tell(self, app: Flask, token: str, response: Response) -> None:
        response.set_cookie(
            self.get_cookie_name(app),
            token,
            path="/",
            secure=self.get_cookie_secure(app),
            httponly=True,
            samesite="Lax",
        )

    def _forget(self, app: Flask, response: Response) -> None:
        response.delete_cookie(
            self.get_cookie_name(app), path="/", secure=self.get_cookie_secure(app), httponly=True, samesite="Lax"
        )
        response.vary.add("Cookie")


def _find_viewer() -> None:
    if browser_session().user_id is None:
        return
    g.viewer, g.unread = g.asker.viewer, g.asker.unread
    g.session_ends = session_ends_at()
    draft = draft_for(request.path) if request.method == "GET" else None
    g.typed_before = draft.content if draft else None


def _begin(here: BrowserSession) -> None:
    """The first thing kept for a browser nobody is signed in with; it remembers whose session ended on it."""
    token, now, content = new_token(), moment(), {**first_content(None), **here}
    if here.lapsed_user_id is not None:
        content[LAPSED] = here.lapsed_user_id
    with this_app().store.writing() as writing:
        begin_session(writing, now=now, token_hash=hash_of(token), user_id=None, content=content)
    here.become(token, SessionRow(None, content, now, now, None))


def _keep(here: BrowserSession) -> None:
    with this_app().store.writing() as writing:
        keep_session(writing, now=moment(), token_hash=here.token_hash, content=dict(here))


def _is_seen(here: BrowserSession, row: SessionRow) -> bool:
    """Whether this request is written down as the last: at most one a minute, so that reading pages writes little."""
    return here.touched or (not here.unseen and moment() - row.seen_at >= _SEEN_EVERY)


def _needs_none(app: Flask, request: Request) -> bool:
    """Files, and what programs ask for: they bring a token of their own, and a cookie of theirs is neither read nor given."""
    return request.path.startswith(f"{app.static_url_path}/") or for_programs(request.path)


def this_settings(app: Flask) -> Any:
    """The settings of an application that is being put together."""
    with app.app_context():
        return this_app().settings
