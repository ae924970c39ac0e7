"""Who an identity provider says somebody is, in our words: which claims say what is a setting, provider by provider."""

from collections.abc import Iterable, Mapping
from typing import Any

from caseload.domain.identity import Identity
from caseload.domain.words import Role
from caseload.settings import OidcProvider

_DISCOVERY = "/.well-known/openid-configuration"


def issuer_of(provider: OidcProvider) -> str:
    """The issuer its tokens must name: the one set, else the address its metadata is at, as discovery has it."""
    return provider.issuer or provider.metadata_url.removesuffix(_DISCOVERY)


def identity_of(provider: OidcProvider, claims: Mapping[str, Any]) -> Identity:
    """The claims as an identity: organisations and roles that the settings do not map are left out."""
    subject = str(claims["sub"])
    pairs = [(role, organisation) for role, organisation in _pairs(provider, claims) if role or not provider.roles]
    return Identity(
        issuer=issuer_of(provider),
        subject=subject,
        username=_text(claims.get(provider.username_claim)) or f"{provider.name}-{subject}",
        display_name=_text(claims.get(provider.name_claim)),
        email=_text(claims.get("email")),
        employer=next((provider.organisations[one] for _, one in pairs if one in provider.organisations), ""),
        roles=frozenset(_held(provider, pairs)),
        roles_are_told=bool(provider.roles),
        may_be_new=provider.create_users,
    )


def _held(provider: OidcProvider, pairs: Iterable[tuple[str, str]]) -> Iterable[tuple[Role, str]]:
    for told, organisation in pairs:
        place = provider.places.get(organisation) or provider.organisations.get(organisation)
        if told in provider.roles and place:
            yield Role(provider.roles[told]), place


def _pairs(provider: OidcProvider, claims: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Each role told with the organisation it is held at: both from one object, or every role at the one organisation."""
    told = _listed(claims.get(provider.roles_claim))
    if provider.role_field:
        objects = [one for one in told if isinstance(one, Mapping)]
        return [(_text(one.get(provider.role_field)), _text(one.get(provider.organisation_field))) for one in objects]
    organisations = [_text(one) for one in _listed(claims.get(provider.organisation_claim))] or [""]
    return [(_text(role), one) for role in told or [""] for one in organisations]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _text(value: Any) -> str:
    return value.strip()[:200] if isinstance(value, str) else ""
