"""Users: made, changed, let in again, deactivated. `by` is empty where the command line does it, which may do anything."""

import re
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.actions.practitioners import put_profile
from caseload.actions.sessions import end_sessions_of
from caseload.actions.user_roles import end_everything, put_role, put_team
from caseload.actions.versions import check_version
from caseload.domain.permissions import Permission
from caseload.domain.viewer import Viewer
from caseload.domain.words import Profession, Role
from caseload.exceptions import NotNow, NotThere
from caseload.passwords import hashed, refusal
from caseload.queries.api_clients import is_program
from caseload.queries.governed import account_of_ours
from caseload.queries.holdings import holdings_of, meetings_run_by
from caseload.queries.users import choices_of
from caseload.tables import Organisation, User

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,253}")


def create_user(  # noqa: PLR0913 - everything an account starts with
    session: Session,
    *,
    by: Viewer | None,
    now: datetime,
    username: str,
    display_name: str,
    job_title: str,
    home_id: int,
    password: str | None,
    roles: Iterable[tuple[Role, int]] = (),
    team_ids: Iterable[int] = (),
    profession: Profession | None = None,
    capacity: int | None = None,
    email: str = "",
    issuer: str = "",
    subject: str = "",
) -> int:
    """A user and their id. Without a password they can only sign in with the identity provider (`issuer`, `subject`).

    A password an administrator gave has to be changed at the first sign-in. NotNow for a username that is taken or
    not one, a password the rules refuse, an employer or place that is not the administrator's to choose.
    """
    _may_employ(session, by, now, home_id)
    name = _new_username(session, username)
    user = User(
        username=name, display_name=display_name, job_title=job_title, email=email or None, home_id=home_id,
        created_at=now, password_hash=_kept(password, name, display_name), password_changed_at=None if by else now,
        oidc_issuer=issuer or None, oidc_subject=subject or None,
    )  # fmt: skip
    session.add(user)
    session.flush()
    for role, place_id in roles:
        put_role(session, by, now, user.id, role, place_id)
    for team_id in team_ids:
        put_team(session, by, now, user.id, team_id)
    if profession is not None:
        put_profile(session, user.id, profession, capacity or 0)
    record(session, "user.create", by=by.user_id if by else None, now=now, user=user.id)
    return user.id


def change_user(  # noqa: PLR0913 - the fields of one form
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    user_id: int,
    row_version: int,
    display_name: str,
    job_title: str,
    email: str,
    home_id: int,
) -> int:
    """Another name, title, address or employer."""
    user = _ours(session, by, now, user_id)
    check_version(user, row_version, theirs={"Name": user.display_name, "Job title": user.job_title})
    if home_id != user.home_id:
        _not_oneself(by, user_id)  # the employer says which records are shown, as a role does
        _may_employ(session, by, now, home_id)
    user.display_name, user.job_title, user.email, user.home_id = display_name, job_title, email or None, home_id
    record(session, "user.change", by=by.user_id, now=now, user=user_id)
    return user_id


def give_password(session: Session, *, by: Viewer, now: datetime, user_id: int, password: str) -> int:
    """A password for somebody who lost theirs: they are signed out everywhere and must choose their own at once."""
    user = _ours(session, by, now, user_id)
    _not_oneself(by, user_id)
    _not_a_program(session, user_id)
    if user.oidc_subject is not None:
        raise NotNow("They sign in with an identity provider. Take the link away before giving a password.")
    user.password_hash, user.password_changed_at = _kept(password, user.username, user.display_name), None
    user.failed_sign_ins, user.locked_until = 0, None
    end_sessions_of(session, now=now, user_id=user_id)
    record(session, "user.password", by=by.user_id, now=now, user=user_id)
    return user_id


def remove_second_factor(session: Session, *, by: Viewer, now: datetime, user_id: int) -> int:
    """For somebody who lost their telephone: they are signed out everywhere and set up another at the next sign-in."""
    user = _ours(session, by, now, user_id)
    _not_oneself(by, user_id)
    user.totp_secret = user.totp_confirmed_at = user.totp_last_step = None
    end_sessions_of(session, now=now, user_id=user_id)
    record(session, "user.second_factor", by=by.user_id, now=now, user=user_id)
    return user_id


