"""Programs that may ask the API: let in, changed, shut out. `by` is empty where the command line does it.

A program acts as an account of its own, with an employer and a role at a place as people have; the account has no
password and no identity provider, and is refused one (`caseload.actions.users`): nobody signs in with it.
"""

from collections.abc import Iterable
from datetime import datetime
from secrets import token_hex
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.actions.user_roles import end_everything, put_role
from caseload.actions.users import create_user
from caseload.actions.versions import check_version
from caseload.domain.client_rules import CLIENT_ROLES, public_keys, redirect_uri
from caseload.domain.permissions import Permission
from caseload.domain.scopes import Context, Scope, parse_scopes
from caseload.domain.viewer import Viewer
from caseload.domain.words import Role
from caseload.exceptions import NotNow, NotThere
from caseload.queries.api_clients import governed_client
from caseload.queries.governed import in_force
from caseload.tables import ApiClient, ApiGrant, ApiToken, User, UserRole


def add_client(  # noqa: PLR0913 - everything a program starts with
    session: Session,
    *,
    by: Viewer | None,
    now: datetime,
    name: str,
    purpose: str,
    home_id: int,
    roles: Iterable[tuple[Role, int]],
    keys: str,
    scopes: Iterable[str],
    redirect_uris: Iterable[str] = (),
) -> int:
    """Let a program in; answers the id of its row. NotNow, with the field, for what cannot be used."""
    if by is not None and not by.may(Permission.MANAGE_CLIENTS):
        raise NotThere
    wanted = tuple(roles)
    if any(role not in CLIENT_ROLES for role, _ in wanted):
        raise NotNow("Choose one of the roles a program can have.", field="role")
    kept = _checked(keys, scopes, redirect_uris, acts_for_itself=bool(wanted))
    client_id = f"client-{token_hex(10)}"
    user_id = create_user(
        session, by=by, now=now, username=client_id, display_name=name, job_title="Program", home_id=home_id, password=None,
    )  # fmt: skip
    client = ApiClient(
        client_id=client_id, name=name, user_id=user_id, purpose=purpose, made_at=now, made_by=by.user_id if by else None,
        **kept,
    )  # fmt: skip
    session.add(client)
    session.flush()
    for role, place_id in wanted:  # once the account is a program's: some roles are for no other
        put_role(session, by, now, user_id, role, place_id)
    record(session, "client.add", by=by.user_id if by else None, now=now, client=client.id, user=user_id)
    return client.id


def change_client(  # noqa: PLR0913 - the fields of one form
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    client_row_id: int,
    row_version: int,
    name: str,
    purpose: str,
    keys: str,
    scopes: Iterable[str],
    redirect_uris: Iterable[str],
) -> int:
    """Other keys, scopes, addresses or words. Tokens it holds are revoked: they were given for what it was."""
    client, _ = governed_client(session, by, now, client_row_id)
    check_version(client, row_version, theirs={"Name": client.name, "What it is for": client.purpose})
    _going(client)
    user = session.get_one(User, client.user_id)
    kept = _checked(keys, scopes, redirect_uris, acts_for_itself=_has_role(session, client, now))
    client.name, client.purpose, user.display_name = name, purpose, name
    client.keys, client.scopes, client.redirect_uris = kept["keys"], kept["scopes"], kept["redirect_uris"]
    _revoke_all(session, client, now)
    record(session, "client.change", by=by.user_id, now=now, client=client.id)
    return client.id


def end_client(session: Session, *, by: Viewer, now: datetime, client_row_id: int, row_version: int) -> int:
    """Shut a program out: from now on it gets no token, and those it has are worth nothing. Its name stays on what it did."""
    client, _ = governed_client(session, by, now, client_row_id)
    check_version(client, row_version)
    _going(client)
    client.ended_at, client.ended_by = now, by.user_id
    user = session.get_one(User, client.user_id)
    user.deactivated_at = now
    end_everything(session, now, user.id)
    _revoke_all(session, client, now)
    record(session, "client.end", by=by.user_id, now=now, client=client.id, user=user.id)
    return client.id


def _going(client: ApiClient) -> None:
    if client.ended_at is not None:
        raise NotNow("This program was shut out already. Let it in as a new one.")


def _has_role(session: Session, client: ApiClient, now: datetime) -> bool:
    held = select(UserRole.id).where(UserRole.user_id == client.user_id, in_force(now))
    return session.execute(held).first() is not None


def _checked(
    keys: str, scopes: Iterable[str], redirect_uris: Iterable[str], *, acts_for_itself: bool
) -> dict[str, Any]:
    """What is kept of it; NotNow names the field that cannot be used."""
    try:
        kept = public_keys(keys)
    except ValueError as error:
        raise NotNow(f"{error}.", field="keys") from None
    try:
        uris = [redirect_uri(one) for one in redirect_uris]
    except ValueError as error:
        raise NotNow(f"{error}.", field="redirect_uris") from None
    wanted = _scopes(scopes)
    if any(scope.context is Context.SYSTEM for scope in wanted) and not acts_for_itself:
        raise NotNow("A program without a role can only have scopes that start with user/.", field="scopes")
    if any(scope.context is Context.USER for scope in wanted) and not uris:
        raise NotNow("Enter where people are sent back to, or leave out the scopes that start with user/.", field="redirect_uris")  # fmt: skip
    return {"keys": kept, "scopes": [str(scope) for scope in wanted], "redirect_uris": uris}


def _scopes(texts: Iterable[str]) -> tuple[Scope, ...]:
    try:
        wanted = parse_scopes(texts)
    except ValueError:
        raise NotNow("Each scope must be written as system/Flag.rs or user/CarePlan.r.", field="scopes") from None
    if not wanted:
        raise NotNow("Enter at least one scope.", field="scopes")
    return wanted


def _revoke_all(session: Session, client: ApiClient, now: datetime) -> None:
    held = select(ApiToken).where(
        ApiToken.client_id == client.id, ApiToken.revoked_at.is_(None), ApiToken.expires_at > now
    )
    for token in session.execute(held.order_by(ApiToken.id)).scalars():
        token.revoked_at = now
    given = select(ApiGrant).where(ApiGrant.client_id == client.id, ApiGrant.used_at.is_(None))
    for grant in session.execute(given.order_by(ApiGrant.id)).scalars():
        grant.used_at = now
