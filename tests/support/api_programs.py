"""Programs of partners, as a test plays them: with a key of their own, a signed proof, and a token."""

import json
from dataclasses import dataclass
from functools import cache
from secrets import token_hex
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from caseload.actions.api_clients import add_client
from caseload.domain.words import Role
from caseload.queries.api_clients import client_called
from caseload.tables import ApiClient
from tests.support.case_app import NOW

TOKEN = "/oauth2/token"
AUDIENCE = "http://localhost/oauth2/token"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@cache
def rsa_key():
    return RSAKey.generate_key(2048, {"kid": "rsa-1"})


@cache
def ec_key():
    return ECKey.generate_key("P-384", {"kid": "ec-1"})


@dataclass(frozen=True)
class Program:
    """A program that was let in, by the row of it, with the private key only it has."""

    row_id: int
    user_id: int
    client_id: str
    key: Any = None

    def proof(self, now=NOW, *, header=None, key=None, without=(), **claims):
        """A signed assertion, in order but for what a test says otherwise."""
        key = key or self.key
        seconds = int(now.timestamp())
        said = {
            "iss": self.client_id, "sub": self.client_id, "aud": AUDIENCE, "iat": seconds, "exp": seconds + 240,
            "jti": token_hex(8), **claims,
        }  # fmt: skip
        head = {"alg": "RS384" if key.key_type == "RSA" else "ES384", "kid": key.kid, **(header or {})}
        kept = {name: value for name, value in said.items() if name not in without}
        return jwt.encode(head, kept, key, algorithms=["RS384", "ES384", "RS256"])

    def asks(self, client, scope, now=NOW, *, assertion=None, **fields):
        """The answer of the token address."""
        data = {
            "grant_type": "client_credentials", "scope": scope, "client_assertion_type": ASSERTION,
            "client_assertion": assertion or self.proof(now), **fields,
        }  # fmt: skip
        return client.post(TOKEN, data=data)

    def headers(self, client, scope, now=NOW):
        """What every request of it carries, with a fresh token."""
        answer = self.asks(client, scope, now)
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json['access_token']}"}


def public_set(*keys):
    """Their public parts, as an administrator pastes them."""
    return json.dumps({"keys": [{**key.as_dict(private=False), "use": "sig"} for key in keys]})


def let_in_program(
    store, *, home_id, roles=(), scopes=("system/*.cruds",), redirect_uris=(), key=None, now=NOW, name="Partner"
):
    """A program that the command line let in."""
    key = key or ec_key()
    with store.writing() as session:
        row_id = add_client(
            session, by=None, now=now, name=name, purpose="For a test", home_id=home_id, roles=roles, keys=public_set(key),
            scopes=scopes, redirect_uris=redirect_uris,
        )  # fmt: skip
        row = session.get_one(ApiClient, row_id)
        made = Program(row_id, row.user_id, row.client_id, key)
        assert client_called(session, made.client_id) is not None
        return made


def urgent_care(store, town):
    """111, for the whole place."""
    return let_in_program(store, home_id=town.places["TRUST"], roles=[(Role.URGENT_CARE, town.places["TESTHAM"])])


def northern_system(store, town, **told):
    """A trust's system that navigates in the northern network."""
    return let_in_program(store, home_id=town.places["TRUST"], roles=[(Role.NAVIGATOR, town.places["NORTH"])], **told)
