"""Under what a secret that somebody carries is kept: who reads the database cannot use it."""

import hashlib


def hash_of(token: str) -> str:
    """The SHA-256 of a token or a code, as hexadecimal digits."""
    return hashlib.sha256(token.encode()).hexdigest()
