"""The programs that are registered, for administrators; and what is known of one that asks, with its tokens."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from caseload.domain.permissions import Permission
from caseload.domain.scopes import Scope, parse_scopes
from caseload.domain.viewer import Viewer
from caseload.domain.words import Role
from caseload.exceptions import NotThere
from caseload.queries.governed import governed_places, in_force, seen_by
from caseload.queries.viewers import viewer_of
from caseload.tables import ApiClient, ApiGrant, ApiToken, Organisation, User, UserRole


@dataclass(frozen=True, slots=True)
class KnownClient:
    """A program as its requests are answered: never one that was ended."""

    id: int
    client_id: str
    name: str
    user_id: int
    keys: dict[str, Any]
    scopes: tuple[Scope, ...]
    redirect_uris: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HeldToken:
    """A token in force: which program's, for whom it asks, and what it may ask."""

    token_id: int
    client: KnownClient
    viewer: Viewer
    scopes: tuple[Scope, ...]


@dataclass(frozen=True, slots=True)
class GivenCode:
    """What somebody let a program do, by the code it has to bring."""

    grant_id: int
    client_row_id: int
    user_id: int
    scopes: tuple[Scope, ...]
    redirect_uri: str
    challenge: str
    expires_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class ClientLine:
    """One program in the administrator's list."""

    id: int
    name: str
    client_id: str
    employer: str
    roles: tuple[tuple[Role, str], ...]
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class ClientDetails:
    """One program for its administrator. `keys` holds public keys only: there are no others here."""

    line: ClientLine
    purpose: str
    user_id: int
    keys: dict[str, Any]
    scopes: tuple[Scope, ...]
    redirect_uris: tuple[str, ...]
    made_at: datetime
    tokens_in_force: int
    row_version: int


def client_called(session: Session, client_id: str) -> KnownClient | None:
    """The program of this identifier; None for one that is not registered, was ended, or whose account was deactivated."""
    return _known(session, ApiClient.client_id == client_id)


def token_in_force(session: Session, token_hash: str, now: datetime) -> HeldToken | None:
    """The token kept under a hash, with who is asking by it now; None where it is over, or its program or user is."""
    wanted = select(ApiToken).where(
        ApiToken.token_hash == token_hash, ApiToken.revoked_at.is_(None), ApiToken.expires_at > now
    )
    token = session.execute(wanted).scalar_one_or_none()
    client = _known(session, ApiClient.id == token.client_id) if token is not None else None
    viewer = viewer_of(session, token.user_id, now) if token is not None and client is not None else None
    if token is None or client is None or viewer is None:
        return None
    return HeldToken(token.id, client, viewer, parse_scopes(token.scopes))


def code_given(session: Session, code_hash: str) -> GivenCode | None:
    """The code kept under a hash, used or not."""
    kept = session.execute(select(ApiGrant).where(ApiGrant.code_hash == code_hash)).scalar_one_or_none()
    if kept is None:
        return None
    return GivenCode(
        kept.id, kept.client_id, kept.user_id, parse_scopes(kept.scopes), kept.redirect_uri, kept.challenge, kept.expires_at,
        kept.used_at,
    )  # fmt: skip


def clients_seen(session: Session, viewer: Viewer, now: datetime) -> tuple[ClientLine, ...]:
    """The programs whose accounts the administrator looks after, those that were ended last."""
    wanted = _governed(session, viewer, now).order_by(ApiClient.ended_at.is_not(None), ApiClient.name, ApiClient.id)
    found = session.execute(wanted).all()
    roles = _roles(session, [client.user_id for client, _ in found], now)
    return tuple(_line(client, employer, roles) for client, employer in found)


def client_details(session: Session, viewer: Viewer, now: datetime, client_row_id: int) -> ClientDetails:
    """One program; NotThere for one the viewer does not look after."""
    client, employer = governed_client(session, viewer, now, client_row_id)
    tokens = select(ApiToken.id).where(
        ApiToken.client_id == client.id, ApiToken.revoked_at.is_(None), ApiToken.expires_at > now
    )
    return ClientDetails(
        _line(client, employer, _roles(session, [client.user_id], now)), client.purpose, client.user_id, client.keys,
        parse_scopes(client.scopes), tuple(client.redirect_uris), client.made_at,
        len(session.execute(tokens).all()), client.row_version,
    )  # fmt: skip


def governed_client(session: Session, viewer: Viewer, now: datetime, client_row_id: int) -> tuple[ApiClient, str]:
    """The row of a program with its employer's name, for who looks after its account; NotThere for everybody else."""
    found = session.execute(_governed(session, viewer, now).where(ApiClient.id == client_row_id)).one_or_none()
    if found is None or not viewer.may(Permission.MANAGE_CLIENTS):
        raise NotThere
    return found[0], found[1]


def client_id_of(session: Session, client_row_id: int) -> str:
    """What a program calls itself when it asks."""
    return session.get_one(ApiClient, client_row_id).client_id


def is_program(session: Session, user_id: int) -> bool:
    """Whether an account is a program's: nobody can be given a way to sign in with it."""
    return session.execute(select(ApiClient.id).where(ApiClient.user_id == user_id)).first() is not None


def _known(session: Session, which: ColumnElement[bool]) -> KnownClient | None:
    wanted = (
        select(ApiClient)
        .join(User, User.id == ApiClient.user_id)
        .where(which, ApiClient.ended_at.is_(None), User.deactivated_at.is_(None))
    )
    kept = session.execute(wanted).scalar_one_or_none()
    if kept is None:
        return None
    scopes, uris = parse_scopes(kept.scopes), tuple(kept.redirect_uris)
    return KnownClient(kept.id, kept.client_id, kept.name, kept.user_id, kept.keys, scopes, uris)


def _governed(session: Session, viewer: Viewer, now: datetime) -> Select[ApiClient, str]:
    """An ended program has no role any more: it is still seen by who looks after its employer."""
    places = governed_places(session, viewer, now)
    return (
        select(ApiClient, Organisation.name)
        .join(User, User.id == ApiClient.user_id)
        .join(Organisation, Organisation.id == User.home_id)
        .where(seen_by(places, now))
    )


def _line(client: ApiClient, employer: str, roles: dict[int, list[tuple[Role, str]]]) -> ClientLine:
    held = tuple(roles.get(client.user_id, ()))
    return ClientLine(client.id, client.name, client.client_id, employer, held, client.ended_at)


def _roles(session: Session, user_ids: list[int], now: datetime) -> dict[int, list[tuple[Role, str]]]:
    wanted = (
        select(UserRole.user_id, UserRole.role, Organisation.name)
        .join(Organisation, Organisation.id == UserRole.place_id)
        .where(UserRole.user_id.in_(user_ids), in_force(now))
        .order_by(UserRole.id)
    )
    found: dict[int, list[tuple[Role, str]]] = {}
    for user_id, role, place in session.execute(wanted):
        found.setdefault(user_id, []).append((role, place))
    return found