def unlock_user(session: Session, *, by: Viewer, now: datetime, user_id: int) -> int:
    """Let somebody try again before the lock is over."""
    user = _ours(session, by, now, user_id)
    user.failed_sign_ins, user.locked_until = 0, None
    record(session, "user.unlock", by=by.user_id, now=now, user=user_id)
    return user_id


def link_identity(session: Session, *, by: Viewer, now: datetime, user_id: int, issuer: str, subject: str) -> int:
    """Whom an identity provider's subject signs in as; both empty takes the link away."""
    user = _ours(session, by, now, user_id)
    _not_oneself(by, user_id)
    _not_a_program(session, user_id)
    taken = select(User.id).where(User.oidc_issuer == issuer, User.oidc_subject == subject, User.id != user_id)
    if subject and session.execute(taken).first():
        raise NotNow("Another user is already linked to this identifier.", field="subject")
    user.oidc_issuer, user.oidc_subject = (issuer, subject) if subject else (None, None)
    end_sessions_of(session, now=now, user_id=user_id)
    record(session, "user.identity", by=by.user_id, now=now, user=user_id)
    return user_id


def deactivate_user(session: Session, *, by: Viewer, now: datetime, user_id: int) -> int:
    """Let somebody in no more: their roles and memberships end, their name stays. NotNow while they hold cases, or
    chair or coordinate a series of team meetings.

    The row is locked first: whoever gives them a case or a meeting at the same time waits, and finds them gone.
    """
    user = _ours(session, by, now, user_id)
    _not_oneself(by, user_id)
    if user.deactivated_at is not None:
        raise NotNow("This account is deactivated already.")
    _holds_nothing(session, now, user_id)
    user.deactivated_at = now
    end_everything(session, now, user_id)
    end_sessions_of(session, now=now, user_id=user_id)
    record(session, "user.deactivate", by=by.user_id, now=now, user=user_id)
    return user_id


def _ours(session: Session, by: Viewer, now: datetime, user_id: int) -> User:
    if not by.may(Permission.MANAGE_USERS):
        raise NotThere
    return account_of_ours(session, by, now, user_id)


def _not_oneself(by: Viewer, user_id: int) -> None:
    if by.user_id == user_id:
        raise NotNow("Another administrator has to do this to your own account.")


def _not_a_program(session: Session, user_id: int) -> None:
    if is_program(session, user_id):
        raise NotNow(
            "This is the account of a program. It proves itself with its own key, and nobody signs in with it."
        )


def _may_employ(session: Session, by: Viewer | None, now: datetime, home_id: int) -> None:
    if by is None:
        session.get_one(Organisation, home_id)
    elif not by.may(Permission.MANAGE_USERS):
        raise NotThere
    elif home_id not in {one for one, _ in choices_of(session, by, now).employers}:
        raise NotNow("Choose an employer within your places, or one that is not a place.", field="home")


def _new_username(session: Session, username: str) -> str:
    name = username.strip().casefold()
    if not _USERNAME.fullmatch(name):
        raise NotNow(
            "A username has letters, numbers, full stops, hyphens, underscores, + and @, and begins with one of the first two.",
            field="username",
        )
    if session.execute(select(User.id).where(User.username == name)).first():
        raise NotNow("This username is taken.", field="username")
    return name


def _kept(password: str | None, username: str, display_name: str) -> str | None:
    if password is None:
        return None
    wrong = refusal(password, username=username, display_name=display_name)
    if wrong:
        raise NotNow(f"{wrong}.")
    return hashed(password)


def _holds_nothing(session: Session, now: datetime, user_id: int) -> None:
    held = holdings_of(session, now, user_id)
    if not held.nothing:
        raise NotNow(f"They still hold {held.in_words()}. Hand everything over first.")
    meetings = meetings_run_by(session, user_id)
    if meetings:
        raise NotNow(
            f"They chair or coordinate {'this team meeting' if len(meetings) == 1 else 'these team meetings'}: "
            f"{', '.join(meetings)}. Somebody who runs meetings there has to name another first: under MDT, the meeting, "
            "then “Change the meeting”."
        )
