"""Access tokens: given for a proof or a code, each of which counts once; kept as hashes; revoked. No refresh.

Nobody is signed in when a program asks for a token: the account it is for is who the audit log names.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.domain.client_rules import CODE, SYSTEM_TOKEN, USER_TOKEN
from caseload.domain.permissions import Permission
from caseload.domain.scopes import Scope
from caseload.domain.viewer import Viewer
from caseload.exceptions import NotNow, NotThere
from caseload.queries.api_clients import KnownClient
from caseload.tables import ApiAssertion, ApiClient, ApiGrant, ApiToken

_KEPT_FOR = timedelta(days=1)


def take_assertion(
    session: Session, *, now: datetime, client: KnownClient, jti_hash: str, expires_at: datetime
) -> bool:
    """Note that a signed proof was used; False for one that was before. Those that are long over are forgotten."""
    session.execute(delete(ApiAssertion).where(ApiAssertion.expires_at < now - _KEPT_FOR))
    used = select(ApiAssertion.id).where(ApiAssertion.client_id == client.id, ApiAssertion.jti_hash == jti_hash)
    if session.execute(used).first() is not None:
        return False
    session.add(ApiAssertion(client_id=client.id, jti_hash=jti_hash, expires_at=expires_at))
    session.flush()
    return True


def issue_token(
    session: Session, *, now: datetime, client: KnownClient, token_hash: str, scopes: Iterable[Scope]
) -> None:
    """A token for a program that acts for itself."""
    _still_there(session, client)
    _put(session, now, client, client.user_id, token_hash, scopes, now + SYSTEM_TOKEN)
    record(session, "token.issue", by=client.user_id, now=now, client=client.id)


def let_in(  # noqa: PLR0913 - what the code stands for
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    client: KnownClient,
    code_hash: str,
    scopes: Iterable[Scope],
    redirect_uri: str,
    challenge: str,
) -> int:
    """Somebody lets a program act for them: what its code stands for. Answers the id of it."""
    if not by.may(Permission.LET_PROGRAM_IN):
        raise NotThere
    _still_there(session, client)
    grant = ApiGrant(
        code_hash=code_hash, client_id=client.id, user_id=by.user_id, scopes=[str(scope) for scope in scopes],
        redirect_uri=redirect_uri, challenge=challenge, given_at=now, expires_at=now + CODE,
    )  # fmt: skip
    session.add(grant)
    session.flush()
    record(session, "token.let_in", by=by.user_id, now=now, client=client.id)
    return grant.id


def exchange_code(session: Session, *, now: datetime, client: KnownClient, grant_id: int, token_hash: str) -> bool:
    """A token for the code somebody's browser brought. False for a code that is over, or was used.

    Of a code that comes a second time somebody else may have the first token: all that the program holds for this user are
    revoked (RFC 6749, 4.1.2).
    """
    _still_there(session, client)
    wanted = select(ApiGrant).where(ApiGrant.id == grant_id, ApiGrant.client_id == client.id).with_for_update()
    grant = session.execute(wanted).scalar_one()
    if grant.used_at is not None:
        _revoke_for(session, now, client.id, grant.user_id)
        record(session, "token.code_again", by=grant.user_id, now=now, client=client.id)
        return False
    if grant.expires_at <= now:
        return False
    grant.used_at = now
    scopes = [Scope.parse(text) for text in grant.scopes]
    _put(session, now, client, grant.user_id, token_hash, scopes, now + USER_TOKEN)
    record(session, "token.issue", by=grant.user_id, now=now, client=client.id)
    return True


def revoke_token(session: Session, *, now: datetime, client: KnownClient, token_hash: str) -> None:
    """A program gives one of its own tokens back; one it does not hold is passed over (RFC 7009)."""
    wanted = select(ApiToken).where(ApiToken.token_hash == token_hash, ApiToken.client_id == client.id)
    token = session.execute(wanted.with_for_update()).scalar_one_or_none()
    if token is None or token.revoked_at is not None:
        return
    token.revoked_at = now
    record(session, "token.revoke", by=token.user_id, now=now, client=client.id)


def _still_there(session: Session, client: KnownClient) -> None:
    """The row is locked: a program that is shut out at the same moment is not given a token afterwards."""
    wanted = select(ApiClient).where(ApiClient.id == client.id).with_for_update(read=True)
    if session.execute(wanted).scalar_one().ended_at is not None:
        raise NotNow("This program was shut out.")


def _put(  # noqa: PLR0913 - the columns of a row
    session: Session,
    now: datetime,
    client: KnownClient,
    user_id: int,
    token_hash: str,
    scopes: Iterable[Scope],
    expires_at: datetime,
) -> None:
    session.execute(delete(ApiToken).where(ApiToken.expires_at < now - _KEPT_FOR))
    session.add(
        ApiToken(
            token_hash=token_hash, client_id=client.id, user_id=user_id, scopes=[str(scope) for scope in scopes],
            issued_at=now, expires_at=expires_at,
        )
    )  # fmt: skip
    session.flush()


def _revoke_for(session: Session, now: datetime, client_row_id: int, user_id: int) -> None:
    held = select(ApiToken).where(
        ApiToken.client_id == client_row_id, ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None)
    )
    for token in session.execute(held.order_by(ApiToken.id)).scalars():
        token.revoked_at = now
