"""Where a search goes on: the whole question and the place in it, sealed, for the program and person that asked it only.

It is encrypted and not only signed: a question sent by POST may hold what identifies somebody, and no address may show that.
"""

import base64
import hmac
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cryptography.fernet import Fernet, InvalidToken

from caseload.api.asking import Asking
from caseload.api.problems import ErrorCode, Problem
from caseload.pages.request import moment
from caseload.web import this_app

_LASTS = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Place:
    """A question (the parameters as they were sent) at an address, and behind what its next page begins."""

    address: str
    parameters: tuple[tuple[str, str], ...]
    after: str


def sealed(place: Place, who: Asking) -> str:
    """The place as an address may carry it."""
    kept = [place.address, place.parameters, place.after, who.client_row_id, who.viewer.user_id, moment().timestamp()]
    return _seal().encrypt(json.dumps(kept).encode()).decode()


def opened(text: str, address: str, who: Asking) -> Place:
    """The place again; INVALID_CURSOR for one that is over, somebody else's, of another address, or none of ours."""
    try:
        content: list[Any] = json.loads(_seal().decrypt(text.encode()))
    except (InvalidToken, ValueError):
        raise Problem(ErrorCode.INVALID_CURSOR) from None
    its_address, parameters, after, client_row_id, user_id, made = content
    mine = (its_address, client_row_id, user_id) == (address, who.client_row_id, who.viewer.user_id)
    if not mine or moment().timestamp() - made > _LASTS.total_seconds():
        raise Problem(ErrorCode.INVALID_CURSOR)
    return Place(its_address, tuple((name, value) for name, value in parameters), after)


def _seal() -> Fernet:
    key = hmac.digest(this_app().store.secrets.web.encode(), b"pages of the API", "sha256")
    return Fernet(base64.urlsafe_b64encode(key))
