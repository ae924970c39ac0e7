"""Signing in: what a password or a code that was sent does to its account. Nobody is signed in, so nobody is `by`.

Every failure counts, of passwords and of codes alike, and so many of them lock the account for a while; only signing in
altogether sets the count back. The row is locked while it is counted: guesses sent at once are counted one by one, and
the right one among too many is refused like the others.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.passwords import hashed, is_outdated
from caseload.queries.accounts import Secrets
from caseload.settings import Settings
from caseload.tables import User


@dataclass(frozen=True)
class LockRule:
    """After how many failures an account is locked, and for how long."""

    failures: int
    lasts: timedelta

    @classmethod
    def of(cls, settings: Settings) -> "LockRule":
        """The rule that is set."""
        return cls(settings.lock_after_failures, timedelta(minutes=settings.lock_minutes))


@dataclass(frozen=True)
class Passed:
    """A password that was right: whose, and what is still asked of them."""

    user_id: int
    has_second_factor: bool
    must_change_password: bool


def settle_password(
    session: Session, *, now: datetime, tried: Secrets, password: str, right: bool, rule: LockRule
) -> Passed | None:
    """Count a password that was checked against `tried`; None where it opens nothing, whatever the cause.

    A password kept with outdated parameters is kept anew.
    """
    user = _locked_row(session, tried.user_id)
    if user is None:
        _refused(session, now, None, "unknown")
        return None
    if user.deactivated_at is not None or user.password_hash is None or user.password_hash != tried.password_hash:
        _refused(session, now, user.id, "deactivated" if user.deactivated_at else "no_password")
        return None
    if not _settle(session, user, now, right, rule, "password"):
        return None
    if is_outdated(user.password_hash):
        user.password_hash = hashed(password)
    return Passed(user.id, user.totp_confirmed_at is not None, user.password_changed_at is None)


def settle_code(session: Session, *, now: datetime, user_id: int, step: int | None, rule: LockRule) -> bool:
    """Count a code of the second factor that is right for the half-minute `step` (None for a wrong one).

    Whether it opens the account. The half-minute is taken here, under the row's lock: of two at once only one is.
    """
    user = _locked_row(session, user_id)
    if user is None or user.deactivated_at is not None:
        return False
    right = step is not None and (user.totp_last_step is None or step > user.totp_last_step)
    if not _settle(session, user, now, right, rule, "code"):
        return False
    user.totp_last_step = step
    return True


def signed_in(session: Session, *, now: datetime, user_id: int, how: str) -> None:
    """Somebody is in: the count of failures starts again."""
    user = session.get_one(User, user_id, with_for_update={"key_share": True})
    user.failed_sign_ins, user.locked_until = 0, None
    record(session, "sign_in", by=user_id, now=now, how=how)


def signed_out(session: Session, *, now: datetime, user_id: int) -> None:
    """Somebody left by the button. A session that runs out is no act of theirs."""
    record(session, "sign_out", by=user_id, now=now)


def refused_elsewhere(session: Session, *, now: datetime, provider: str, reason: str) -> None:
    """An identity provider sent somebody, or something, that is not let in."""
    record(session, "sign_in.refused", by=None, now=now, provider=provider, reason=reason)


def _settle(session: Session, user: User, now: datetime, right: bool, rule: LockRule, what: str) -> bool:
    if user.locked_until is not None and user.locked_until <= now:
        user.failed_sign_ins, user.locked_until = 0, None
    if user.locked_until is not None:
        _refused(session, now, user.id, "locked")
        return False
    if right:
        return True
    user.failed_sign_ins += 1
    if user.failed_sign_ins >= rule.failures:
        user.locked_until = now + rule.lasts
    _refused(session, now, user.id, what)
    return False


def _locked_row(session: Session, user_id: int | None) -> User | None:
    if user_id is None:
        return None
    return session.execute(select(User).where(User.id == user_id).with_for_update(key_share=True)).scalar_one_or_none()


def _refused(session: Session, now: datetime, user_id: int | None, reason: str) -> None:
    record(session, "sign_in.refused", by=user_id, now=now, reason=reason)
