"""Signing in with an identity provider (OpenID Connect, authorization code with PKCE), through Authlib.

Authlib checks state, nonce, signature, issuer, audience and times; what it takes from the provider's own metadata is
narrowed here to what the settings say: the issuer must be the one set, and only asymmetric signatures count.
"""

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, request, url_for
from flask.typing import ResponseReturnValue

from caseload.domain.identity import Identity, NotLetIn
from caseload.domain.permissions import PROGRAM_ROLES
from caseload.domain.words import Role
from caseload.exceptions import SettingsRefused
from caseload.settings import OidcProvider, Settings
from caseload.sign_in.claims import identity_of, issuer_of
from caseload.sign_in.client_proof import prove_with
from caseload.web import this_app

_EXTENSION = "caseload_providers"
_SECONDS = 10
_SIGNATURES = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


def prepare_providers(app: Flask, settings: Settings) -> None:
    """Make the providers of the settings ready; SettingsRefused where one cannot be used as it is set."""
    if not settings.oidc:
        return
    try:
        from authlib.integrations.flask_client import OAuth
    except ImportError:
        raise SettingsRefused(
            "Authlib, for the identity providers that are set", "none installed", "Install caretier[oidc]."
        ) from None
    providers = OAuth(app)
    for provider in settings.oidc:
        _check(provider)
        proof = prove_with(provider, settings)
        providers.register(
            name=provider.name,
            server_metadata_url=provider.metadata_url,
            client_id=provider.client_id,
            client_secret=proof.secret,
            client_auth_methods=proof.signers,
            client_kwargs={
                "scope": provider.scope,
                "code_challenge_method": "S256",
                "token_endpoint_auth_method": proof.method,
                "default_timeout": _SECONDS,
            },
        )
    app.extensions[_EXTENSION] = providers


def provider_named(name: str) -> OidcProvider | None:
    """The provider of this name, if there is one."""
    return next((one for one in this_app().settings.oidc if one.name == name), None)


def send_to(provider: OidcProvider) -> ResponseReturnValue | NotLetIn:
    """The way to the provider's own sign-in page; it remembers state, nonce and PKCE verifier in the session."""
    asked = {"acr_values": provider.acr_values} if provider.acr_values else {}
    try:
        answer: ResponseReturnValue = _client(provider).authorize_redirect(_return_address(provider), **asked)
    except _faults():
        return NotLetIn.NOT_ANSWERED
    return answer


def received(provider: OidcProvider) -> Identity | NotLetIn:
    """Whom the provider sent back, once everything about it was checked."""
    if "error" in request.args:
        return NotLetIn.TURNED_DOWN
    try:
        claims = _claims(provider)
    except _faults() as fault:
        current_app.logger.warning("sign-in with %s refused: %s", provider.name, type(fault).__name__)
        return NotLetIn.NO_PROOF
    if provider.acr_values and claims.get("acr") not in provider.acr_values.split():
        return NotLetIn.NOT_STRONG
    return identity_of(provider, claims)


def _claims(provider: OidcProvider) -> dict[str, Any]:
    """The token's claims with what the provider's userinfo adds. ValueError where they are of two people."""
    client = _client(provider)
    must_be = {"iss": issuer_of(provider), "aud": provider.client_id}
    options = {claim: {"essential": True, "values": [value]} for claim, value in must_be.items()}
    token = client.authorize_access_token(claims_options=options)
    told: dict[str, Any] = dict(token.get("userinfo") or {})
    if not told.get("sub"):
        raise ValueError("no identity in the answer")
    if client.load_server_metadata().get("userinfo_endpoint"):
        more = client.userinfo(token=token)
        if more.get("sub") != told["sub"]:
            raise ValueError("the identity and the information are of two people")
        told = {**more, **told}
    return told


def _client(provider: OidcProvider) -> Any:
    """The provider's client, with its metadata read. ValueError where they name another issuer than the settings."""
    client = getattr(current_app.extensions[_EXTENSION], provider.name)
    metadata = client.load_server_metadata()
    if metadata.get("issuer") != issuer_of(provider):
        raise ValueError("the provider's metadata name another issuer")
    offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
    metadata["id_token_signing_alg_values_supported"] = [one for one in offered if one in _SIGNATURES]
    return client


def _return_address(provider: OidcProvider) -> str:
    path = url_for("sign_in.returned", provider=provider.name)
    public = this_app().settings.public_url.rstrip("/")
    return f"{public}{path}" if public else f"{request.url_root.rstrip('/')}{path}"


def _faults() -> tuple[type[Exception], ...]:
    """What may go wrong between us and a provider; anything else is a fault of ours and shown as one."""
    from authlib.common.errors import AuthlibBaseError
    from joserfc.errors import JoseError
    from requests import RequestException

    return (AuthlibBaseError, JoseError, RequestException, ValueError, KeyError)


def _check(provider: OidcProvider) -> None:
    address = urlsplit(provider.metadata_url)
    if address.scheme != "https" and address.hostname not in _HERE:
        raise SettingsRefused(
            f"an https address for the identity provider {provider.name}", "another", "Put metadata_url right."
        )
    allowed = [role.value for role in Role if role not in PROGRAM_ROLES]
    refused = sorted(set(provider.roles.values()) - set(allowed))
    if refused:
        raise SettingsRefused(
            f"roles that people have in the setting `roles` of the identity provider {provider.name}",
            ", ".join(refused),
            f"Choose from {', '.join(allowed)}.",
        )
