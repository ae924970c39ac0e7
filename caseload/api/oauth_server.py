"""The OAuth 2 server, through Authlib: which grants there are, and where what they give is kept.

Loaded when the first program asks: serving pages does not need Authlib. Tokens are opaque, random, and kept as hashes.
"""

import hmac
from collections import defaultdict
from functools import cache
from secrets import token_urlsafe
from typing import Any

from authlib.oauth2.rfc6749 import (
    AuthorizationServer,
    InvalidGrantError,
    InvalidRequestError,
    OAuth2Payload,
    OAuth2Request,
    grants,
)
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7636 import CodeChallenge
from flask import Request, Response, json
from flask import request as flask_request

from caseload.actions.api_tokens import exchange_code, issue_token, let_in, revoke_token
from caseload.actions.once import once
from caseload.api.addresses import root
from caseload.api.client_proof import METHOD, ClientProof
from caseload.api.oauth_client import OauthClient, OauthCode
from caseload.domain.client_rules import SYSTEM_TOKEN, USER_TOKEN
from caseload.domain.scopes import Context, parse_scopes
from caseload.domain.token_hash import hash_of
from caseload.exceptions import NotNow
from caseload.pages.request import FORM_KEY, moment, viewer
from caseload.queries.api_clients import client_called, code_given
from caseload.web import this_app


class _Payload(OAuth2Payload):  # type: ignore[misc]
    def __init__(self, request: Request) -> None:
        self._values = request.args if request.method == "GET" else request.form

    @property
    def data(self) -> Any:
        return self._values

    @property
    def datalist(self) -> defaultdict[str, list[str]]:
        return defaultdict(list, {name: self._values.getlist(name) for name in self._values})


class _Asked(OAuth2Request):  # type: ignore[misc]
    """The request at hand, at the address the app is known by: behind a proxy that speaks HTTPS it is not ours to see."""

    def __init__(self, request: Request) -> None:
        super().__init__(method=request.method, uri=f"{root()}{request.path}", headers=request.headers)
        self.payload = _Payload(request)
        self._form = request.form

    @property
    def form(self) -> Any:
        return self._form


class Server(AuthorizationServer):  # type: ignore[misc]
    """Authlib's server over our tables and Flask's requests."""

    def query_client(self, client_id: str) -> OauthClient | None:
        """The program of this identifier, asking for whom this request's grant is."""
        with this_app().store.reading() as session:
            known = client_called(session, client_id) if _can_be_one(client_id) else None
        for_itself = flask_request.form.get("grant_type") == "client_credentials"
        return None if known is None else OauthClient(known, Context.SYSTEM if for_itself else Context.USER)

    def save_token(self, token: dict[str, Any], request: Any) -> None:
        """Keep a new token, by its hash. InvalidGrantError where its code was exchanged already."""
        known, hashed = request.client.known, hash_of(token["access_token"])
        code: OauthCode | None = request.authorization_code
        with this_app().store.writing() as session:
            if code is None:
                issue_token(session, now=moment(), client=known, token_hash=hashed, scopes=parse_scopes(token["scope"].split()))  # fmt: skip
                return
            kept = exchange_code(session, now=moment(), client=known, grant_id=code.given.grant_id, token_hash=hashed)
        if not kept:
            raise InvalidGrantError("The code is over, or was used before.")

    def create_oauth2_request(self, request: Any) -> OAuth2Request:
        """The request at hand."""
        return _Asked(flask_request)

    def handle_response(self, status: int, body: Any, headers: Any) -> Response:
        """An answer of ours."""
        return Response(json.dumps(body) if isinstance(body, dict) else body, status=status, headers=headers)

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens: what is done is in the audit log."""


class _ForItself(grants.ClientCredentialsGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = [METHOD]


class _ForSomebody(grants.AuthorizationCodeGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = [METHOD]

    def validate_authorization_request(self) -> str:
        uri: str = super().validate_authorization_request()
        asked = self.request.payload.data
        if not asked.get("code_challenge") or asked.get("code_challenge_method") != "S256":
            raise InvalidRequestError("code_challenge with code_challenge_method S256 is required.", redirect_uri=uri)
        return uri

    def generate_authorization_code(self) -> str:
        """It follows from the form that was sent: sent twice, it is the same code, which counts once."""
        made = f"{viewer().user_id}:{flask_request.form.get(FORM_KEY, '')}"
        return hmac.digest(this_app().store.secrets.web.encode(), f"code:{made}".encode(), "sha256").hex()

    def save_authorization_code(self, code: str, request: Any) -> None:
        asked = request.payload
        once(
            this_app().store, let_in, by=viewer(), now=moment(), key=flask_request.form[FORM_KEY], client=request.client.known,
            code_hash=hash_of(code), scopes=parse_scopes(request.scope.split()), redirect_uri=asked.redirect_uri,
            challenge=asked.data["code_challenge"],
        )  # fmt: skip

    def query_authorization_code(self, code: str, client: OauthClient) -> OauthCode | None:
        with this_app().store.reading() as session:
            given = code_given(session, hash_of(code))
        return None if given is None or given.client_row_id != client.known.id else OauthCode(given)

    def delete_authorization_code(self, authorization_code: OauthCode) -> None:
        """It was used when its token was kept."""

    def authenticate_user(self, authorization_code: OauthCode) -> int:
        return authorization_code.given.user_id


class _Hashed(CodeChallenge):  # type: ignore[misc]
    DEFAULT_CODE_CHALLENGE_METHOD = "S256"
    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]


class _GivenBack(RevocationEndpoint):  # type: ignore[misc]
    CLIENT_AUTH_METHODS = [METHOD]
    SUPPORTED_TOKEN_TYPES = ("access_token",)

    def query_token(self, token_string: str, token_type_hint: str | None) -> str:
        return token_string

    def authenticate_token(self, request: Any, client: OauthClient) -> str:
        """Whose token it is, is looked up when it is revoked: of somebody else's nothing is said (RFC 7009, 2.2)."""
        self.check_params(request, client)
        return self.query_token(request.form["token"], None)

    def revoke_token(self, token: str, request: Any) -> None:
        with this_app().store.writing() as session:
            revoke_token(session, now=moment(), client=request.client.known, token_hash=hash_of(token))


@cache
def server() -> Server:
    """The one server there is; it keeps nothing of any request."""
    made = Server()
    lasting = {"client_credentials": SYSTEM_TOKEN, "authorization_code": USER_TOKEN}
    made.register_token_generator(
        "default",
        BearerTokenGenerator(
            lambda **_: token_urlsafe(32), None, lambda _client, grant: int(lasting[grant].total_seconds())
        ),
    )
    made.register_client_auth_method(METHOD, ClientProof())
    made.register_grant(_ForItself)
    made.register_grant(_ForSomebody, [_Hashed(required=True)])
    made.register_endpoint(_GivenBack)
    return made


def _can_be_one(client_id: str) -> bool:
    """Whether there could be a program of this identifier: any other text is not looked up."""
    return len(client_id) <= 60 and client_id.isascii() and client_id.isprintable()


def answer_token() -> Response:
    """What a program that asks for a token is answered: RFC 6749, 5.1 and 5.2."""
    return _settled(lambda: server().create_token_response())


def answer_revocation() -> Response:
    """What a program that gives a token back is answered: RFC 7009, 2.2."""
    return _settled(lambda: server().create_endpoint_response("revocation"))


def _settled(answer: Any) -> Response:
    try:
        found: Response = answer()
    except NotNow:
        found = Response(json.dumps({"error": "invalid_client"}), 401, content_type="application/json")
    return found
