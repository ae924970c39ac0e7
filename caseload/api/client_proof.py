"""Who a program is: the proof it signed with its own key (RFC 7523, `private_key_jwt`), checked through Authlib.

Authlib takes the proof apart and asks for the signature; narrowed here are the algorithms (RS384, ES384), the key (one of
those registered, by its kid: nothing is fetched), the audience (the token address), the times, and that each counts once.
The times are of the app's own clock. What is wrong is said in a few settled sentences, never in the words of the proof.
"""

import hashlib
from datetime import UTC, datetime
from typing import Any

from authlib.oauth2.rfc6749 import InvalidClientError
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from sqlalchemy.exc import IntegrityError

from caseload.actions.api_tokens import take_assertion
from caseload.api.addresses import token_url
from caseload.api.oauth_client import OauthClient
from caseload.database import was_taken
from caseload.domain.client_rules import LONGEST_PROOF, SIGNATURES
from caseload.pages.request import moment
from caseload.queries.api_clients import client_called
from caseload.web import this_app

METHOD = "private_key_jwt"
_SKEW = 60  # seconds that a program's clock may be ahead of ours, or behind
_LONGEST = 8_192
_LATEST = 253_402_300_799  # seconds; the last that is a date


class ClientProof(JWTBearerClientAssertion):  # type: ignore[misc]
    """The one way a program proves who it is, at every address that asks for it."""

    CLIENT_AUTH_METHOD = METHOD

    def __init__(self) -> None:
        super().__init__(validate_jti=True, leeway=_SKEW)

    def __call__(self, query_client: Any, request: Any) -> OauthClient | None:
        """The program; None where no proof was sent. InvalidClientError for one that proves nothing."""
        if len(request.form.get("client_assertion", "")) > _LONGEST:
            raise _refused("The assertion is too long.")
        try:
            found: OauthClient | None = super().__call__(query_client, request)
        except (JoseError, ValueError, TypeError, KeyError, RecursionError):
            raise _refused("The assertion cannot be read.") from None
        return found

    def resolve_client_public_key(self, client: OauthClient) -> KeySet:
        """The keys that were registered for it."""
        return KeySet.import_key_set({"keys": client.known.keys["keys"]})

    def process_assertion_claims(self, assertion: str, resolve_key: KeySet) -> dict[str, Any]:
        """The claims, once the signature is one of a registered key."""
        header = jws.extract_compact(assertion.encode()).headers()
        kid = header.get("kid")
        if not isinstance(kid, str) or kid not in {key.kid for key in resolve_key.keys}:
            raise _refused("The kid is of no key that is registered for this client.")
        try:
            token = jwt.decode(assertion, resolve_key.get_by_kid(kid), algorithms=list(SIGNATURES))
        except JoseError:
            raise _refused("The signature is not one of RS384 or ES384 by the key of this kid.") from None
        self.verify_claims(token.claims)
        return dict(token.claims)

    def verify_claims(self, claims: dict[str, Any]) -> None:
        """Issuer, audience and times; then that it was not used before, which is noted at once."""
        now = int(moment().timestamp())
        if claims.get("iss") != claims.get("sub"):
            raise _refused("iss and sub must both be the client_id.")
        if claims.get("aud") not in (token_url(), [token_url()]):
            raise _refused("aud must be the address of the token endpoint.")
        expires, issued = _seconds(claims, "exp"), _seconds(claims, "iat")
        if not now - _SKEW < expires <= now + LONGEST_PROOF.total_seconds() + _SKEW:
            raise _refused("exp must be within the next 5 minutes.")
        if not expires - LONGEST_PROOF.total_seconds() - _SKEW <= issued <= now + _SKEW:
            raise _refused("iat must be in the past, and within 5 minutes of exp.")
        if "nbf" in claims and _seconds(claims, "nbf") > now + _SKEW:
            raise _refused("nbf must be in the past.")
        if not isinstance(claims.get("jti"), str) or not 1 <= len(claims["jti"]) <= 255:
            raise _refused("jti must be text of 1 to 255 characters.")
        if not self.validate_jti(claims, claims["jti"]):
            raise _refused("This assertion was used before.")

    def validate_jti(self, claims: dict[str, Any], jti: str) -> bool:
        """Whether this is its first use, which is kept before anything is given for it."""
        app = this_app()
        with app.store.reading() as reading:
            client = client_called(reading, claims["sub"])
        if client is None:
            return False
        jti_hash, until = hashlib.sha256(jti.encode()).hexdigest(), datetime.fromtimestamp(_seconds(claims, "exp"), UTC)
        try:
            with app.store.writing() as writing:
                return take_assertion(writing, now=moment(), client=client, jti_hash=jti_hash, expires_at=until)
        except IntegrityError as error:
            if not was_taken(error):
                raise
            return False  # it came twice at the same moment


def _seconds(claims: dict[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _LATEST:
        raise _refused(f"{name} must be a time in seconds since 1970.")
    return float(value)


def _refused(description: str) -> InvalidClientError:
    return InvalidClientError(description=description, status_code=401)
