"""A browser's session while one of its requests is answered."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex, token_urlsafe
from typing import Any, cast

from flask import session
from flask.sessions import SecureCookieSession

from caseload.queries.sessions import SessionRow
from caseload.settings import Settings

CSRF = "csrf_token"
LAPSED = "lapsed_user_id"


@dataclass(frozen=True)
class Limits:
    """How long a session lasts: idle, and at the longest."""

    idle: timedelta
    longest: timedelta

    @classmethod
    def of(cls, settings: Settings) -> "Limits":
        """The limits that are set."""
        return cls(timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours))

    def end(self, row: SessionRow, seen_at: datetime) -> datetime:
        """When the session ends if nothing is done after `seen_at`. Before signing in only the longest time counts."""
        longest = row.started_at + self.longest
        return longest if row.user_id is None else min(seen_at + self.idle, longest)


class BrowserSession(SecureCookieSession):
    """The content of a session with where it is kept: `token` and `row` are empty for one that is not kept yet.

    `lapsed_user_id` is whose session it was that had ended when the browser sent its token. An `unseen` request does not
    prolong the session, a `touched` one always does.
    """

    def __init__(
        self, token: str | None = None, row: SessionRow | None = None, *, lapsed_user_id: int | None = None
    ) -> None:
        super().__init__(row.content if row else None)
        self.token = token or ""
        self.row = row
        self.lapsed_user_id: int | None = lapsed_user_id or self.get(LAPSED)
        self.token_is_new = False
        self.left = False
        self.unseen = False
        self.touched = False

    @property
    def token_hash(self) -> str:
        """Under what it is kept."""
        return hash_of(self.token)

    @property
    def user_id(self) -> int | None:
        """Whose it is; None before signing in."""
        return self.row.user_id if self.row else None

    def become(self, token: str, row: SessionRow) -> None:
        """Go on as another session, under a new token: nobody who knew the old one is signed in by it."""
        self.token, self.row, self.token_is_new, self.left = token, row, True, False
        self.clear()
        self.update(row.content)
        self.modified = False

    def leave(self) -> None:
        """Forget it: the browser's token is removed."""
        self.clear()
        self.token, self.row, self.left = "", None, True


def browser_session() -> BrowserSession:
    """The session of the request being answered."""
    return cast(BrowserSession, session._get_current_object())  # type: ignore[attr-defined]


def new_token() -> str:
    """256 bits that nobody can guess."""
    return token_urlsafe(32)


def hash_of(token: str) -> str:
    """The token's SHA-256: all the database keeps of it."""
    return hashlib.sha256(token.encode()).hexdigest()


def first_content(user_id: int | None, **more: Any) -> dict[str, Any]:
    """What a session starts with: the value its forms are signed over, which says whose forms they are."""
    return {CSRF: f"{user_id or 0}.{token_hex(20)}", **more}
