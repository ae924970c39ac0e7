"""What somebody changes of their own account."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.actions.sessions import end_sessions_of
from caseload.actions.versions import check_version
from caseload.domain.viewer import Viewer
from caseload.exceptions import NotNow, NotThere
from caseload.passwords import hashed, refusal
from caseload.tables import Draft, User


def change_password(session: Session, *, by: Viewer, now: datetime, password: str) -> int:
    """Give oneself another password; every session of the account ends. NotNow with the rule it breaks.

    Whether the present password is known was checked before: that check counts failures, and must be kept.
    """
    user = _own(session, by)
    if user.password_hash is None:
        raise NotNow("You sign in with an identity provider, so your password is not kept here.")
    wrong = refusal(password, username=user.username, display_name=user.display_name)
    if wrong:
        raise NotNow(f"{wrong}.", field="new_password")
    user.password_hash, user.password_changed_at = hashed(password), now
    end_sessions_of(session, now=now, user_id=user.id)
    record(session, "account.password", by=by.user_id, now=now)
    return user.id


def confirm_second_factor(session: Session, *, by: Viewer, now: datetime, sealed: str, step: int) -> int:
    """Use this second factor from now on, in place of an earlier one; every session of the account ends.

    `sealed` is its encrypted secret, `step` the half-minute of the code that proved it, which is not taken again.
    """
    user = _own(session, by)
    if user.password_hash is None:
        raise NotNow("You sign in with an identity provider, which asks for your second factor itself.")
    user.totp_secret, user.totp_confirmed_at, user.totp_last_step = sealed.encode(), now, step
    end_sessions_of(session, now=now, user_id=user.id)
    record(session, "account.second_factor", by=by.user_id, now=now)
    return user.id


def set_digest(session: Session, *, by: Viewer, now: datetime, email: str, wanted: bool, row_version: int) -> int:
    """Where the daily digest goes, and whether it is wanted."""
    user = _own(session, by)
    check_version(user, row_version)
    if wanted and not email:
        raise NotNow("Enter an email address for the daily digest.", field="email")
    user.email, user.wants_digest = email or None, wanted
    record(session, "account.digest", by=by.user_id, now=now, wanted=wanted)
    return user.id


def discard_draft(session: Session, *, by: Viewer, now: datetime, draft_id: int) -> str:
    """Throw away one's own draft; answers the path of its form. NotThere for one of somebody else."""
    wanted = select(Draft).where(Draft.id == draft_id, Draft.user_id == by.user_id)
    draft = session.execute(wanted).scalar_one_or_none()
    if draft is None:
        raise NotThere
    session.delete(draft)
    record(session, "draft.drop", by=by.user_id, now=now)
    return draft.path


def _own(session: Session, by: Viewer) -> User:
    return session.execute(select(User).where(User.id == by.user_id).with_for_update(key_share=True)).scalar_one()
