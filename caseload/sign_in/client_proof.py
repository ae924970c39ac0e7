"""How we prove to an identity provider who we are: a secret both know, or an assertion signed with a key only we have."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from caseload.exceptions import SettingsRefused
from caseload.settings import OidcProvider, Settings

ASSERTION_SECONDS = 60
"""How long a signed assertion can be used; NHS CIS2 takes none that lives longer than five minutes."""


@dataclass(frozen=True)
class Proof:
    """What Authlib needs for it: the secret (or the key in its place), the name of the method, and who signs."""

    method: str
    secret: Any = None
    signers: list[Any] = field(default_factory=list)


def prove_with(provider: OidcProvider, settings: Settings) -> Proof:
    """The proof the settings ask for. SettingsRefused where there are two, or the key cannot be read."""
    secret = settings.oidc_secrets.get(provider.name)
    if provider.client_key_file and secret:
        raise SettingsRefused(
            f"one proof for the identity provider {provider.name}", "a secret and a key file", "Take one of them away."
        )
    if provider.client_key_file:
        return Proof("private_key_jwt", _key(provider), [_signer(provider)])
    return Proof("client_secret_basic", secret.get_secret_value()) if secret else Proof("none")


def _key(provider: OidcProvider) -> Any:
    from joserfc.errors import JoseError
    from joserfc.jwk import RSAKey

    try:
        key = RSAKey.import_key(Path(provider.client_key_file).read_bytes())
    except (OSError, ValueError, JoseError):
        key = None
    if key is None or not key.is_private:
        raise SettingsRefused(
            f"an RSA private key in PEM for the identity provider {provider.name}",
            "a file that has none, or cannot be read",
            "Put client_key_file right.",
        )
    return key


def _signer(provider: OidcProvider) -> Any:
    """Signs an assertion for each answer we ask for. Authlib's own lives for an hour, and names no key."""
    from authlib.oauth2.rfc7523 import PrivateKeyJWT
    from authlib.oauth2.rfc7523.assertion import private_key_jwt_sign

    class Signer(PrivateKeyJWT):  # type: ignore[misc]
        def sign(self, auth: Any, token_endpoint: str) -> Any:
            return private_key_jwt_sign(
                auth.client_secret, client_id=auth.client_id, token_endpoint=token_endpoint,
                alg=provider.client_key_algorithm, expires_in=ASSERTION_SECONDS,
                header={"kid": provider.client_key_id} if provider.client_key_id else {},
            )  # fmt: skip

    return Signer()
