"""What a program's registration may say: its public keys, where a browser may be sent back to, which roles it can have.

Keys: JSON Web Key Set (RFC 7517) with RSA of 2,048 bits or more, or the curve P-384, for the signatures RS384 and ES384
that SMART Backend Services asks for. Each has a `kid`. A private key is refused: who pastes one has shown it to us.
"""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from caseload.domain.words import Role

SIGNATURES = ("RS384", "ES384")
LONGEST_PROOF = timedelta(minutes=5)
"""How far ahead a signed proof may expire (SMART App Launch 2, "Asymmetric Authentication")."""

SYSTEM_TOKEN = timedelta(minutes=10)
USER_TOKEN = timedelta(minutes=15)
CODE = timedelta(minutes=2)
"""How long tokens, and the code a user's token is exchanged for, are good for."""

CLIENT_ROLES = (Role.URGENT_CARE, Role.WAREHOUSE, Role.PRACTICE, Role.NAVIGATOR)
"""The roles a program can act with for itself; one that only acts for people who let it in has none."""

_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_SMALLEST = 2_048
_MOST = 10
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


def public_keys(text: str) -> dict[str, Any]:
    """The key set that was pasted, as it is kept; ValueError with a sentence for one that cannot be used."""
    try:
        given = json.loads(text)
    except ValueError:
        raise ValueError('The keys must be a JSON Web Key Set: a text that starts with {"keys": [') from None
    keys = given.get("keys") if isinstance(given, dict) else None
    if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys):
        raise ValueError('The keys must be a JSON Web Key Set: a text that starts with {"keys": [')
    if not 1 <= len(keys) <= _MOST:
        raise ValueError(f"Enter between 1 and {_MOST} keys")
    kept = [_public(key) for key in keys]
    if len({key["kid"] for key in kept}) != len(kept):
        raise ValueError("Every key needs a kid of its own")
    return {"keys": kept}


def redirect_uri(text: str) -> str:
    """Where a browser may be sent back to; ValueError with a sentence for what is no such address."""
    try:
        parts = urlsplit(text)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    secure = parts.scheme == "https" or (parts.scheme == "http" and host in _HERE)
    strange = any(one.isspace() or not one.isascii() or one in "\"'<>\\;," for one in text)
    if not host or not secure or parts.fragment or "#" in text or parts.username is not None or strange:
        raise ValueError("Each address to send people back to must start with https:// and have no # in it")
    return text


def origin_of(uri: str) -> str:
    """Scheme, host and port of a registered address: what a form of ours may send a browser on to."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"


def _public(key: dict[str, Any]) -> dict[str, Any]:
    if _PRIVATE & key.keys():
        raise ValueError(
            "This is a private key. Keep it secret, make a new pair of keys, and paste only the public part of that"
        )
    kid = key.get("kid")
    if not isinstance(kid, str) or not 1 <= len(kid) <= 200:
        raise ValueError("Every key needs a kid of 1 to 200 characters")
    if key.get("use", "sig") != "sig":
        raise ValueError("The keys must be for signing: use must be sig")
    if key.get("kty") == "RSA":
        return _named(key, ("kty", "n", "e"), "RS384")
    if key.get("kty") == "EC" and key.get("crv") == "P-384":
        return _named(key, ("kty", "crv", "x", "y"), "ES384")
    raise ValueError("Each key must be RSA, or of the curve P-384")


def _named(key: dict[str, Any], names: tuple[str, ...], algorithm: str) -> dict[str, Any]:
    """Only what a public key is made of, once it has been read as one."""
    from joserfc.errors import JoseError
    from joserfc.jwk import import_key

    if key.get("alg", algorithm) != algorithm:
        raise ValueError(f"The alg of this kind of key must be {algorithm}")
    kept: dict[str, Any] = {name: key.get(name) for name in names}
    if not all(isinstance(part, str) for part in kept.values()):
        raise ValueError("One of the keys cannot be read")
    if algorithm == "RS384" and len(kept["n"]) * 6 < _SMALLEST:  # six bits to each letter
        raise ValueError(f"An RSA key must have {_SMALLEST:,} bits or more")
    try:
        import_key(kept).public_key  # noqa: B018 - reading it is the check
    except (JoseError, ValueError, TypeError, AttributeError, KeyError):
        raise ValueError("One of the keys cannot be read") from None
    return {**kept, "kid": key["kid"], "use": "sig", "alg": algorithm}
