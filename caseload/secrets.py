"""One secret for the installation, and a key of its own for every purpose made from it."""

import base64
import hashlib
import hmac
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex

from caseload.exceptions import OutputRefused, SettingsRefused
from caseload.settings import Settings, secret_file

_LEAST = 32


@dataclass(frozen=True)
class Secrets:
    """The keys. `audit` chains the audit log, `totp` encrypts second factors, `web` signs forms."""

    audit: bytes = field(repr=False)
    totp: bytes = field(repr=False)
    web: str = field(repr=False)

    @classmethod
    def of(cls, secret: str) -> "Secrets":
        """Keys derived from one secret: HMAC-SHA-256 under it of the purpose's name."""

        def derived(purpose: str) -> bytes:
            return hmac.digest(secret.encode(), b"caretier/caseload/v1:" + purpose.encode(), hashlib.sha256)

        return cls(derived("audit"), base64.urlsafe_b64encode(derived("totp")), derived("web").hex())


def load_secrets(settings: Settings) -> Secrets:
    """The installation's keys; SettingsRefused where there is no secret, a short one, or one others may read."""
    given = settings.secret_key.get_secret_value() or _from_file(secret_file(settings.database_url))
    if len(given) < _LEAST:
        raise SettingsRefused(
            f"a secret of at least {_LEAST} characters",
            "none" if not given else "a shorter one",
            "Run `caseload init --database URL`, or set CARETIER_SECRET_KEY.",
        )
    return Secrets.of(given)


def make_secret(path: Path) -> None:
    """Write a new secret only its owner can read, unless there is one already."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    except OSError as error:
        raise OutputRefused(
            "a place for the secret beside the database",
            os.strerror(error.errno or 0),
            "Choose a folder you may write.",
        ) from None
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(token_hex(32))


def _from_file(path: Path | None) -> str:
    if path is None or not path.exists():
        return ""
    if path.stat().st_mode & (stat.S_IRWXO | stat.S_IWGRP):
        raise SettingsRefused("a secret only its owner can read", "one that others can", "Run `chmod 600` on it.")
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        raise SettingsRefused(
            "a secret that can be read", "one that cannot", "Run the app as the owner of the database and its secret."
        ) from None
