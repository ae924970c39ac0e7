"""Letting in somebody an identity provider vouches for: found by issuer and subject, never by a name or an address."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.actions.user_roles import put_role
from caseload.actions.users import create_user
from caseload.domain.identity import Identity, NotLetIn
from caseload.domain.permissions import PROGRAM_ROLES
from caseload.domain.words import Role
from caseload.queries.governed import in_force
from caseload.tables import Organisation, User, UserRole


def user_of_identity(session: Session, *, now: datetime, identity: Identity) -> int | NotLetIn:
    """The id of the user an identity is, with the roles it tells of, or why they are not let in.

    Somebody unknown is made a user where the provider's settings allow it; their employer and roles must be known.
    """
    roles = _places(session, identity.roles)
    employer = _id_of(session, identity.employer)
    wanted = select(User).where(User.oidc_issuer == identity.issuer, User.oidc_subject == identity.subject)
    user = session.execute(wanted.with_for_update(key_share=True)).scalar_one_or_none()
    if user is not None and user.deactivated_at is not None:
        return NotLetIn.DEACTIVATED
    if user is not None and identity.roles_are_told:
        _follow(session, now, user.id, roles)  # also to none: who is not let in any more keeps nothing
    if identity.roles_are_told and not roles:
        return NotLetIn.NO_ROLE
    if user is None:
        return _new(session, now, identity, employer, roles)
    if employer is not None and employer != user.home_id:
        user.home_id = employer
    return user.id


def _new(
    session: Session, now: datetime, identity: Identity, employer: int | None, roles: set[tuple[Role, int]]
) -> int | NotLetIn:
    if not identity.may_be_new:
        return NotLetIn.UNKNOWN
    if employer is None:
        return NotLetIn.NO_ORGANISATION
    return create_user(
        session,
        by=None,
        now=now,
        username=_free_username(session, identity),
        display_name=identity.display_name or identity.username,
        job_title="",
        home_id=employer,
        password=None,
        roles=sorted(roles),
        email=identity.email,
        issuer=identity.issuer,
        subject=identity.subject,
    )


def _follow(session: Session, now: datetime, user_id: int, told: set[tuple[Role, int]]) -> None:
    """Make the roles held now the ones told of."""
    held = {
        (one.role, one.place_id): one
        for one in session.execute(select(UserRole).where(UserRole.user_id == user_id, in_force(now))).scalars()
    }
    for key in sorted(held.keys() - told):
        held[key].until_at = now
    for role, place_id in sorted(told - held.keys()):
        put_role(session, None, now, user_id, role, place_id)
    if held.keys() != told:
        record(session, "user.roles_told", by=user_id, now=now, user=user_id)


def _places(session: Session, roles: frozenset[tuple[Role, str]]) -> set[tuple[Role, int]]:
    """The roles told of that somebody who signs in can have, at the places there are."""
    found = ((role, _id_of(session, code)) for role, code in roles if role not in PROGRAM_ROLES)
    return {(role, place_id) for role, place_id in found if place_id is not None}


def _id_of(session: Session, code: str) -> int | None:
    return session.execute(select(Organisation.id).where(Organisation.code == code)).scalar_one_or_none()


def _free_username(session: Session, identity: Identity) -> str:
    """The username told of; where somebody here has it, or it is not one, one made of the subject."""
    told = "".join(one for one in identity.username.casefold() if one.isascii() and (one.isalnum() or one in "._@+-"))
    taken = session.execute(select(User.id).where(User.username == told)).first()
    told = told.lstrip("._@+-")
    if len(told) >= 2 and not taken:
        return told
    return "user-" + "".join(one for one in identity.subject.casefold() if one.isascii() and one.isalnum())[:200]
