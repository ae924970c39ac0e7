"""What Authlib is shown of ours: a program, and the code somebody's browser brought it."""

from dataclasses import dataclass

from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin

from caseload.domain.scopes import Context, granted, parse_scopes
from caseload.queries.api_clients import GivenCode, KnownClient


@dataclass(frozen=True)
class OauthClient(ClientMixin):  # type: ignore[misc]
    """A program; `context` is for whom it asks in this request. It has keys and no secret."""

    known: KnownClient
    context: Context = Context.SYSTEM

    def get_client_id(self) -> str:
        """What it calls itself."""
        return self.known.client_id

    def get_default_redirect_uri(self) -> None:
        """None: where to send a browser back to has to be said, so that it can be compared."""

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """What of the scopes asked for it may have; None, which Authlib refuses, where that is nothing."""
        try:
            asked = parse_scopes((scope or "").split())
        except ValueError:
            return None
        return " ".join(map(str, granted(asked, self.known.scopes, self.context))) or None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Compared whole: no part of an address is taken for it."""
        return redirect_uri in self.known.redirect_uris

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """By its key, everywhere."""
        return method == "private_key_jwt"

    def check_response_type(self, response_type: str) -> bool:
        """A code, for a program that people can let in."""
        return response_type == "code" and bool(self.known.redirect_uris)

    def check_grant_type(self, grant_type: str) -> bool:
        """For itself where it has scopes of its own; for people where they can be sent back to it."""
        if grant_type == "client_credentials":
            return any(scope.context is Context.SYSTEM for scope in self.known.scopes)
        return grant_type == "authorization_code" and bool(self.known.redirect_uris)


@dataclass(frozen=True)
class OauthCode(AuthorizationCodeMixin):  # type: ignore[misc]
    """What was let be done, until it is exchanged."""

    given: GivenCode

    @property
    def code_challenge(self) -> str:
        """RFC 7636."""
        return self.given.challenge

    @property
    def code_challenge_method(self) -> str:
        """Always the hash."""
        return "S256"

    def get_redirect_uri(self) -> str:
        """Where the browser was sent."""
        return self.given.redirect_uri

    def get_scope(self) -> str:
        """What was let be done."""
        return " ".join(map(str, self.given.scopes))
