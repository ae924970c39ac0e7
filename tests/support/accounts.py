"""Accounts of the made-up place that can sign in: a password, a second factor, codes of it."""

import json
from datetime import timedelta
from functools import cache

import pyotp
from sqlalchemy import select

from caseload import passwords, second_factor
from caseload.tables import AuditEvent, User, UserRole, WebSession

PASSWORD = "plum river candle"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@cache
def _hashed():
    return passwords.hashed(PASSWORD)


def give_password(store, user_id, now, *, own=True):
    """Let a user sign in with PASSWORD; `own` or given by an administrator."""
    with store.writing() as session:
        user = session.get_one(User, user_id)
        user.password_hash, user.password_changed_at = _hashed(), now if own else None


def give_second_factor(store, user_id, now):
    """Let a user's codes be those of SECRET."""
    with store.writing() as session:
        user = session.get_one(User, user_id)
        user.totp_secret = second_factor.sealed(SECRET, store.secrets.totp)
        user.totp_confirmed_at = now - timedelta(days=1)


def code_at(now, secret=SECRET):
    """The code an app shows at this moment."""
    return pyotp.TOTP(secret).at(int(now.timestamp()))


def user_row(store, user_id):
    """The account as it is kept."""
    with store.reading() as session:
        user = session.get_one(User, user_id)
        session.expunge_all()
        return user


def sessions_of(store, user_id=None):
    """The sessions kept: of a user, or of nobody yet."""
    with store.reading() as session:
        found = select(WebSession).where(WebSession.user_id == user_id).order_by(WebSession.started_at)
        rows = list(session.execute(found).scalars())
        session.expunge_all()
        return rows


def audit_details(store, action):
    """Who did each audit event of this action, and its details, oldest first."""
    with store.reading() as session:
        found = select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.number)
        return [(event.user_id, json.loads(event.detail)) for event in session.execute(found).scalars()]


def roles_now(store, user_id):
    """The roles a user holds, each with the id of its place, first given first."""
    with store.reading() as session:
        held = (
            select(UserRole.role, UserRole.place_id)
            .where(UserRole.user_id == user_id, UserRole.until_at.is_(None))
            .order_by(UserRole.id)
        )
        return [(role, place) for role, place in session.execute(held)]
