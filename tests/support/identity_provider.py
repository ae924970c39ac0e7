"""An OpenID Connect provider on this machine: discovery, keys, authorization code with PKCE, RS256 tokens, userinfo.

It vouches for whomever a test sets (`claims`), and checks of the client what a careful provider checks. `wrong` makes
it misbehave in one way at a time: what the application must not believe.
"""

import base64
import hashlib
import json
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_urlsafe
from threading import Thread
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey, RSAKey

CLIENT_ID = "caretier-tests"
CLIENT_SECRET = "a secret between the tests and their provider"


@dataclass
class Provider:
    """What it says of people, what it was asked, and how it misbehaves."""

    address: str = ""
    claims: dict = field(default_factory=lambda: {"sub": "555001", "name": "Grace Osei"})
    more: dict = field(default_factory=dict)
    wrong: str = ""
    asked: list = field(default_factory=list)
    codes: dict = field(default_factory=dict)
    tokens: dict = field(default_factory=dict)
    client_key: RSAKey | None = None
    assertions: list = field(default_factory=list)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, parameters={"kid": "first"}))

    @property
    def metadata_url(self):
        return f"{self.address}/.well-known/openid-configuration"

    def metadata(self):
        """What discovery says."""
        algorithms = {"alg none": ["RS256", "none"], "symmetric key": ["RS256", "HS256"]}.get(self.wrong, ["RS256"])
        return {
            "issuer": "https://another.example" if self.wrong == "metadata issuer" else self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "userinfo_endpoint": f"{self.address}/userinfo",
            "jwks_uri": f"{self.address}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": algorithms,
            "code_challenge_methods_supported": ["S256"],
        }

    def authorize(self, asked):
        """Whoever comes is signed in at once; the address they are sent back to."""
        self.asked.append(asked)
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT_ID
        assert "openid" in asked["scope"].split()
        assert asked["code_challenge_method"] == "S256"
        if self.wrong == "declined":
            return f"{asked['redirect_uri']}?{urlencode({'error': 'access_denied', 'state': asked['state']})}"
        code = token_urlsafe()
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, sent, authorization):
        """Tokens for a code, once, for the client and the browser that asked for it."""
        if self.client_key is not None:
            if authorization or not self._assertion_holds(sent):
                return 401, {"error": "invalid_client"}
        elif not self._secret_holds(authorization):
            return 401, {"error": "invalid_client"}
        asked = self.codes.pop(sent.get("code", ""), None)
        if asked is None or asked["redirect_uri"] != sent.get("redirect_uri"):
            return 400, {"error": "invalid_grant"}
        return self._tokens_for(asked, sent)

    def _assertion_holds(self, sent):
        """Signed with the client's key for this address, once, and not for long."""
        if sent.get("client_assertion_type") != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer":
            return False
        try:
            found = jwt.decode(sent.get("client_assertion", ""), self.client_key, algorithms=["RS512"])
        except (JoseError, ValueError):
            return False
        said, now = found.claims, time.time()
        again = said["jti"] in {one["jti"] for _, one in self.assertions}
        self.assertions.append((found.header, said))
        right = said["iss"] == said["sub"] == CLIENT_ID and said["aud"] == f"{self.address}/token"
        return right and not again and now - 5 < said["exp"] <= now + 300

    def _secret_holds(self, authorization):
        expected = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET.replace(' ', '+')}".encode()).decode()
        plain = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        return authorization in (f"Basic {expected}", f"Basic {plain}")

    def _tokens_for(self, asked, sent):
        digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        access = token_urlsafe()
        self.tokens[access] = {"sub": "somebody else" if self.wrong == "userinfo" else self.claims["sub"], **self.more}
        answer = {"access_token": access, "token_type": "Bearer", "expires_in": 300, "id_token": self._id_token(asked)}
        if self.wrong == "no id token":
            del answer["id_token"]
        return 200, answer

    def _id_token(self, asked):
        now = int(time.time())
        said = {
            "iss": self.address, "aud": CLIENT_ID, "iat": now, "exp": now + 600, "nonce": asked["nonce"], **self.claims,
        }  # fmt: skip
        said |= {
            "issuer": {"iss": "https://another.example"},
            "audience": {"aud": "another-client"},
            "audience with our name on it": {"aud": "another-client", "azp": CLIENT_ID},
            "nonce": {"nonce": "of another sign-in"},
            "expired": {"iat": now - 3600, "exp": now - 1800},
            "of the future": {"iat": now + 3600, "exp": now + 7200},
        }.get(self.wrong, {})
        for missing in {"no nonce": ["nonce"], "no subject": ["sub"], "no audience": ["aud"]}.get(self.wrong, []):
            del said[missing]
        return self._signed(said)

    def _signed(self, said):
        if self.wrong == "alg none":
            parts = [base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=") for one in ({"alg": "none"}, said)]
            return b".".join([*parts, b""]).decode()
        if self.wrong == "symmetric key":
            public = OctKey.import_key(self.key.as_pem(private=False))
            return jwt.encode({"alg": "HS256", "kid": "first"}, said, public, algorithms=["HS256"])
        key = RSAKey.generate_key(2048) if self.wrong == "signature" else self.key
        signed = jwt.encode({"alg": "RS256", "kid": "first"}, said, key)
        return signed[:-8] + "AAAAAAAA" if self.wrong == "changed" else signed


@contextmanager
def running_provider():
    """A provider that answers until the block ends."""
    provider = Provider()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(provider))
    provider.address = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(provider):
    class Handler(BaseHTTPRequestHandler):
        """What is asked, and what the provider says to it."""

        def do_GET(self):
            parts = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            self._send(*_answer(provider, parts.path, asked, self.headers.get("Authorization", "")))

        def do_POST(self):
            length = int(self.headers.get("Content-Length", 0))
            sent = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
            self._send(*provider.token(sent, self.headers.get("Authorization", "")))

        def _send(self, status, body, location=None):
            content = json.dumps(body).encode()
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_arguments):
            pass

    return Handler


def _answer(provider, path, asked, authorization):
    if provider.wrong == "silent":
        return 503, {}
    if path == "/.well-known/openid-configuration":
        return 200, provider.metadata()
    if path == "/keys":
        return 200, {"keys": [provider.key.as_dict(private=False)]}
    if path == "/authorize":
        return 302, {}, provider.authorize(asked)
    found = provider.tokens.get(authorization.removeprefix("Bearer ")) if path == "/userinfo" else None
    return (200, found) if found else (401, {"error": "invalid_token"})
