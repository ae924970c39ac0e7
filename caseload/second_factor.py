"""Codes of an authenticator app (TOTP, RFC 6238): made ready, checked, each taken once.

The secret is kept encrypted under a key of the installation. A code counts for its own half-minute and the ones beside
it, because telephones' clocks differ; a half-minute that was used, or one before it, is never taken again.
"""

import hmac
from datetime import datetime

import pyotp
import segno
from cryptography.fernet import Fernet, InvalidToken

ISSUER = "Caretier"
_SECONDS = 30
_BESIDE = 1


def new_secret() -> str:
    """160 bits, in base 32 as authenticator apps take them."""
    return pyotp.random_base32()


def sealed(secret: str, key: bytes) -> bytes:
    """The secret as it is kept."""
    return Fernet(key).encrypt(secret.encode())


def opened(kept: bytes, key: bytes) -> str:
    """The secret again. ValueError where it was sealed under another key or changed since."""
    try:
        return Fernet(key).decrypt(kept).decode()
    except InvalidToken:
        raise ValueError("a second factor that this installation's secret does not open") from None


def step_of(secret: str, code: str, now: datetime, last_step: int | None) -> int | None:
    """The half-minute a code is right for; None for a wrong code, or one that is not later than `last_step`."""
    digits = "".join(code.split())
    here, factor, found = int(now.timestamp()) // _SECONDS, pyotp.TOTP(secret), None
    for step in range(here - _BESIDE, here + _BESIDE + 1):
        right = hmac.compare_digest(factor.at(step * _SECONDS).encode(), digits.encode())
        if right and (last_step is None or step > last_step):
            found = step
    return found


def square(secret: str, username: str) -> str:
    """The square code an app reads, as the address of an image that holds it: it is drawn here and sent nowhere."""
    address = pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)
    return segno.make(address, error="m").svg_data_uri(scale=5, border=4, dark="#212b32", light="#ffffff")


def spaced(secret: str) -> str:
    """The secret in fours, to be typed by hand."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
