"""Checking a password or a code. Hashing takes a tenth of a second, so it is done between the transactions."""

from datetime import datetime

from caseload import passwords, second_factor
from caseload.actions.sign_ins import LockRule, Passed, settle_code, settle_password
from caseload.queries.accounts import secrets_by_id, secrets_of
from caseload.web import App


def check_password(app: App, now: datetime, username: str, password: str) -> Passed | None:
    """Whose password it is, or None: the same answer in about the same time for a wrong one, an unknown account, a locked one."""
    with app.store.reading() as reading:
        tried = secrets_of(reading, username)
    right = passwords.matches(tried.password_hash, password)
    with app.store.writing() as writing:
        return settle_password(
            writing, now=now, tried=tried, password=password, right=right, rule=LockRule.of(app.settings)
        )


def check_code(app: App, now: datetime, user_id: int, code: str) -> bool:
    """Whether it is a code of the user's second factor that was not used before."""
    with app.store.reading() as reading:
        kept = secrets_by_id(reading, user_id)
    step = None
    if kept.totp_secret is not None:
        secret = second_factor.opened(kept.totp_secret, app.store.secrets.totp)
        step = second_factor.step_of(secret, code, now, kept.totp_last_step)
    with app.store.writing() as writing:
        return settle_code(writing, now=now, user_id=user_id, step=step, rule=LockRule.of(app.settings))
