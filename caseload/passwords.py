"""Passwords of local accounts: which are refused, and how they are kept.

The rules are the National Cyber Security Centre's ("Password administration for system owners"): long ones, a deny list,
no required kinds of characters, no changing for its own sake. They are kept as Argon2id, with the parameters RFC 9106
recommends where memory is limited (64 MiB, three passes, four lanes).
"""

import base64
import hmac
import re
import unicodedata
from functools import cache
from importlib.resources import files

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LEAST = 12
MOST = 128
_HASHER = PasswordHasher()
_SERVICE = ("caretier", "caseload")
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn")
_RUN = 4
_DIFFERENT = 5
_LEFT_OVER = 8
_EDGES = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_END = re.compile(r"[\W\d_]+$")
_LEET = str.maketrans("013457@$!", "oleastasi")


def refusal(password: str, *, username: str, display_name: str = "") -> str | None:
    """Why this password is not taken, as a sentence; None for one that is."""
    plain = unicodedata.normalize("NFKC", password).casefold()
    if len(password) < LEAST:
        return f"Your password must have at least {LEAST} characters"
    if len(password) > MOST:
        return f"Your password must have at most {MOST} characters"
    if len(_without(plain, _own_words(username, display_name))) < _LEFT_OVER:
        return "Your password must not be your name, your username or the name of this service"
    if len(set(plain)) < _DIFFERENT or _repeats(plain) or len(_without_runs(plain)) < _LEFT_OVER:
        return "Your password must not be a pattern, such as repeated or neighbouring characters"
    if _is_common(plain):
        return "Your password must not be one that many people use. Three random words make a good one"
    return None


def hashed(password: str) -> str:
    """The password as it is kept: Argon2id with a salt of its own."""
    return _HASHER.hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Whether this is the password. Takes as long where none is kept, so that nobody learns which accounts there are."""
    try:
        return _HASHER.verify(kept or _nobodys(), password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """Whether it was kept with other parameters than today's, and should be hashed again at the next sign-in."""
    return _HASHER.check_needs_rehash(kept)


def temporary(form_key: str, secret: str) -> str:
    """A password to be given to somebody once: 80 bits that follow from the form that asked for it.

    The same form sent twice says the same password; without the installation's secret nobody can work it out.
    """
    digest = hmac.digest(secret.encode(), b"temporary password:" + form_key.encode(), "sha256")
    letters = base64.b32encode(digest[:10]).decode().lower()
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


@cache
def _nobodys() -> str:
    return _HASHER.hash("the password of nobody")


@cache
def _common() -> frozenset[str]:
    text = files("caseload").joinpath("common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


def _is_common(plain: str) -> bool:
    """The whole, or what is left of it without the numbers and signs around it, or with letters for look-alikes."""
    core, squeezed = _EDGES.sub("", plain), re.sub(r"[\W_]+", "", plain)
    spelled = {one.translate(_LEET) for one in (core, _END.sub("", plain), squeezed)}
    return not _common().isdisjoint({plain, core, squeezed, _EDGES.sub("", squeezed), *spelled})


def _own_words(username: str, display_name: str) -> list[str]:
    parts = re.split(r"[\W_]+", f"{username} {display_name}".casefold())
    own = {username.casefold(), *(part for part in parts if len(part) >= _RUN), *_SERVICE}
    return sorted(own, key=len, reverse=True)


def _without(plain: str, words: list[str]) -> str:
    for word in words:
        plain = plain.replace(word, "") if word else plain
    return plain


def _repeats(plain: str) -> bool:
    """One piece over and over, the last time perhaps not whole."""
    return any(
        plain == (plain[:length] * len(plain))[: len(plain)] for length in range(1, len(plain) // 2 + 1)
    )  # fmt: skip


def _without_runs(plain: str) -> str:
    """What is left without stretches of the alphabet, the numbers or the keyboard, forwards or backwards."""
    kept, at = "", 0
    while at < len(plain):
        length = _run_at(plain, at)
        kept += "" if length >= _RUN else plain[at]
        at += length if length >= _RUN else 1
    return kept


def _run_at(plain: str, at: int) -> int:
    rows = [row for one in _ROWS for row in (one, one[::-1])]
    length = 1
    while at + length < len(plain) and any(plain[at : at + length + 1] in row for row in rows):
        length += 1
    same = len(plain[at:]) - len(plain[at:].lstrip(plain[at]))
    return max(length, same)
